import { launch } from './launch.mjs';

// node scripts/run.mjs FILE.ts args…
const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write('usage: node scripts/run.mjs FILE.ts [arguments]\n');
  process.exit(2);
}
launch(script, args);
