import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPages } from '../build/pages.ts';
import { buildWorkers } from '../build/workers.ts';
import { type Counts, countTests, summary } from './count_tests.ts';

const root = dirname(dirname(import.meta.dirname));
/** Everything but the browser: no network, no hardware, no browser, no port that must be free. */
export const PROJECTS = ['node', 'edge', 'cloud', 'process'];

/**
 * Runs these projects of vitest.config.ts, prints `N passed, N failed` as the last line and ends the
 * process: 0 only when something ran and nothing failed. Further arguments narrow the run to some files.
 */
export async function runVitest(
  projects: readonly string[],
  filters: readonly string[],
  env: Record<string, string> = {},
): Promise<never> {
  await Promise.all([buildWorkers(root), buildPages(root)]);
  const folder = mkdtempSync(join(tmpdir(), 'sesame-test-'));
  const file = join(folder, 'report.json');
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...filters,
  ];
  const vitest = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const code = await new Promise<number>((resolve) => vitest.once('exit', (exit) => resolve(exit ?? 1)));
  const counts = read(file, code);
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${summary(counts)}\n`);
  process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
}

function read(file: string, exitCode: number): Counts {
  try {
    return countTests(JSON.parse(readFileSync(file, 'utf8')), exitCode);
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // No report: vitest itself did not come to its end.
  }
}
