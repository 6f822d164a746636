import { DurableObject } from 'cloudflare:workers';
import type { Order } from '../../shared/api/order.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Env } from '../env.ts';
import { logError } from '../http/log.ts';
import { gatewayOf } from '../payment/registry.ts';
import { type Vault, vaultOf } from '../payment/vault.ts';
import type { Sql } from '../store/sql.ts';
import { access, type Wish } from './access.ts';
import { dueOf, nextAlarm, wake } from './alarm.ts';
import { withPass } from './exit_pass.ts';
import { type Memory, memoryOf, recall } from './idempotency.ts';
import type { Answer, Call, OrderWithPass, Refusal } from './port.ts';
import { CommandQueue } from './queue.ts';
import { basketOf } from './rows.ts';
import { isCreated, migrate } from './schema.ts';
import { perform } from './settle.ts';
import { storePort } from './store_port.ts';
import { refuse, type Trip } from './trip.ts';

/** The next alarm is at least this far away, after one that failed on a bug much farther. */
const ALARM_PAUSE_MS = 250;
const ALARM_AFTER_FAILURE_MS = 30_000;

export type Verb<T> = (trip: Trip, memory: Memory) => Promise<Result<T, Refusal>>;

/**
 * What every method of a basket needs: who may call, its turn, the trip that a verb works on, the alarm. Over
 * RPC any method of a prototype can be called, an inherited or `protected` one too, but no property of an
 * instance: so what the subclasses share are arrow functions, and the rest is `#private`.
 */
export abstract class BasketShell extends DurableObject<Env> {
  protected readonly sql: Sql;
  protected readonly queue = new CommandQueue();
  protected created = false;
  readonly #vault: Vault;
  /** Idempotency keys whose first call is still running, with the hash of its body. */
  readonly #running = new Map<string, string>();
  #armedAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#vault = vaultOf(env.VAULT_KEY);
    this.sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    ctx.blockConcurrencyWhile(async () => {
      this.created = isCreated(this.sql);
      if (!this.created) return;
      ctx.storage.transactionSync(() => migrate(this.sql));
      this.#armedAt = await ctx.storage.getAlarm();
      this.arm();
    });
  }

  override async alarm(): Promise<void> {
    this.#armedAt = null;
    if (!this.created) return;
    let pauseMs = ALARM_PAUSE_MS;
    try {
      await this.queue.run(() => wake(this.trip()));
    } catch (error) {
      // A throw would use up the platform's few retries; the tables still know what is due.
      logError('an alarm of a basket failed', { error });
      pauseMs = ALARM_AFTER_FAILURE_MS;
    }
    this.arm(Date.now() + pauseMs);
  }

  /** Who may call; then the first answer of a repeated key, or the verb in its turn. */
  protected readonly command = async <T>(
    call: Call,
    verb: Verb<T>,
    wants: Wish = 'act',
    ofStored: (text: string) => T = JSON.parse,
  ): Promise<Answer<T>> => {
    const denied = this.denied(call, wants);
    if (denied !== null) return denied;
    return this.once(call, async () => {
      const known = recall(this.sql, call.idempotency);
      if (known.found === 'other_body') return refuse('idempotency_key_reuse');
      if (known.found === 'answer') return ok({ body: ofStored(known.body), replayed: true });
      const trip = this.trip();
      // An order that a crash left without its number goes on before anything else happens.
      await perform(trip, 'open');
      const answer = await verb(trip, memoryOf(this.sql, call.idempotency, known, Date.now()));
      return answer.ok ? ok({ body: answer.value, replayed: false }) : answer;
    });
  };

  /** Queues a call, unless one with its idempotency key is still running. */
  protected readonly once = async <T>(call: Call, turn: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const { idempotency } = call;
    const key = idempotency === undefined ? null : `${idempotency.route}\n${idempotency.key}`;
    const running = key === null ? undefined : this.#running.get(key);
    if (running !== undefined) {
      return refuse(running === idempotency?.body_hash ? 'idempotency_in_flight' : 'idempotency_key_reuse');
    }
    if (this.queue.full) return refuse('rate_limited');
    if (key !== null) this.#running.set(key, idempotency?.body_hash ?? '');
    try {
      return await this.queue.run(turn);
    } finally {
      if (key !== null) this.#running.delete(key);
      this.arm();
    }
  };

  protected readonly forStaff = async <T>(
    verb: (trip: Trip) => Promise<Result<T, Refusal>>,
  ): Promise<Result<T, Refusal>> => {
    if (!this.created) return refuse('not_found');
    if (this.queue.full) return refuse('rate_limited');
    try {
      return await this.queue.run(() => verb(this.trip()));
    } finally {
      this.arm();
    }
  };

  protected readonly denied = (call: Call, wants: Wish): { ok: false; error: Refusal } | null => {
    if (!this.created) return refuse('not_found');
    const verdict = access(call.caller, basketOf(this.sql), wants);
    return verdict === 'granted' ? null : refuse(verdict);
  };

  protected readonly ordered = async (call: Call, answer: Answer<Order>): Promise<Answer<OrderWithPass>> => {
    if (!answer.ok) return answer;
    return ok({ ...answer.value, body: await withPass(this.trip(), call, answer.value.body) });
  };

  protected readonly trip = (): Trip => {
    return {
      sql: this.sql,
      store: storePort(this.env, basketOf(this.sql).store_id),
      vault: this.#vault,
      gateway: (account, origin) =>
        gatewayOf(this.env, account, origin, undefined, { retailer_id: basketOf(this.sql).retailer_id }),
      shopper: (id) => this.env.SHOPPER.getByName(id),
      now: () => Date.now(),
      newUuid: () => crypto.randomUUID(),
      write: (change) => this.#write(change),
    };
  };

  /** The alarm is armed in the turn of the write, so that no crash can leave a charge that nobody asks about. */
  #write<T>(change: () => T): T {
    const written = this.ctx.storage.transactionSync(change);
    this.arm();
    return written;
  }

  /** A setAlarm is a write: an earlier alarm serves as well, it recomputes when it rings. */
  protected readonly arm = (notBefore = 0): void => {
    if (!this.created) return;
    const next = nextAlarm(dueOf(this.sql));
    if (next === null) return;
    const at = Math.max(next, notBefore);
    if (this.#armedAt !== null && this.#armedAt <= at) return;
    this.#armedAt = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  };
}
