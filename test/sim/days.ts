import { basketOf, legsOf, orderOf } from '../../edge/basket/rows.ts';
import { basketIdOfPayment, PaymentId } from '../../shared/ids/index.ts';
import { eventProblems, incidentKinds, problemsOf, rests, seriesProblems, tagProblems } from './check.ts';
import { Network } from './network.ts';
import { onPlatform } from './platform.ts';
import { prime } from './prime.ts';
import { SimProvider } from './provider.ts';
import { Random } from './random.ts';
import { Actor, type StepKind } from './steps.ts';
import { SimStore } from './store.ts';
import { lookAfter, settleAll } from './tidy.ts';
import { SimTrip } from './trip.ts';
import { Watch } from './watch.ts';
import { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Open for twelve hours, from the beginning of each virtual day. */
const OPEN_FOR_MS = 12 * HOUR;
const TRIPS_A_DAY = [30, 80] as const;
/** Shirts with a tag: few enough that shoppers reach for the same one. */
const SHIRTS_A_DAY = 25;
/** A quarter of what a walk suffers: a bad line, with better hours. */
const CHAOS = 0.25;
/** Banks take days; reservations hold for six. After this nothing may be open. */
const AFTERWARDS_MS = 40 * DAY;
const LOOK_EVERY = 500;

interface Shopper {
  n: number;
  trip: SimTrip;
  actor: Actor;
}

export interface DaysEnd {
  problems: string[];
  counts: Record<string, number>;
  incidents: Record<string, number>;
  checked: readonly string[];
}

/** What was looked at, in the words of the summary. */
const CHECKED = [
  'every step of every payment and session is in its table',
  'the provider’s ledger and ours tell the same of every payment, and none was charged twice',
  'an order is a sale once, and only if its whole sum was taken and kept',
  'an order that ended unpaid holds neither money nor goods',
  'a tag has one live sale at most',
  'order, fiscal and refund numbers have no gap',
  'every event of the store left for the cloud, in order',
] as const;

/** A shop for so many days: shoppers who want the same things at the same time, over lines that break now and then. */
export async function runDays(seed: number, days: number): Promise<DaysEnd> {
  const world = new World();
  const random = new Random(seed, 11);
  const network = new Network(world, new Random(seed, 12), CHAOS);
  const shoppers = new Map<string, Shopper>();
  const provider = new SimProvider(world, network, async (event) => {
    const payment = PaymentId.safeParse(event.payment_id);
    const shopper = payment.success ? shoppers.get(basketIdOfPayment(payment.data)) : undefined;
    return shopper === undefined || shopper.trip.hear(event, random.chance(0.02));
  });
  const store = new SimStore(world);
  const around = { world, network, store, provider, random: new Random(seed, 13) };
  let made = 0;
  let bug: string | null = null;
  const enter = () => {
    made++;
    const n = made;
    const trip = new SimTrip(around, n);
    new Watch(trip, store).enter((text) => world.note(text));
    const actor = new Actor(trip, provider, world, `trip ${n}`, SHIRTS_A_DAY * days);
    shoppers.set(trip.id, { n, trip, actor });
    visit(world, actor, new Random(seed, 10_000 + n));
  };
  return onPlatform(world, seed, async () => {
    await prime(store);
    for (let day = 0; day < days; day++)
      for (let i = random.between(...TRIPS_A_DAY); i > 0; i--)
        world.after(day * DAY + random.between(0, OPEN_FOR_MS), enter);
    for (let at = HOUR; at < days * DAY; at += HOUR) world.after(at, () => settleAll(provider, random), true);
    const closing = days * DAY;
    const afterwards = () => {
      network.healed = true;
      settleAll(provider, random);
      for (const { trip, actor } of shoppers.values()) lookAfter(actor, trip, store, random);
    };
    for (const later of [0, HOUR, DAY, 8 * DAY]) world.after(closing + later, afterwards, later > 0);
    const atRest = () =>
      world.busy === 0 && network.healed && [...shoppers.values()].every(({ trip }) => rests(trip, store));
    for (let n = 1; bug === null && world.now < closing + world.beganAt + AFTERWARDS_MS; n++) {
      if (n % LOOK_EVERY === 0 && atRest()) break;
      if (!(await world.step())) break;
      if (store.bugs.length > 0) bug = `the store: ${String(store.bugs[0])}`;
      for (const { n: name, trip } of shoppers.values())
        if (trip.bugs.length > 0) bug = `trip ${name}: ${String(trip.bugs[0])}`;
    }
    const problems = bug === null ? [] : [bug];
    for (const { n, trip } of shoppers.values())
      problems.push(...problemsOf(trip, store, provider).map((problem) => `trip ${n}: ${problem}`));
    problems.push(...seriesProblems(store), ...tagProblems(store), ...eventProblems(store));
    return {
      problems,
      counts: countsOf([...shoppers.values()], store),
      incidents: incidentKinds(store),
      checked: CHECKED,
    };
  });
}

/** What most shoppers do, and what some do besides. */
function visit(world: World, actor: Actor, random: Random): void {
  let at = 0;
  const add = (kind: StepKind, gap: readonly [number, number]) => {
    at += random.between(...gap);
    const own = new Random(random.next(), random.next());
    world.after(at, () => actor.do({ at, kind, random: own }));
  };
  for (let i = random.between(1, 6); i > 0; i--) add('scan', [2 * SECOND, 3 * MINUTE]);
  // Some put everything back on the shelf and go: their reservations run out.
  if (random.chance(0.08)) return;
  for (let i = random.between(1, 2); i > 0; i--) add('order', [SECOND, 20 * SECOND]);
  for (let i = random.between(1, 3); i > 0; i--) {
    add('pay', [SECOND, MINUTE]);
    if (random.chance(0.2)) add('death', [0, 900]);
    if (random.chance(0.4)) add('pay_again', [SECOND, 30 * SECOND]);
    if (random.chance(0.7)) add('payer', [5 * SECOND, MINUTE]);
    if (random.chance(0.6)) add('confirm', [SECOND, 10 * SECOND]);
    if (random.chance(0.2)) add('cancel_payment', [SECOND, MINUTE]);
    if (random.chance(0.7)) add('capture', [SECOND, 10 * MINUTE]);
  }
  if (random.chance(0.1)) add('cancel_order', [SECOND, 5 * MINUTE]);
  if (random.chance(0.25)) add('refund', [HOUR, 3 * DAY]);
  if (random.chance(0.1)) add('refund_again', [HOUR, DAY]);
}

function countsOf(shoppers: readonly Shopper[], store: SimStore): Record<string, number> {
  const orders = shoppers.flatMap(({ trip }) => orderOf(trip.tables) ?? []);
  const legs = shoppers.flatMap(({ trip }) => legsOf(trip.tables));
  const of = (state: string) => legs.filter((leg) => leg.state === state).length;
  const refunds = store.tables.exec<{ told_status: string }>('SELECT told_status FROM refund');
  return {
    trips: shoppers.length,
    'baskets that ran out': shoppers.filter(({ trip }) => basketOf(trip.tables).status === 'expired').length,
    orders: orders.length,
    sales: store.tables.exec('SELECT 1 AS found FROM sale').length,
    payments: legs.length,
    captured: of('captured'),
    declines: of('declined'),
    'reservations released': of('voided'),
    refunds: refunds.filter(({ told_status }) => told_status === 'succeeded').length,
    'events told to the cloud': store.sent.length,
  };
}
