import { DurableObject } from 'cloudflare:workers';
import { PING, PONG } from '../../shared/feed/frames.ts';
import { uuidv7 } from '../../shared/ids/index.ts';
import type { Env } from '../env.ts';
import { dueOf, housekeep, nextAlarm } from './alarm.ts';
import { FeedHub, socketOf } from './feed_hub.ts';
import { receive } from './feed_socket.ts';
import { drainOutbox, outboxBackoffMs } from './outbox.ts';
import { readStore } from './put_config.ts';
import { isProvisioned, migrate } from './schema.ts';
import { nothingAfter, type Scope } from './scope.ts';
import type { Sql } from './sql.ts';

/** The device id that the Worker has verified; it sets the header itself, whatever the client sent. */
export const AGENT_HEADER = 'x-sesame-agent';

type Store = Pick<Scope, 'config' | 'epoch'>;

/**
 * What every method of a store needs: its one transaction and what follows from it, the feed and the alarm. Over
 * RPC any method of a prototype can be called, an inherited or `protected` one too, but no property of an
 * instance: so what the subclasses share are arrow functions, and the rest is `#private`.
 */
export abstract class StoreShell extends DurableObject<Env> {
  protected readonly sql: Sql;
  protected readonly feed: FeedHub;
  /** Null: never provisioned, and nothing is written until it is. */
  protected store: Store | null = null;
  #armedAt: number | null = null;
  #draining: Promise<void> | null = null;
  #outboxFailures = 0;
  #outboxRetryAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // The generic is the caller's word for its columns, so the adapter itself claims nothing.
    this.sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    this.feed = new FeedHub(ctx, () => this.scope(this.provisioned()));
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    ctx.blockConcurrencyWhile(async () => {
      if (!isProvisioned(this.sql)) return;
      ctx.storage.transactionSync(() => migrate(this.sql));
      this.store = readStore(this.sql);
      this.#armedAt = await ctx.storage.getAlarm();
      this.#arm(nextAlarm(dueOf(this.sql, null), Date.now()));
      this.feed.push();
    });
  }

  // ---- the feed ----

  override async fetch(request: Request): Promise<Response> {
    const agent = request.headers.get(AGENT_HEADER);
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket' || agent === null) {
      return new Response(null, { status: 426, headers: { upgrade: 'websocket' } });
    }
    if (this.store === null) return new Response(null, { status: 404 });
    return this.feed.accept(agent);
  }

  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): void {
    const socket = socketOf(ws);
    if (socket === null) return;
    this.feed.react(
      ws,
      this.run(this.provisioned(), (scope) => receive(scope, socket, message)),
    );
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.feed.closed(ws, code);
  }

  override webSocketError(ws: WebSocket): void {
    this.feed.forget(ws);
  }

  override async alarm(): Promise<void> {
    this.#armedAt = null;
    if (this.store === null) return;
    this.feed.noteAll();
    this.run(this.store, housekeep);
    this.#outboxRetryAt = null;
    await this.#drain();
    this.#arm(nextAlarm(dueOf(this.sql, this.#outboxRetryAt), Date.now()));
  }

  // ---- glue ----

  /** Baskets and sales exist only where the store does: anything else is a bug of the caller. */
  protected readonly provisioned = (): Store => {
    if (this.store === null) throw new Error('the store was never provisioned');
    return this.store;
  };

  protected readonly scope = (store: Store): Scope => {
    const now = Date.now();
    const newUuid = () => uuidv7(now, crypto.getRandomValues(new Uint8Array(10)));
    return { sql: this.sql, config: store.config, epoch: store.epoch, now, newUuid, after: nothingAfter() };
  };

  /** One verb in one transaction, then what follows from it. The type refuses an asynchronous verb. */
  protected readonly run = <T>(
    store: Store,
    verb: (scope: Scope) => T extends PromiseLike<unknown> ? never : T,
  ): T => {
    const scope = this.scope(store);
    const answer: T = this.ctx.storage.transactionSync(() => verb(scope));
    if (scope.after.feed) this.feed.push();
    if (scope.after.outbox) this.ctx.waitUntil(this.#drain());
    this.#arm(scope.after.wakeAt);
    return answer;
  };

  /** A setAlarm is a write: an earlier alarm serves as well, it recomputes when it rings. */
  #arm(atMs: number | null): void {
    if (atMs === null || (this.#armedAt !== null && this.#armedAt <= atMs)) return;
    this.#armedAt = atMs;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(atMs));
  }

  /** One drain at a time. While the queue refuses, the alarm retries, not every command. */
  #drain(): Promise<void> {
    if (this.#outboxRetryAt !== null && Date.now() < this.#outboxRetryAt) return Promise.resolve();
    this.#draining ??= this.#drainNow().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #drainNow(): Promise<void> {
    const send = (messages: string[]) =>
      this.env.EVENTS.sendBatch(messages.map((body) => ({ body, contentType: 'text' as const })));
    const drained = await drainOutbox(this.sql, send);
    this.#outboxFailures = drained ? 0 : this.#outboxFailures + 1;
    this.#outboxRetryAt = drained ? null : Date.now() + outboxBackoffMs(this.#outboxFailures);
    this.#arm(this.#outboxRetryAt);
  }
}
