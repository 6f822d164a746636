import type { TortureFigures } from './figures.ts';
import type { Measured } from './tables.ts';

interface Goal {
  what: string;
  goal: string;
  measured: string;
  isMet: boolean;
}

/** By lines: at most so many microseconds at 1,000 live promotions. */
const P50_US: ReadonlyMap<number, number> = new Map([
  [25, 30],
  [50, 60],
  [100, 120],
]);
const P99_US: ReadonlyMap<number, number> = new Map([
  [25, 400],
  [50, 800],
  [100, 1500],
]);
const LIVE = 1000;
const LIVE_MANY = 100_000;
const MANY_RATIO = 1.5;
const EXACT_PEER_RATIO = 5;
const SCAN_US = 20;
const TORTURE_SHARE = 0.95;
const INDEX_BYTES = 300;

/** What the engine is meant to reach, and whether this run did. Goals that the run did not measure are left out. */
export function goalTable(measured: readonly Measured[], torture: TortureFigures): string {
  const goals = [
    ...soundness(measured, torture),
    ...proofGoals(measured),
    tortureGoal(torture),
    ...timeGoals(measured),
    ...exactPeerGoals(measured),
    ...scanGoals(measured),
    ...manyGoals(measured),
    ...memoryGoals(measured),
  ];
  const rows = goals.map(
    ({ what, goal, measured: found, isMet }) =>
      `${what.padEnd(56)} ${goal.padStart(18)} ${found.padStart(18)}   ${isMet ? 'met' : 'MISSED'}`,
  );
  return [`${'goals'.padEnd(56)} ${'goal'.padStart(18)} ${'measured'.padStart(18)}`, ...rows].join('\n');
}

function cellOf(measured: readonly Measured[], variant: string, live: number, lines: number) {
  const found = measured.find(({ job }) => job.variant === variant && job.live === live);
  const cell = found?.figures.cells.find((one) => one.lines === lines);
  const peers = found?.figures.peers.filter((peer) => peer.lines === lines) ?? [];
  return cell === undefined ? null : { ...cell, peers };
}

function soundness(measured: readonly Measured[], torture: TortureFigures): Goal[] {
  const breaches = [...measured.flatMap(({ figures }) => figures.cells), ...torture].flatMap(
    (cell) => cell.breaches,
  );
  const [first] = breaches;
  return [
    {
      what: 'answers that add up from their units again',
      goal: 'all',
      measured: first === undefined ? 'all' : `${breaches.length} not: ${first}`,
      isMet: first === undefined,
    },
  ];
}

function proofGoals(measured: readonly Measured[]): Goal[] {
  const cells = [10, 25, 50, 100].map((lines) => ({ variant: 'retail', live: LIVE, lines }));
  return [...cells, { variant: 'dense', live: 100, lines: 50 }].flatMap(({ variant, live, lines }) => {
    const cell = cellOf(measured, variant, live, lines);
    return cell === null
      ? []
      : [
          {
            what: `proved: ${variant}, ${lines} lines, ${live.toLocaleString('en')} live`,
            goal: '100 %',
            measured: `${(100 * cell.proved).toFixed(1)} %`,
            isMet: cell.proved === 1,
          },
        ];
  });
}

function tortureGoal(torture: TortureFigures): Goal {
  const all = torture.reduce((sum, { instances }) => sum + instances, 0);
  const settled = torture.reduce((sum, cell) => sum + cell.settled, 0) / all;
  return {
    what: 'torture: proved, or certified within 1 %',
    goal: `${100 * TORTURE_SHARE} %`,
    measured: `${(100 * settled).toFixed(1)} %`,
    isMet: settled >= TORTURE_SHARE,
  };
}

function timeGoals(measured: readonly Measured[]): Goal[] {
  const part = (name: 'p50' | 'p99', most: ReadonlyMap<number, number>) =>
    [...most].flatMap(([lines, goal]) => {
      const cell = cellOf(measured, 'retail', LIVE, lines);
      if (cell === null) return [];
      const { [name]: value } = cell.time;
      return [
        {
          what: `${name}: retail, ${lines} lines, ${LIVE.toLocaleString('en')} live`,
          goal: `${goal} µs`,
          measured: `${value.toFixed(0)} µs`,
          isMet: value <= goal,
        },
      ];
    });
  return [...part('p50', P50_US), ...part('p99', P99_US)];
}

function exactPeerGoals(measured: readonly Measured[]): Goal[] {
  return [25, 50, 100].flatMap((lines) => {
    const cell = cellOf(measured, 'retail', LIVE, lines);
    const peer = cell?.peers.find(({ name }) => name.startsWith('YALPS'))?.time;
    if (cell === null || peer === null || peer === undefined) return [];
    const [p50, p99] = [peer.p50 / cell.time.p50, peer.p99 / cell.time.p99];
    return [
      {
        what: `faster than the exact peer, p50 / p99: retail, ${lines} lines`,
        goal: `${EXACT_PEER_RATIO}×`,
        measured: `${p50.toFixed(1)}× / ${p99.toFixed(1)}×`,
        isMet: p50 >= EXACT_PEER_RATIO && p99 >= EXACT_PEER_RATIO,
      },
    ];
  });
}

function scanGoals(measured: readonly Measured[]): Goal[] {
  return measured.flatMap(({ job, figures }) =>
    figures.scans.map(({ lines, withMemo, equal }) => ({
      what: `one more scan, p50, equal: ${job.variant}, line ${lines}, ${job.live.toLocaleString('en')} live`,
      goal: `${SCAN_US} µs, equal`,
      measured: `${withMemo.p50.toFixed(0)} µs, ${equal ? 'equal' : 'NOT EQUAL'}`,
      isMet: equal && withMemo.p50 <= SCAN_US,
    })),
  );
}

function manyGoals(measured: readonly Measured[]): Goal[] {
  return [25, 50, 100].flatMap((lines) => {
    const few = cellOf(measured, 'retail', LIVE, lines);
    const many = cellOf(measured, 'retail', LIVE_MANY, lines);
    if (few === null || many === null) return [];
    const ratio = many.time.p50 / few.time.p50;
    return [
      {
        what: `p50 at 100,000 live to that at 1,000: retail, ${lines} lines`,
        goal: `${MANY_RATIO}×`,
        measured: `${ratio.toFixed(2)}×`,
        isMet: ratio <= MANY_RATIO,
      },
    ];
  });
}

function memoryGoals(measured: readonly Measured[]): Goal[] {
  // Fewer promotions than that tell more about the process than about the index.
  const largest = measured.filter(({ job }) => job.variant === 'retail' && job.live >= 10_000).at(-1);
  if (largest === undefined) return [];
  const { index } = largest.figures.compile;
  return [
    {
      what: `index beyond the documents, ${largest.job.live.toLocaleString('en')} live`,
      goal: `${INDEX_BYTES} bytes each`,
      measured: `${Math.round(index)} bytes each`,
      isMet: index <= INDEX_BYTES,
    },
  ];
}
