import type { Evaluation } from '../../../shared/promotion/basket.ts';
import { compile } from '../../../shared/promotion/compile.ts';
import { evaluate } from '../../../shared/promotion/evaluate.ts';
import { parsePromotion } from '../../../shared/promotion/parse.ts';
import { unwrap } from '../../../shared/result.ts';
import { caseOf } from './case_file.ts';
import { breachesOf } from './check_answer.ts';
import { spreadOf, type TortureFigures } from './figures.ts';
import { CURRENCY, gapOf } from './measure_cell.ts';
import { makeTorture, type Torture, type TortureCell } from './torture.ts';
import { plainIndex } from './touch.ts';
import { yalps } from './yalps.ts';

const SEED = 1;
const CELL_SECONDS = 3;
/** Known to be within a hundredth of the best. */
const SETTLED_GAP = 0.01;
const ONCE_MS = 200;
const WARM_UP_MS = 1500;
const PEER_INSTANCES = 3;
const PEER_SOLVE_MS_MAX = 500;

/**
 * Baskets made to be hard, within the engine's usual budget. The second evaluation counts, or the first where
 * there is no time for two; a kind that is slow all over ends with fewer instances.
 */
export async function measureTorture(instances: number, quick: boolean): Promise<TortureFigures> {
  const cells = makeTorture(instances, SEED, quick);
  warmUp(cells);
  const figures: TortureFigures = [];
  for (const cell of cells) figures.push({ ...measureKind(cell), exactPeer: await measureExactPeer(cell) });
  return figures;
}

/** With the first instance of each kind at its smallest size. */
function warmUp(cells: readonly TortureCell[]): void {
  const smallest = new Map([...cells].reverse().map((cell) => [cell.name, cell.instances[0]]));
  const ready = [...smallest.values()].flatMap((torture) =>
    torture === undefined
      ? []
      : [{ compiled: compileDocuments(torture.documents).compiled, lines: torture.lines }],
  );
  const end = performance.now() + WARM_UP_MS;
  while (performance.now() < end)
    for (const { compiled, lines } of ready) evaluate(compiled, { currency: CURRENCY, lines });
}

function compileDocuments(documents: readonly object[]) {
  const promotions = documents.map((document) => unwrap(parsePromotion(document)));
  return { promotions, compiled: compile(promotions) };
}

function measureKind({ name, size, instances: own }: TortureCell): Omit<TortureFigures[number], 'exactPeer'> {
  const runs: {
    ms: number;
    evaluation: Evaluation;
    lines: Torture['lines'];
    file: ReturnType<typeof caseOf>;
  }[] = [];
  const end = performance.now() + CELL_SECONDS * 1000;
  for (const { documents, lines } of own) {
    if (runs.length > 0 && performance.now() > end) break;
    const { promotions, compiled } = compileDocuments(documents);
    const run = () => {
      const began = performance.now();
      const evaluation = evaluate(compiled, { currency: CURRENCY, lines });
      return { ms: performance.now() - began, evaluation };
    };
    const first = run();
    runs.push({ ...(first.ms < ONCE_MS ? run() : first), lines, file: caseOf(promotions, lines) });
  }
  const gaps = runs.map(({ evaluation }) => gapOf(evaluation));
  const [slowest] = [...runs].sort((a, b) => b.ms - a.ms);
  if (slowest === undefined) throw new Error('no instances');
  return {
    name,
    size,
    instances: runs.length,
    proved: runs.filter(({ evaluation }) => evaluation.optimality.status === 'proved').length,
    settled: gaps.filter((gap) => gap <= SETTLED_GAP).length,
    gap: Math.max(...gaps),
    breaches: runs.flatMap(({ evaluation, lines }) => breachesOf(evaluation, lines)),
    time: spreadOf(runs.map(({ ms }) => ms)),
    slowest: { us: slowest.ms * 1000, file: slowest.file },
  };
}

/** The same instances as an integer program, fewer of them; null where it cannot be had or cannot say it. */
async function measureExactPeer({ instances }: TortureCell): Promise<TortureFigures[number]['exactPeer']> {
  const samples: number[] = [];
  let proved = 0;
  for (const { documents, lines } of instances.slice(0, PEER_INSTANCES)) {
    const index = plainIndex(documents.map((document) => unwrap(parsePromotion(document))));
    const peer = await yalps(index, PEER_SOLVE_MS_MAX).catch(() => null);
    if (peer === null) return null;
    const began = performance.now();
    const answer = await peer.evaluate(lines);
    samples.push(performance.now() - began);
    if (answer.proved === true) proved++;
  }
  return { time: spreadOf(samples), proved };
}
