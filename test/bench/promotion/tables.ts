import type {
  CatalogueFigures,
  CatalogueJob,
  CellFigures,
  PeerFigures,
  Spread,
  TortureFigures,
} from './figures.ts';

/** Tables as text; times in microseconds. */

export interface Measured {
  job: CatalogueJob;
  figures: CatalogueFigures;
}

const us = (value: number) =>
  (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en')).padStart(10);
const spread = ({ n, p50, p99, max }: Spread) => `${String(n).padStart(6)} ${us(p50)} ${us(p99)} ${us(max)}`;
const share = (value: number) => `${(100 * value).toFixed(value === 1 || value === 0 ? 0 : 1)} %`.padStart(8);
const times = (value: number) => `${value.toFixed(1)}×`.padStart(8);
const SPREAD_HEAD = `${'n'.padStart(6)} ${'p50'.padStart(10)} ${'p99'.padStart(10)} ${'max'.padStart(10)}`;
const nameOf = ({ variant, live }: CatalogueJob) => `${variant}, ${live.toLocaleString('en')} live`;
const WIDTH = 44;

export function cellTable(measured: readonly Measured[]): string {
  const head = `${'evaluation, microseconds'.padEnd(WIDTH)} ${SPREAD_HEAD} ${'hard p99'.padStart(10)}   proved  max gap  touched  to JSON`;
  const row = (job: CatalogueJob, cell: CellFigures) =>
    `${`${nameOf(job)}, ${cell.lines} lines`.padEnd(WIDTH)} ${spread(cell.time)} ${us(cell.medians.p99)} ${share(cell.proved)} ${share(cell.gap)} ${String(Math.round(cell.touched)).padStart(8)} ${times(cell.time.p50 / cell.json.p50)}`;
  return [head, ...measured.flatMap(({ job, figures }) => figures.cells.map((cell) => row(job, cell)))].join(
    '\n',
  );
}

export function floorTable(measured: readonly Measured[]): string {
  const [first] = measured;
  const rows = (first?.figures.cells ?? []).flatMap(({ lines, json, lookups }) => [
    `${`basket → JSON → basket, ${lines} lines`.padEnd(WIDTH)} ${spread(json)}`,
    `${`one Map look-up a line, ${lines} lines`.padEnd(WIDTH)} ${spread(lookups)}`,
  ]);
  return [`${'floors, microseconds'.padEnd(WIDTH)} ${SPREAD_HEAD}`, ...rows].join('\n');
}

export function compileTable(measured: readonly Measured[]): string {
  const head = `${'a catalogue'.padEnd(WIDTH)} ${'parse ms'.padStart(10)} ${'compile ms'.padStart(10)}   bytes a promotion: ${'documents'.padStart(10)} ${'index'.padStart(8)} ${'used'.padStart(8)}`;
  const rows = measured.map(({ job, figures: { compile } }) => {
    const bytes = (value: number, width: number) => Math.round(value).toLocaleString('en').padStart(width);
    return `${nameOf(job).padEnd(WIDTH)} ${us(compile.parse_ms)} ${us(compile.compile_ms)}   ${''.padEnd(18)} ${bytes(compile.documents, 10)} ${bytes(compile.index, 8)} ${bytes(compile.used, 8)}`;
  });
  return [head, ...rows].join('\n');
}

export function scanTable(measured: readonly Measured[]): string {
  const head = `${'one more scan, microseconds'.padEnd(WIDTH)} ${SPREAD_HEAD}   equal`;
  const rows = measured.flatMap(({ job, figures }) =>
    figures.scans.flatMap(({ lines, withMemo, fromScratch, equal }) => [
      `${`${nameOf(job)}, line ${lines}, with the memo`.padEnd(WIDTH)} ${spread(withMemo)}   ${equal ? 'yes' : 'NO'}`,
      `${`${nameOf(job)}, line ${lines}, from scratch`.padEnd(WIDTH)} ${spread(fromScratch)}`,
    ]),
  );
  return [head, ...rows].join('\n');
}

/** Each peer beside the engine on the same baskets. */
export function peerTable(measured: readonly Measured[]): string {
  const wide = WIDTH + 12;
  const head = `${'peers, microseconds'.padEnd(wide)} ${SPREAD_HEAD}  to engine p50 / p99   claims   saves   in the worst, less in, more in`;
  const rows = measured.flatMap(({ job, figures }) =>
    figures.cells.flatMap((cell) => {
      const own = figures.peers.filter(({ lines }) => lines === cell.lines);
      if (own.length === 0) return [];
      return [
        `${`${nameOf(job)}, ${cell.lines} lines: engine`.padEnd(wide)} ${spread(cell.time)}`,
        ...own.map((peer) => peerRow(peer, cell, wide)),
      ];
    }),
  );
  return [head, ...rows].join('\n');
}

function peerRow(
  { name, time, missing, compared, proved }: PeerFigures,
  cell: CellFigures,
  wide: number,
): string {
  const label = `  ${name}`.padEnd(wide);
  if (time === null) return `${label} not measured: ${missing ?? ''}`;
  const ratio = `${times(time.p50 / cell.time.p50)} / ${times(time.p99 / cell.time.p99)}`;
  const claims = proved === null ? ''.padEnd(8) : share(proved);
  const saves =
    compared === null
      ? ''
      : `${compared.total.toFixed(3).padStart(8)}   ${compared.worst.toFixed(3)}, ${share(compared.less)}, ${share(compared.more)}`;
  return `${label} ${spread(time)} ${ratio}  ${claims} ${saves}`;
}

export function tortureTable(cells: TortureFigures): string {
  const head = `${'torture, microseconds'.padEnd(WIDTH)} ${SPREAD_HEAD}   proved  max gap   YALPS p50   claims`;
  const rows = cells.map(
    ({ name, size, instances, proved, gap, time, exactPeer }) =>
      `${`${name}, ${size}`.padEnd(WIDTH)} ${spread(time)} ${share(proved / instances)} ${share(gap)} ${exactPeer === null ? '' : `${us(exactPeer.time.p50)} ${share(exactPeer.proved / exactPeer.time.n)}`}`,
  );
  return [head, ...rows].join('\n');
}
