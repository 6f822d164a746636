import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import { compile } from '../../../shared/promotion/compile.ts';
import { parsePromotion } from '../../../shared/promotion/parse.ts';
import { unwrap } from '../../../shared/result.ts';
import { caseOf } from './case_file.ts';
import type { CatalogueFigures, CatalogueJob, PeerFigures } from './figures.ts';
import { measureCell } from './measure_cell.ts';
import { measureScan } from './measure_scan.ts';
import { medusa } from './medusa.ts';
import { measurePeer, missingPeer, type Peer } from './peer.ts';
import { permutations } from './permutations.ts';
import { type PlainIndex, plainIndex } from './touch.ts';
import { makeBaskets, makeWorkload } from './workload.ts';
import { yalps } from './yalps.ts';

const SEED = 1;
const SLOWEST = 4;

/** All that is measured against one set of live promotions. `collect` runs the garbage collector. */
export async function measureCatalogue(job: CatalogueJob, collect: () => void): Promise<CatalogueFigures> {
  const { variant, live } = job;
  const { articles, documents } = makeWorkload(variant, live, SEED);
  const texts = documents.map((document) => JSON.stringify(document));
  const baskets = (lines: number) => makeBaskets(articles, lines, job.baskets, SEED + lines);

  const before = heapAfter(collect);
  let began = performance.now();
  const promotions = texts.map((text) => unwrap(parsePromotion(JSON.parse(text))));
  const parse_ms = performance.now() - began;
  const parsed = heapAfter(collect);
  began = performance.now();
  const compiled = compile(promotions);
  const compile_ms = performance.now() - began;
  const indexed = heapAfter(collect);
  if (compiled.findings.length > 0) throw new Error(`findings: ${JSON.stringify(compiled.findings[0])}`);
  // Made here, so that it counts for nothing above.
  const index = plainIndex(promotions);
  const own = heapAfter(collect);

  const measured = job.lines.map((lines) => ({
    lines,
    ...measureCell(compiled, index, baskets(lines), job),
  }));
  const used = heapAfter(collect);
  return {
    compile: {
      parse_ms,
      compile_ms,
      documents: (parsed - before) / live,
      index: (indexed - parsed) / live,
      used: (used - own) / live,
    },
    cells: measured.map(({ figures }) => figures),
    scans: job.scanLines.map((lines) => measureScan(compiled, baskets(lines), job)),
    peers: await measurePeers(
      job,
      index,
      baskets,
      new Map(measured.map(({ lines, savings }) => [lines, savings])),
    ),
    slowest: measured
      .flatMap(({ slowest }) => slowest)
      .sort((a, b) => b.us - a.us)
      .slice(0, SLOWEST)
      .map(({ us, lines }) => ({ us, file: caseOf(promotions, lines) })),
  };
}

/** Typed arrays lie outside of the heap. */
function heapAfter(collect: () => void): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const PEERS: readonly [string, (index: PlainIndex) => Promise<Peer>][] = [
  ['YALPS', yalps],
  ['orders of up to six', permutations],
  ["Medusa's loop", (index) => medusa(index, 'touched')],
  ["Medusa's loop over all live", (index) => medusa(index, 'all')],
];

async function measurePeers(
  job: CatalogueJob,
  index: PlainIndex,
  baskets: (lines: number) => PromotionLine[][],
  savings: ReadonlyMap<number, ReadonlyMap<number, number>>,
): Promise<PeerFigures[]> {
  const figures: PeerFigures[] = [];
  for (const [name, make] of job.peerLines.length === 0 ? [] : PEERS) {
    const peer = await make(index).catch((error: unknown) => String(error).split('\n')[0] ?? 'unknown');
    for (const lines of job.peerLines) {
      figures.push(
        typeof peer === 'string'
          ? missingPeer(name, lines, peer)
          : await measurePeer(peer, baskets(lines), savings.get(lines) ?? new Map(), job),
      );
    }
  }
  return figures;
}
