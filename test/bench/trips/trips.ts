import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../../support/sesame.ts';
import { send } from './http.ts';
import { LOAD_HEAD, type Load, load, loadRow } from './load.ts';
import { counters, openSketch } from './sketch.ts';
import { freeTags, Phone, soldAt } from './store.ts';

const LINES = 20;
const MANY_LINES = 100;
const CALLS = 1_000;
const TRIPS = 150;
const CLIENTS = [1, 16] as const;
/** What whole back ends need for one more line and a checkout of ten (milliseconds, p50), measured elsewhere. */
const PEERS = [
  { name: 'Vendure 3.7, SQLite', add: 31, per_second: 35, checkout: 122 },
  { name: 'Medusa 2.21, PostgreSQL', add: 277, per_second: 4.1, checkout: 1_022 },
] as const;

/** Scan, basket, order, payment and gate beside two bare objects that do the same without rules. */
export async function measureTrips(say: (text: string) => void): Promise<void> {
  say('Starting a demo store and the sketch');
  const data = freshDataDir();
  const sesame = await startSesame({ data });
  const sketch = await openSketch();
  try {
    const table: string[] = [];
    const put = (what: string, figures: Load, floor?: Load) => table.push(loadRow(what, figures, floor));
    for (const clients of CLIENTS) {
      say(`no-op and scans, ${clients} at a time`);
      put('floor: HTTP → Worker, no-op', await sketch.noop(clients));
      put('ours: HTTP → Worker, /livez', await load(clients, CALLS, () => send(`${sesame.edge}/livez`)));
      const floor = await sketch.scan(clients);
      const ours = await scans(sesame, clients);
      put('floor: two objects, a line more, 20 lines', floor);
      put('scan → whole basket, 20 lines', ours, floor);
      if (clients === 1) put('floor: first scan of a new basket', await sketch.firstScan());
      if (clients === 1)
        for (const peer of PEERS)
          table.push(`  ${(peer.add / ours.p50).toFixed(0)} × as fast as ${peer.name}`);
      else
        for (const peer of PEERS)
          table.push(
            `  ${(ours.per_second / peer.per_second).toFixed(0)} × the scans a second of ${peer.name}`,
          );
    }
    say('a basket of 1 and of 100 lines');
    const growth = await grown(sesame);
    put('one more scan of the only line', growth.one);
    put(`one more scan of one of ${MANY_LINES} lines`, growth.many, growth.one);
    say('reading, ordering, paying');
    put('floor: two objects, read 20 lines', await sketch.read());
    const trips = await wholeTrips(sesame);
    put('read the basket, 10 lines', trips.read);
    put('basket of 10 → order with its number', trips.order);
    put('pay → captured and committed', trips.pay);
    put('order and pay', trips.checkout);
    for (const peer of PEERS)
      table.push(`  ${(peer.checkout / trips.checkout.p50).toFixed(0)} × as fast as ${peer.name}`);
    const frame = await sketch.pay();
    put('floor: two objects, pay → frame', frame);
    put('pay → the agent answers "sold"', trips.sold, frame);
    put('captured and answered → the agent knows', trips.after);
    console.log(`\n${LOAD_HEAD}\n${table.join('\n')}`);
  } finally {
    await sketch.close();
    await sesame.stop();
    removeDataDir(data);
  }
}

/** Baskets that grow to 20 lines and are left; untagged items, so that nothing runs out. */
async function scans(sesame: Sesame, clients: number): Promise<Load> {
  const codes = sesame.samples.codes;
  const phones = await Promise.all(Array.from({ length: clients }, (_, n) => Phone.enter(sesame, n)));
  const baskets = new Array<string>(clients).fill('');
  const mine = counters(clients);
  return load(clients, CALLS, async (_, client) => {
    const phone = phones[client];
    const n = mine(client);
    if (phone === undefined) throw new Error('a client without a phone');
    // The opening is a call of its own, and timed with the scan that it makes possible.
    if (n % LINES === 0) baskets[client] = await phone.openBasket();
    await phone.scan(baskets[client] ?? '', { code: codes[n % codes.length] ?? '' });
  });
}

/** The same item scanned again and again, alone in its basket and among a hundred lines of tags. */
async function grown(sesame: Sesame): Promise<{ one: Load; many: Load }> {
  const code = sesame.samples.codes[0] ?? '';
  const phone = await Phone.enter(sesame, 20);
  const small = await phone.openBasket();
  const large = await phone.openBasket();
  await phone.scan(small, { code });
  let lines = (await phone.scan(large, { code })).basket.lines.length;
  for (const epc of await freeTags(sesame)) {
    if (lines >= MANY_LINES) break;
    lines = (await phone.scan(large, { epc })).basket.lines.length;
  }
  const again = (basket: string) => load(1, 300, () => phone.scan(basket, { code }));
  await again(small);
  await again(large);
  return { one: await again(small), many: await again(large) };
}

interface Trips {
  read: Load;
  order: Load;
  pay: Load;
  checkout: Load;
  sold: Load;
  after: Load;
}

/** Trips of ten lines, one of them tagged, each by a phone of its own. */
async function wholeTrips(sesame: Sesame): Promise<Trips> {
  const { codes } = sesame.samples;
  const tags = await freeTags(sesame);
  const times: Record<keyof Trips, number[]> = {
    read: [],
    order: [],
    pay: [],
    checkout: [],
    sold: [],
    after: [],
  };
  const timed = async <T>(of: readonly (keyof Trips)[], what: () => Promise<T>): Promise<T> => {
    const t = performance.now();
    const value = await what();
    for (const one of of) times[one].push(performance.now() - t);
    return value;
  };
  for (const [n, epc] of tags.entries()) {
    if (times.sold.length === TRIPS) break;
    const phone = await Phone.enter(sesame, 100 + n);
    const basket = await phone.openBasket();
    const { basket: scanned } = await phone.scan(basket, { epc });
    // Staff would have to look at it first.
    if (scanned.verification.status !== 'not_required') continue;
    for (let line = 0; line < 9; line++) await phone.scan(basket, { code: codes[line] ?? '' });
    await timed(['read'], () => phone.read(basket));
    const began = performance.now();
    const order = await timed(['order'], () => phone.order(basket));
    const paying = performance.now();
    const sold = soldAt(sesame, epc).then(() => performance.now());
    const payment = await timed(['pay'], () => phone.pay(order));
    const paid = performance.now();
    if (payment.status !== 'captured') throw new Error(`payment ${payment.status}`);
    times.checkout.push(paid - began);
    const known = await sold;
    times.sold.push(known - paying);
    times.after.push(Math.max(0, known - paid));
  }
  const of = (samples: readonly number[]) => {
    const sum = samples.reduce((total, one) => total + one, 0);
    const sorted = [...samples].sort((a, b) => a - b);
    const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
    const figures = { n: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
    return { ...figures, clients: 1, per_second: (samples.length * 1_000) / sum };
  };
  return {
    read: of(times.read),
    order: of(times.order),
    pay: of(times.pay),
    checkout: of(times.checkout),
    sold: of(times.sold),
    after: of(times.after),
  };
}
