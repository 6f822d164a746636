import { legsOf } from '../../edge/basket/rows.ts';
import { basketIdOfPayment, PaymentId } from '../../shared/ids/index.ts';
import { incidentsOf, problemsOf, rests, seriesProblems, tagProblems } from './check.ts';
import { Network } from './network.ts';
import { onPlatform } from './platform.ts';
import { prime } from './prime.ts';
import { SimProvider } from './provider.ts';
import { Random } from './random.ts';
import { Actor, type Step, type StepKind } from './steps.ts';
import { SimStore } from './store.ts';
import { lookAfter, settleAll } from './tidy.ts';
import { SimTrip } from './trip.ts';
import { Watch } from './watch.ts';
import { everyPromise, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;
/** A walk that has not come to rest by then never will. */
const HEALED_FOR_MAX_MS = 40 * DAY;
const HAPPENINGS_MAX = 20_000;

export interface WalkEnd {
  seed: number;
  problems: string[];
  trace: readonly string[];
  /** Steps that were done of those that were drawn. */
  steps: number;
  drawn: number;
  /** For the counts of a run. */
  legs: string[];
  sessions: readonly string[];
  incidents: string[];
  order: string;
}

/** A walk as it stands at its end, to be looked at. */
export interface Scene {
  store: SimStore;
  trip: SimTrip;
  provider: SimProvider;
}

interface WalkOptions {
  /** Which of its steps are done; absent: all. */
  keep?: (step: number) => boolean;
  /** Writes down what happened. */
  traced?: boolean;
  /** Called at the end, before anything is checked: a test of the checks spoils something here. */
  spoil?: (scene: Scene) => void;
}

/** What the steps of a walk are drawn from, with their weights. */
const KINDS: readonly (readonly [number, StepKind])[] = [
  [6, 'pay'],
  [3, 'pay_again'],
  [3, 'confirm'],
  [4, 'payer'],
  [3, 'provider'],
  [3, 'capture'],
  [2, 'cancel_payment'],
  [0.7, 'cancel_order'],
  [2, 'refund'],
  [0.7, 'refund_again'],
  [1, 'death'],
  [0.5, 'order'],
];

/** The steps of a walk: a basket, its order, then whatever people do, in whatever rhythm. */
export function drawSteps(seed: number): Step[] {
  const random = new Random(seed, 1);
  const steps: Step[] = [];
  let at = 0;
  const add = (kind: StepKind, gap: number) => {
    at += gap;
    steps.push({ at, kind, random: new Random(seed, 1_000 + steps.length) });
  };
  for (let i = random.between(1, 3); i > 0; i--) add('scan', SECOND);
  for (let i = 0; i < 3; i++) add('order', 2 * SECOND);
  add('pay', random.between(0, 3 * SECOND));
  for (let i = random.between(1, 14); i > 0; i--) {
    const gap = random.weighted<readonly [number, number]>([
      [12, [0, 2 * SECOND]],
      [6, [2 * SECOND, MINUTE]],
      [1, [MINUTE, 14 * MINUTE]],
      [0.3, [14 * MINUTE, 90 * MINUTE]],
      [0.1, [6 * 60 * MINUTE, 8 * DAY]],
    ]);
    add(random.weighted(KINDS), random.between(...gap));
    // An object dies most tellingly while it works.
    if (random.chance(0.15)) add('death', random.between(0, 900));
  }
  return steps;
}

/** The tables of the walks, made once and taken back after each. */
interface Stage {
  store: SimStore;
  trip: SimTrip;
  watch: Watch;
}
let stage: Stage | null = null;

function setStage(): Stage {
  const world = new World();
  const network = new Network(world, new Random(0), 0);
  const store = new SimStore(world);
  const provider = new SimProvider(world, network, async () => true);
  const trip = new SimTrip({ world, network, store, provider, random: new Random(0) }, 1);
  return { store, trip, watch: new Watch(trip, store) };
}

/** One walk from its seed: always the same. */
export async function walk(seed: number, options: WalkOptions = {}): Promise<WalkEnd> {
  stage ??= setStage();
  const { store, trip, watch } = stage;
  const world = new World(options.traced);
  const around = new Random(seed, 2);
  const chaos = around.pick([0, 0.3, 1, 1]);
  const network = new Network(world, new Random(seed, 3), chaos);
  const random = new Random(seed, 4);
  const take = async (event: Parameters<SimTrip['hear']>[0]) =>
    PaymentId.safeParse(event.payment_id).data === undefined ||
    basketIdOfPayment(PaymentId.parse(event.payment_id)) !== trip.id ||
    trip.hear(event, random.chance(0.05));
  const provider = new SimProvider(world, network, take);
  store.tables.begin();
  trip.tables.begin();
  store.enter(world);
  trip.enter({ world, network, store, provider, random: new Random(seed, 5) });
  watch.enter((text) => world.note(text));
  const steps = drawSteps(seed);
  const done = steps.filter((_, i) => options.keep?.(i) ?? true);
  try {
    return await onPlatform(world, seed, async () => {
      await prime(store);
      const actor = new Actor(trip, provider, world, 'trip', 9);
      world.note(() => `chaos ${chaos}`);
      for (const step of done) world.after(step.at, () => actor.do(step));
      const bug = await toTheEnd(world, network, actor, { store, trip, provider }, random, done);
      options.spoil?.({ store, trip, provider });
      const problems =
        bug === null
          ? [...problemsOf(trip, store, provider), ...seriesProblems(store), ...tagProblems(store)]
          : [bug];
      return {
        ...{ seed, problems, trace: world.trace, steps: done.length, drawn: steps.length },
        legs: legsOf(trip.tables).map(({ state }) => state),
        sessions: [...watch.sessions],
        incidents: [...incidentsOf(store)].map((key) => key.split(' ')[1] ?? ''),
        order: trip.tables.exec<{ status: string }>('SELECT status FROM orders')[0]?.status ?? 'none',
      };
    });
  } finally {
    trip.die();
    await everyPromise();
    trip.tables.takeBack();
    store.tables.takeBack();
  }
}

/** Lets everything happen until nothing is open. What a verb threw, or null. */
async function toTheEnd(
  world: World,
  network: Network,
  actor: Actor,
  { store, trip, provider }: Scene,
  random: Random,
  steps: readonly Step[],
): Promise<string | null> {
  const lastAt = (steps.at(-1)?.at ?? 0) + MINUTE;
  let healedAt = Number.POSITIVE_INFINITY;
  // The basket is filled in peace.
  network.healed = true;
  world.after(3.5 * SECOND, () => {
    network.healed = false;
  });
  world.after(lastAt, () => {
    network.healed = true;
    healedAt = world.now;
    world.note(() => 'from here on every message arrives');
  });
  for (const after of [2 * MINUTE, 60 * MINUTE, DAY, 8 * DAY])
    world.after(
      lastAt + after,
      () => {
        settleAll(provider, random);
        lookAfter(actor, trip, store, random);
      },
      after > DAY,
    );
  for (let n = 0; ; n++) {
    if (n > HAPPENINGS_MAX || world.now > healedAt + HEALED_FOR_MAX_MS) break;
    if (world.busy === 0 && rests(trip, store)) break;
    if (!(await world.step())) break;
    const [bug] = [...trip.bugs, ...store.bugs];
    if (bug !== undefined) return `a verb threw: ${messageOf(bug)}`;
  }
  return null;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
