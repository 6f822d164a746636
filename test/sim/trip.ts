import { access } from '../../edge/basket/access.ts';
import { dueOf, nextAlarm, wake } from '../../edge/basket/alarm.ts';
import { create } from '../../edge/basket/create.ts';
import { type Memory, memoryOf, recall } from '../../edge/basket/idempotency.ts';
import type { Answer, Call, Refusal } from '../../edge/basket/port.ts';
import { CommandQueue } from '../../edge/basket/queue.ts';
import { basketOf } from '../../edge/basket/rows.ts';
import { perform } from '../../edge/basket/settle.ts';
import type { StorePort } from '../../edge/basket/store_port.ts';
import { refuse, type Trip } from '../../edge/basket/trip.ts';
import { applyWebhook } from '../../edge/basket/webhook.ts';
import type { Gateway, WebhookEvent } from '../../edge/payment/gateway.ts';
import { BasketId, ShopperId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { StoreForEdge } from '../../shared/rpc/store.ts';
import type { Network } from './network.ts';
import type { SimProvider } from './provider.ts';
import type { Random } from './random.ts';
import { CONFIG, ORIGIN, RETAILER, STORE } from './shop.ts';
import type { SimStore } from './store.ts';
import { Tables } from './tables.ts';
import type { World } from './world.ts';

const ALARM_PAUSE_MS = 250;
const ALARM_AFTER_FAILURE_MS = 30_000;
/** The platform rings an alarm again whose object died over it. */
const ALARM_RETRY_MS = 2_000;

/** What a trip lives among. */
export interface Surroundings {
  world: World;
  network: Network;
  store: SimStore;
  provider: SimProvider;
  random: Random;
}

export type Verb<T> = (trip: Trip, memory: Memory) => Promise<Result<T, Refusal>>;

/** Of a life that is over: nothing ever comes back to it. */
const NEVER = new Promise<never>(() => undefined);

/**
 * One shopping trip: the basket's real verbs, and around them in small what BasketObject does (queue, idempotency,
 * alarm). It can die at any await; what it was about to do is then never done, and it goes on from its tables.
 */
export class SimTrip {
  readonly tables = new Tables();
  readonly id: BasketId;
  readonly shopper: Call['caller'] & { kind: 'shopper' };
  /** Called in every transaction of a verb, after its change: whoever watches may throw. */
  watch: (() => void) | null = null;
  #around: Surroundings;
  #queue = new CommandQueue();
  #running = new Map<string, string>();
  #life = 0;
  #skew = 0;
  #armedAt: number | null = null;
  #ringing = false;
  #asleep = false;
  /** Exceptions of verbs: every one is a bug. */
  readonly bugs: unknown[] = [];

  constructor(around: Surroundings, n: number) {
    this.#around = around;
    const uuid = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
    this.id = BasketId.parse(`bsk_${uuid}`);
    const shopper_id = ShopperId.parse(`shp_${uuid}`);
    this.shopper = { kind: 'shopper', shopper_id, store_id: STORE, retailer_id: RETAILER };
    const born = { config: CONFIG, purchase_type: 'scan_and_go' as const };
    this.tables.write(() => create(this.tables, this.id, this.shopper, born, around.world.now));
  }

  /** The next walk's surroundings; its tables are as they were when it was created. */
  enter(around: Surroundings): void {
    this.#around = around;
    this.#queue = new CommandQueue();
    this.#running = new Map();
    this.#life++;
    this.#skew = around.network.skew();
    this.#armedAt = null;
    this.#ringing = false;
    this.#asleep = true;
    this.bugs.length = 0;
  }

  get now(): number {
    return this.#around.world.now + this.#skew;
  }

  /** A call of the shopper, or of a till or a member of staff. */
  call(key: string | null, by: 'shopper' | 'cashier', body = ''): Call {
    const caller: Call['caller'] =
      by === 'shopper' ? this.shopper : { kind: 'store', retailer_id: RETAILER, store_id: STORE };
    return {
      caller,
      origin: ORIGIN,
      ...(by === 'cashier' ? { channel: 'cashier' as const } : {}),
      ...(key === null ? {} : { idempotency: { route: 'POST /x', key, body_hash: body } }),
    };
  }

  /** As BasketObject's commands run: who may, the first answer of a repeated key, or the verb in its turn. */
  async command<T>(call: Call, verb: Verb<T>, wants: Parameters<typeof access>[2]): Promise<Answer<T>> {
    this.#awake();
    const verdict = access(call.caller, basketOf(this.tables), wants);
    if (verdict !== 'granted') return refuse(verdict);
    return this.#once(call, async () => {
      const known = recall(this.tables, call.idempotency);
      if (known.found === 'other_body') return refuse('idempotency_key_reuse');
      if (known.found === 'answer') return ok({ body: JSON.parse(known.body), replayed: true });
      const trip = this.#trip();
      await perform(trip, 'open');
      const answer = await verb(trip, memoryOf(this.tables, call.idempotency, known, this.now));
      return answer.ok ? ok({ body: answer.value, replayed: false }) : answer;
    });
  }

  /** What staff ask of it through the cloud. */
  async forStaff<T>(verb: (trip: Trip) => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>> {
    this.#awake();
    if (this.#queue.full) return refuse('rate_limited');
    return this.#finally(() => this.#queue.run(() => verb(this.#trip())));
  }

  async hear(event: WebhookEvent, replay: boolean): Promise<boolean> {
    this.#awake();
    try {
      await this.#finally(() => this.#queue.run(() => applyWebhook(this.#trip(), event, { replay })));
      return true;
    } catch {
      // Kept among the bugs.
      return false;
    }
  }

  /** Its memory is gone at this instant, and with it every call that was under way; so is perhaps its machine. */
  die(): void {
    this.#life++;
    this.#queue = new CommandQueue();
    this.#running = new Map();
    this.#skew = this.#around.network.skew();
    this.#asleep = true;
    if (!this.#ringing) return;
    this.#ringing = false;
    this.#armedAt = null;
    this.#arm(this.now + ALARM_RETRY_MS);
  }

  #awake(): void {
    if (!this.#asleep) return;
    this.#asleep = false;
    this.#arm();
  }

  async #once<T>(call: Call, turn: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const { idempotency } = call;
    const key = idempotency === undefined ? null : `${idempotency.route}\n${idempotency.key}`;
    const running = key === null ? undefined : this.#running.get(key);
    if (running !== undefined)
      return refuse(running === idempotency?.body_hash ? 'idempotency_in_flight' : 'idempotency_key_reuse');
    if (this.#queue.full) return refuse('rate_limited');
    if (key !== null) this.#running.set(key, idempotency?.body_hash ?? '');
    return this.#finally(async () => {
      try {
        return await this.#queue.run(turn);
      } finally {
        if (key !== null) this.#running.delete(key);
      }
    });
  }

  async #finally<T>(turn: () => Promise<T>): Promise<T> {
    try {
      return await turn();
    } catch (error) {
      this.bugs.push(error);
      throw error;
    } finally {
      this.#arm();
    }
  }

  async #ring(at: number): Promise<void> {
    if (this.#armedAt !== at) return;
    this.#armedAt = null;
    this.#awake();
    this.#ringing = true;
    let pauseMs = ALARM_PAUSE_MS;
    try {
      await this.#queue.run(() => wake(this.#trip()));
    } catch (error) {
      this.bugs.push(error);
      pauseMs = ALARM_AFTER_FAILURE_MS;
    }
    this.#ringing = false;
    this.#arm(this.now + pauseMs);
  }

  #arm(notBefore = 0): void {
    const next = nextAlarm(dueOf(this.tables));
    if (next === null) return;
    const at = Math.max(next, notBefore);
    if (this.#armedAt !== null && this.#armedAt <= at) return;
    this.#armedAt = at;
    const { world, network } = this.#around;
    world.after(at - this.now + network.alarmLateness(), () => void this.#ring(at), true);
  }

  /** Everything that the life of this moment works with: what comes back after its end never reaches it. */
  #trip(): Trip {
    const life = this.#life;
    const { provider, random } = this.#around;
    const alive = () => this.#life === life;
    const mine = async <T>(work: Promise<T>): Promise<T> => {
      try {
        const value = await work;
        return alive() ? value : NEVER;
      } catch (error) {
        if (!alive()) return NEVER;
        throw error;
      }
    };
    const sql: Trip['sql'] = {
      exec: (query, ...bindings) => {
        if (!alive()) throw new Error(`a dead trip runs on: ${query}`);
        return this.tables.exec(query, ...bindings);
      },
    };
    const http: typeof provider.http = (request) => (alive() ? mine(provider.http(request)) : NEVER);
    return {
      sql,
      store: this.#storePort(mine),
      vault: VAULT,
      gateway: (account) => {
        const gateway = provider.gateway(account, http, () => this.now);
        return gateway === null ? null : guarded(gateway, mine);
      },
      shopper: () => {
        throw new Error('no shopper keeps anything here');
      },
      now: () => this.now,
      newUuid: () => random.uuid(),
      write: (change) => {
        const written = this.tables.write(() => {
          const value = change();
          this.watch?.();
          return value;
        });
        this.#arm();
        return written;
      },
    };
  }

  /** As store_port.ts puts its questions: a second time where the first call failed. */
  #storePort(mine: <T>(work: Promise<T>) => Promise<T>): StorePort {
    const { network, store } = this.#around;
    return {
      store_id: STORE,
      async ask(question) {
        for (let last = false; ; last = true) {
          try {
            return ok(await mine(question(overTheLine(store.edge, network))));
          } catch {
            if (last) return err({ code: 'store_unavailable' });
          }
        }
      },
    };
  }
}

/** What a question says is fixed as it is put, whenever it arrives; both sides have copies of their own. */
const overTheLine = (store: StoreForEdge, network: Network): StoreForEdge =>
  new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        const sent = structuredClone(given);
        const arrive = async (): Promise<unknown> =>
          structuredClone(await Reflect.apply(method, target, sent));
        return network.ask(`store ${String(name)}`, arrive, network.toStore());
      };
    },
  });

type Mine = <T>(work: Promise<T>) => Promise<T>;

/** An adapter whose time-out may ring after its trip died: nothing of it comes back then. */
const guarded = (gateway: Gateway, mine: Mine): Gateway => ({
  ...gateway,
  createAttempt: (request) => mine(gateway.createAttempt(request)),
  getAttempt: (attempt) => mine(gateway.getAttempt(attempt)),
  continueAttempt: (attempt, returned) => mine(gateway.continueAttempt(attempt, returned)),
  capture: (attempt, capture) => mine(gateway.capture(attempt, capture)),
  void: (attempt, key) => mine(gateway.void(attempt, key)),
  refund: (attempt, refund) => mine(gateway.refund(attempt, refund)),
  getRefund: (attempt, refund) => mine(gateway.getRefund(attempt, refund)),
});

/** Seals nothing: the simulation is about money, the vault has its own tests. It still binds a text to its place. */
const VAULT: Trip['vault'] = {
  seal: async (plain, context) => JSON.stringify([context, plain]),
  open: async (sealed, context) => {
    const [place, plain] = JSON.parse(sealed);
    return place === context ? plain : null;
  },
};
