import { DurableObject } from 'cloudflare:workers';
import { uuidv7 } from '../../shared/ids/index.ts';
import { redact } from '../../shared/payment/redact.ts';
import { err, ok } from '../../shared/result.ts';
import { type InboxForCloud, WebhookQuery } from '../../shared/rpc/webhooks.ts';
import type { Env } from '../env.ts';
import type { WebhookEvent } from '../payment/gateway.ts';
import { type Vault, vaultOf } from '../payment/vault.ts';
import { first, type Sql } from '../store/sql.ts';
import { applyEvent } from './apply.ts';
import type { InboxForEdge, TakeWebhook } from './port.ts';
import { nextTryAt, WEBHOOK_KEPT_MS } from './retry.ts';
import { countWebhooks, listWebhooks, rowOf, viewWebhook } from './rows.ts';
import { isCreated, type WebhookRow } from './schema.ts';
import { type SealedEvent, takeEvents } from './take.ts';

/** Events that one turn of the alarm brings on their way. */
const EVENTS_PER_TURN_MAX = 50;
const RANDOM_BYTES = 10;

/**
 * The messages of one payment account; the object's name is the account key. A message is on disk before its sender is
 * answered and applied afterwards, so a provider never waits for a store and a crash loses nothing.
 */
export class WebhookInboxObject extends DurableObject<Env> implements InboxForEdge, InboxForCloud {
  readonly #sql: Sql;
  readonly #vault: Vault;
  #applying: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#vault = vaultOf(env.VAULT_KEY);
    this.#sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    void ctx.blockConcurrencyWhile(() => this.#arm());
  }

  async take(message: TakeWebhook): Promise<{ fresh: number }> {
    const sealed = await Promise.all(message.events.map((event) => this.#seal(event, message.body)));
    const fresh = this.ctx.storage.transactionSync(() => takeEvents(this.#sql, message, sealed, Date.now()));
    // The alarm stands before the answer leaves: whatever dies afterwards, the message is applied.
    await this.#arm();
    if (fresh > 0) this.ctx.waitUntil(this.#applyDue());
    return { fresh };
  }

  override async alarm(): Promise<void> {
    await this.#applyDue();
    this.#forget();
    await this.#arm();
  }

  async list(query: WebhookQuery): ReturnType<InboxForCloud['list']> {
    return listWebhooks(this.#sql, WebhookQuery.parse(query));
  }

  async counts(): ReturnType<InboxForCloud['counts']> {
    return countWebhooks(this.#sql);
  }

  async read(id: string): ReturnType<InboxForCloud['read']> {
    const row = rowOf(this.#sql, id);
    if (row === null) return null;
    const body = await this.#vault.open(row.body, row.id);
    return { ...viewWebhook(row), body: body === null ? '' : redact(body) };
  }

  async replay(id: string): ReturnType<InboxForCloud['replay']> {
    if (rowOf(this.#sql, id) === null) return err({ code: 'not_found' });
    this.#sql.exec(
      `UPDATE webhook SET status = 'received', replay = 1, tries = 0, problem = NULL, next_at = ? WHERE id = ?`,
      ...[Date.now(), id],
    );
    await this.#applyDue();
    const row = rowOf(this.#sql, id);
    return row === null ? err({ code: 'not_found' }) : ok(viewWebhook(row));
  }

  async #seal(event: WebhookEvent, body: string): Promise<SealedEvent> {
    const id = `whk_${uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
    return {
      id,
      event,
      sealed_event: await this.#vault.seal(JSON.stringify(event), id),
      sealed_body: await this.#vault.seal(body, id),
    };
  }

  /** One round at a time; who comes meanwhile waits for it and goes once more over what is due. */
  async #applyDue(): Promise<void> {
    while (this.#applying !== null) await this.#applying;
    this.#applying = this.#round().finally(() => {
      this.#applying = null;
    });
    await this.#applying;
  }

  async #round(): Promise<void> {
    if (!isCreated(this.#sql)) return;
    const due = this.#sql.exec<WebhookRow>(
      'SELECT * FROM webhook WHERE next_at <= ? ORDER BY next_at, n LIMIT ?',
      ...[Date.now(), EVENTS_PER_TURN_MAX],
    );
    // One provider that does not answer keeps no other message waiting.
    await Promise.all(due.map((row) => this.#applyOne(row)));
    await this.#arm();
  }

  async #applyOne(row: WebhookRow): Promise<void> {
    const text = await this.#vault.open(row.event, row.id);
    if (text === null) {
      this.#sql.exec(
        `UPDATE webhook SET status = 'parked', problem = 'It cannot be unsealed with the present key.', next_at = NULL
         WHERE n = ?`,
        row.n,
      );
      return;
    }
    const event: WebhookEvent = JSON.parse(text);
    const applied = await applyEvent(this.env, row.store_id, event, row.replay === 1);
    const now = Date.now();
    if (!('problem' in applied)) {
      this.#sql.exec(
        `UPDATE webhook SET status = ?, tries = tries + 1, replay = 0, problem = NULL, next_at = NULL, applied_at = ?
         WHERE n = ?`,
        ...[applied.s, now, row.n],
      );
      return;
    }
    const next = nextTryAt(row.tries + 1, row.received_at, now);
    const waiting = applied.s === 'unmatched' ? 'unmatched' : 'received';
    this.#sql.exec(
      'UPDATE webhook SET status = ?, tries = tries + 1, problem = ?, next_at = ? WHERE n = ?',
      ...[next === null ? 'parked' : waiting, applied.problem, next, row.n],
    );
  }

  #forget(): void {
    if (!isCreated(this.#sql)) return;
    this.#sql.exec(
      'DELETE FROM webhook WHERE next_at IS NULL AND received_at <= ?',
      Date.now() - WEBHOOK_KEPT_MS,
    );
  }

  async #arm(): Promise<void> {
    if (!isCreated(this.#sql)) return;
    const due = first<{ at: number | null }>(this.#sql, 'SELECT min(next_at) AS at FROM webhook')?.at ?? null;
    const oldest =
      first<{ at: number | null }>(this.#sql, 'SELECT min(received_at) AS at FROM webhook')?.at ?? null;
    const times = [due, oldest === null ? null : oldest + WEBHOOK_KEPT_MS].filter((at) => at !== null);
    if (times.length > 0) await this.ctx.storage.setAlarm(Math.min(...times));
  }
}
