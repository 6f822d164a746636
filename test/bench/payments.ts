import { freshDataDir, removeDataDir, startSesame } from '../support/sesame.ts';
import { measureFloors } from './floor.ts';
import { measurePayments } from './pay_to_gate.ts';
import { HEAD, row } from './stats.ts';

const PAYMENTS = 200;
const FLOOR_SAMPLES = 300;

/** Scan, order, payment and gate of a demo store, one client, beside the floors of the same run. */
export async function measurePaymentTable(say: (text: string) => void): Promise<void> {
  say('Measuring the floors of this machine');
  const before = await measureFloors(FLOOR_SAMPLES);
  say('Starting a demo store');
  const data = freshDataDir();
  const sesame = await startSesame({ data });
  try {
    say(`${PAYMENTS} payments, one shopper after another`);
    const figures = await measurePayments(sesame, PAYMENTS, (done) => say(`  ${done}`));
    console.log(`\n${HEAD}`);
    console.log(row('floor: HTTP → Worker, no-op', before.noop));
    console.log(row('floor: HTTP → Worker → object, one write', before.write));
    console.log(row('floor: HTTP → Worker → object write → WebSocket frame', before.frame));
    console.log(row('scan a tag → whole basket', figures.scan, before.write));
    console.log(row('basket → order with its number', figures.order, before.write));
    console.log(row('pay → captured and committed (201)', figures.pay, before.frame));
    console.log(row('pay → the agent answers "sold"', figures.sold, before.frame));
  } finally {
    await sesame.stop();
    removeDataDir(data);
  }
}
