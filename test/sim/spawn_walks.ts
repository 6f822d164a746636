import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { addCounts, type Counts, noCounts } from './run_walks.ts';

/** Walks in several processes at once, each with its own share of the seeds. */
export async function spawnWalks(first: number, walks: number, processes: number): Promise<Counts> {
  const share = Math.ceil(walks / processes);
  const sum = noCounts();
  const shares = Array.from({ length: processes }, (_, i) => {
    const begun = i * share;
    return { from: first + begun, walks: Math.min(share, walks - begun) };
  }).filter((one) => one.walks > 0);
  for (const counts of await Promise.all(shares.map((one) => spawned(one.from, one.walks))))
    addCounts(sum, counts);
  return sum;
}

/** What a process of walks prints as its only line, with `--json`. */
function spawned(from: number, walks: number): Promise<Counts> {
  const args = ['--seed', String(from), '--walks', String(walks), '--processes', '1', '--json'];
  const program = join(import.meta.dirname, 'main.ts');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => {
      const [line = ''] = output.trim().split('\n').slice(-1);
      if (line.startsWith('{')) resolve(JSON.parse(line));
      else reject(new Error(`walks from ${from} on ended with ${code}: ${output}`));
    });
  });
}
