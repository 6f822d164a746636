import { dirname } from 'node:path';
import { buildPages } from './pages.ts';
import { buildWorkers } from './workers.ts';

const USAGE = 'usage: npm run build -- [pages | workers | all]\n';
const root = dirname(dirname(import.meta.dirname));
const what = process.argv[2] ?? 'all';
const steps = {
  pages: [buildPages],
  workers: [buildWorkers],
  all: [buildPages, buildWorkers],
};

if (what !== 'pages' && what !== 'workers' && what !== 'all') {
  process.stderr.write(USAGE);
  process.exit(2);
}
const began = performance.now();
try {
  await Promise.all(steps[what].map((step) => step(root)));
  process.stderr.write(`built ${what} in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
