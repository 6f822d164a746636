import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CatalogueFigures, type CatalogueJob, type Job, TortureFigures } from './figures.ts';
import { goalTable } from './goals.ts';
import { installPeers } from './peers_folder.ts';
import {
  cellTable,
  compileTable,
  floorTable,
  type Measured,
  peerTable,
  scanTable,
  tortureTable,
} from './tables.ts';

const LINES = [10, 25, 50, 100];
const HEAP_MB = 6000;

export interface PromotionOptions {
  quick: boolean;
  /** A folder for the slowest baskets, each with the promotions that it touches. */
  save: string | null;
}

/** The promotion engine beside its floors and peers. Tables on stdout, progress by `say`. */
export async function measurePromotions(
  { quick, save }: PromotionOptions,
  say: (text: string) => void,
): Promise<void> {
  const missing = await installPeers(say);
  if (missing !== null) say(`The peers are missing: ${missing}`);
  const measured: Measured[] = [];
  for (const job of quick ? quickJobs() : fullJobs()) {
    say(`${job.variant}, ${job.live} live promotions`);
    measured.push({ job, figures: CatalogueFigures.parse(await inOwnProcess(job)) });
  }
  say('torture');
  const torture = TortureFigures.parse(
    await inOwnProcess({ kind: 'torture', instances: quick ? 4 : 10, quick }),
  );
  const tables = [
    floorTable(measured),
    cellTable(measured),
    scanTable(measured),
    compileTable(measured),
    peerTable(measured),
    tortureTable(torture),
    goalTable(measured, torture),
  ];
  console.log(tables.map((table) => `\n${table}`).join('\n'));
  if (save !== null) saveSlowest(save, measured, torture);
}

function fullJobs(): CatalogueJob[] {
  const effort = { baskets: 1000, rounds: 5, seconds: 2.5 };
  return (['retail', 'dense'] as const).flatMap((variant) =>
    [100, 1000, 10_000, 100_000].map((live) => ({
      kind: 'catalogue' as const,
      variant,
      live,
      lines: LINES,
      peerLines: peerLines(variant, live),
      scanLines: live === 1000 && variant === 'retail' ? [25, 50, 100] : [],
      ...effort,
    })),
  );
}

function peerLines(variant: CatalogueJob['variant'], live: number): number[] {
  if (variant === 'dense') return live === 100 || live === 1000 ? [10, 50] : [];
  return live === 1000 ? [25, 50, 100] : [];
}

function quickJobs(): CatalogueJob[] {
  const effort = { baskets: 150, rounds: 3, seconds: 2 };
  return [
    {
      kind: 'catalogue',
      variant: 'retail',
      live: 1000,
      lines: LINES,
      peerLines: [25],
      scanLines: [25, 50],
      ...effort,
    },
    {
      kind: 'catalogue',
      variant: 'retail',
      live: 10_000,
      lines: [25],
      peerLines: [],
      scanLines: [],
      ...effort,
    },
    {
      kind: 'catalogue',
      variant: 'dense',
      live: 100,
      lines: [10, 50],
      peerLines: [],
      scanLines: [],
      ...effort,
    },
    {
      kind: 'catalogue',
      variant: 'dense',
      live: 1000,
      lines: [10, 50],
      peerLines: [],
      scanLines: [],
      ...effort,
    },
  ];
}

/** So that one catalogue's garbage and the shapes that its code has seen are not the next one's. */
async function inOwnProcess(job: Job): Promise<unknown> {
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      `--max-old-space-size=${HEAP_MB}`,
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('./worker.ts', import.meta.url)),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(JSON.stringify(job));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const output = await text(child.stdout);
  const code = await ended;
  if (code !== 0) throw new Error(`the measuring process ended with ${code ?? 'a signal'}`);
  return JSON.parse(output);
}

function saveSlowest(folder: string, measured: readonly Measured[], torture: TortureFigures): void {
  mkdirSync(folder, { recursive: true });
  const save = (name: string, { us, file }: { us: number; file: object }) =>
    writeFileSync(join(folder, `${name}-${Math.round(us)}us.json`), JSON.stringify(file));
  for (const { job, figures } of measured)
    for (const [i, slow] of figures.slowest.entries()) save(`${job.variant}-${job.live}-${i + 1}`, slow);
  for (const { name, size, slowest } of torture)
    save(`torture-${name.replaceAll(/\W+/g, '_')}-${size}`, slowest);
}
