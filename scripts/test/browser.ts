import { chromium } from './chromium.ts';
import { runVitest } from './run_vitest.ts';

// npm run test:browser [-- FILES]
const browser = chromium();
if (!browser.ok) {
  process.stderr.write(`${browser.error.message}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(1);
}
await runVitest(['browser'], process.argv.slice(2), { CHROMIUM: browser.value });
