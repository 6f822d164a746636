import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureCodes } from './codes.ts';
import { measureDevices } from './devices.ts';
import { measureGates } from './gate/gate.ts';
import { measureLlrp } from './llrp.ts';
import { measureLlrpSession } from './llrp_session.ts';
import { measureMqtt } from './mqtt.ts';
import { measurePaymentTable } from './payments.ts';
import { measurePromotions } from './promotion/promotions.ts';
import { replay } from './promotion/replay.ts';
import { measureReceipts } from './receipts.ts';
import { measureTrips } from './trips/trips.ts';

// npm run bench: tables with medians and the ratio to the floor of the same run. `-- payments`, `-- promotions`
// and so on run one part each; the promotions take --quick, --save DIR and --replay FILE.

const say = (text: string) => process.stderr.write(`${text}\n`);

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, save: { type: 'string' }, replay: { type: 'string' } },
  allowPositionals: true,
});

/** Every part of the benchmark, in the order in which a whole run measures them. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  gate: () => measureGates(values.quick === true, say),
  payments: () => measurePaymentTable(say),
  trips: () => measureTrips(say),
  mqtt: () => measureMqtt(say),
  devices: () => measureDevices(say),
  promotions: () => measurePromotions({ quick: values.quick === true, save: values.save ?? null }, say),
  llrp: async () => {
    await measureLlrp();
    await measureLlrpSession(say);
  },
  codes: measureCodes,
  receipts: () => measureReceipts(say),
};

const unknown = positionals.find((part) => !Object.hasOwn(PARTS, part));
if (unknown !== undefined) {
  say(`no part ${unknown}: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

if (values.replay !== undefined) {
  console.log(replay(values.replay));
} else {
  console.log(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; everything on one machine`);
  for (const [part, measure] of Object.entries(PARTS)) {
    if (positionals.length === 0 || positionals.includes(part)) await measure();
  }
}
