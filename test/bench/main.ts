import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measurePaymentTable } from './payments.ts';
import { measurePromotions } from './promotion/promotions.ts';
import { replay } from './promotion/replay.ts';

// npm run bench: tables with medians and the ratio to the floor of the same run. `-- payments` or
// `-- promotions` runs one part; the second takes --quick, --save DIR and --replay FILE.
const PARTS = ['payments', 'promotions'];

const say = (text: string) => process.stderr.write(`${text}\n`);

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, save: { type: 'string' }, replay: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  say(`no part ${unknown}: ${PARTS.join(', ')}`);
  process.exit(2);
}
const isWanted = (part: string) => positionals.length === 0 || positionals.includes(part);

if (values.replay !== undefined) {
  console.log(replay(values.replay));
} else {
  console.log(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; everything on one machine`);
  if (isWanted('payments')) await measurePaymentTable(say);
  if (isWanted('promotions'))
    await measurePromotions({ quick: values.quick === true, save: values.save ?? null }, say);
}
