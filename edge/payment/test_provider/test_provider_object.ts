import { DurableObject } from 'cloudflare:workers';
import type { IRequestStrict, IttyRouterType } from 'itty-router';
import { IttyRouter } from 'itty-router/IttyRouter';
import type { Env } from '../../env.ts';
import { apiKey, webhookSecret } from '../test/keys.ts';
import { NewCapture, NewCharge, NewRefund } from '../test/protocol.ts';
import { deliverDue, type Send } from './deliver.ts';
import * as ledger from './ledger.ts';
import { challengePage, noChallenge } from './page.ts';
import * as refunds from './refunds.ts';
import { isEmpty, migrate, prepare } from './schema.ts';

/** How long the answer to a `card_timeout` is held back: longer than any merchant waits. */
const HOLD_MS = 30_000;

/**
 * A payment provider of its own, behind the gateway `test`: it keeps its own ledger, speaks HTTP/JSON, hosts
 * the page of the bank and sends signed webhooks. One object is one merchant account, named by its key.
 */
export class TestProviderObject extends DurableObject<Env> {
  /** How webhooks leave; a test may put its own in place. */
  send: Send = (request) => fetch(request);
  readonly #router = this.#routes();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // An alarm that fired and died with its instance is used up; the tables know what is due.
    void ctx.blockConcurrencyWhile(() => {
      ctx.storage.transactionSync(() => migrate(ctx.storage.sql));
      return this.#arm();
    });
  }

  override async fetch(request: Request): Promise<Response> {
    if (this.env.TEST_PROVIDER_SECRET === undefined)
      return refuse(404, 'not_found', 'There is no test provider here');
    return this.#router.fetch(request);
  }

  override async alarm(): Promise<void> {
    const sql = this.ctx.storage.sql;
    if (isEmpty(sql)) return;
    const now = Date.now();
    for (const id of ledger.dueCharges(sql, now)) this.#settle(id, 'captured', now);
    for (const id of refunds.dueRefunds(sql, now))
      this.ctx.storage.transactionSync(() => refunds.settleRefund(sql, id, newMessageId(), now));
    await deliverDue(sql, await webhookSecret(this.#secret, this.#account), this.send, now);
    await this.#arm();
  }

  #routes(): IttyRouterType<IRequestStrict, [], Response> {
    const router: IttyRouterType<IRequestStrict, [], Response> = IttyRouter<IRequestStrict, []>();
    router
      .all('/charges*', (request) => this.#authenticate(request))
      .post('/charges', (request) => this.#charge(request))
      .get('/charges', ({ query }) => this.#list(query['reference']))
      .get('/charges/:id', ({ params }) => this.#show(params['id'] ?? ''))
      .post('/charges/:id/void', ({ params }) => this.#void(params['id'] ?? ''))
      .post('/charges/:id/capture', (request) => this.#capture(request, request.params['id'] ?? ''))
      .post('/charges/:id/refunds', (request) => this.#refund(request, request.params['id'] ?? ''))
      .get('/charges/:id/refunds', ({ params, query }) =>
        this.#refunds(params['id'] ?? '', query['refund_id']),
      )
      .get('/challenges/:id', ({ params }) => this.#challenge(params['id'] ?? ''))
      .post('/challenges/:id', (request) => this.#decide(request, request.params['id'] ?? ''))
      .all('*', () => refuse(404, 'not_found', 'There is no such resource'));
    return router;
  }

  get #account(): string {
    return this.ctx.id.name ?? '';
  }

  get #secret(): string {
    return this.env.TEST_PROVIDER_SECRET ?? '';
  }

  async #authenticate(request: Request): Promise<Response | undefined> {
    const expected = new TextEncoder().encode(`Bearer ${await apiKey(this.#secret, this.#account)}`);
    const given = new TextEncoder().encode(request.headers.get('authorization') ?? '');
    const same = given.byteLength === expected.byteLength && crypto.subtle.timingSafeEqual(given, expected);
    return same ? undefined : refuse(401, 'unauthenticated', 'That is not the key of this account');
  }

  async #charge(request: Request): Promise<Response> {
    const key = request.headers.get('idempotency-key') ?? '';
    if (key === '' || key.length > 255)
      return refuse(400, 'idempotency_key', 'A charge needs an Idempotency-Key');
    const asked = NewCharge.safeParse(await request.json().catch(() => undefined));
    if (!asked.success) return refuse(422, 'invalid', 'That is not a charge');
    const id = `ch_${crypto.randomUUID()}`;
    const challenge = `${new URL(request.url).origin}/test_provider/${encodeURIComponent(this.#account)}/challenges/${id}`;
    const made = this.ctx.storage.transactionSync(() => {
      prepare(this.ctx.storage.sql);
      return ledger.charge(this.ctx.storage.sql, key, asked.data, id, challenge, Date.now());
    });
    if (made === null) return refuse(422, 'idempotency_key_reuse', 'This key was used for another charge');
    await this.#arm();
    if (made.fresh && made.request.method === 'card_timeout') {
      // The money is booked before the line goes dead.
      await this.ctx.storage.sync();
      // A merchant who hangs up ends the wait.
      await scheduler.wait(HOLD_MS, { signal: request.signal }).catch(() => undefined);
    }
    return Response.json(made.charge, { status: made.fresh ? 201 : 200 });
  }

  #list(reference: string | string[] | undefined): Response {
    if (typeof reference !== 'string') return refuse(400, 'invalid', 'Which reference?');
    if (isEmpty(this.ctx.storage.sql)) return Response.json({ data: [] });
    return Response.json({ data: ledger.findByReference(this.ctx.storage.sql, reference, Date.now()) });
  }

  #show(id: string): Response {
    const charge = this.#find(id);
    return charge === null ? refuse(404, 'not_found', 'There is no such charge') : Response.json(charge);
  }

  async #capture(request: Request, id: string): Promise<Response> {
    if (this.#find(id) === null) return refuse(404, 'not_found', 'There is no such charge');
    const asked = NewCapture.safeParse(await request.json().catch(() => undefined));
    if (!asked.success) return refuse(422, 'invalid', 'That is not a capture');
    const charge = this.ctx.storage.transactionSync(() =>
      ledger.capture(this.ctx.storage.sql, id, asked.data.amount, Date.now()),
    );
    if (charge === 'not_authorized') return refuse(409, charge, 'Nothing is reserved');
    if (charge === 'amount_too_large') return refuse(422, charge, 'That is more than is reserved');
    return Response.json(charge);
  }

  async #refund(request: Request, id: string): Promise<Response> {
    if (this.#find(id) === null) return refuse(404, 'not_found', 'There is no such charge');
    const asked = NewRefund.safeParse(await request.json().catch(() => undefined));
    if (!asked.success) return refuse(422, 'invalid', 'That is not a refund');
    const refund = this.ctx.storage.transactionSync(() =>
      refunds.refund(this.ctx.storage.sql, id, asked.data, `re_${crypto.randomUUID()}`, Date.now()),
    );
    if (typeof refund === 'string') return refuse(422, refund, 'That cannot be given back');
    await this.#arm();
    return Response.json(refund, { status: 201 });
  }

  #refunds(id: string, refundId: string | string[] | undefined): Response {
    if (this.#find(id) === null) return refuse(404, 'not_found', 'There is no such charge');
    const wanted = typeof refundId === 'string' ? refundId : undefined;
    return Response.json({ data: refunds.findRefunds(this.ctx.storage.sql, id, wanted) });
  }

  async #void(id: string): Promise<Response> {
    if (this.#find(id) === null) return refuse(404, 'not_found', 'There is no such charge');
    if (refunds.refundedOf(this.ctx.storage.sql, id) > 0)
      return refuse(409, 'refunded', 'A part of it went back already');
    const charge = this.ctx.storage.transactionSync(() =>
      ledger.voidCharge(this.ctx.storage.sql, id, Date.now()),
    );
    await this.#arm();
    return Response.json(charge);
  }

  #challenge(id: string): Response {
    const charge = this.#find(id);
    const nonce = crypto.randomUUID();
    if (charge === null) return noChallenge(nonce);
    return challengePage(charge, ledger.requestOf(this.ctx.storage.sql, id).return_url, nonce);
  }

  async #decide(request: Request, id: string): Promise<Response> {
    const charge = this.#find(id);
    if (charge === null) return noChallenge(crypto.randomUUID());
    const decision = (await request.formData()).get('decision');
    if (decision !== 'approve' && decision !== 'decline')
      return refuse(422, 'invalid', 'Approve or decline?');
    // A second press, or the back button, only leads back to the shop.
    if (charge.status === 'requires_action')
      this.#settle(id, decision === 'approve' ? 'captured' : 'declined', Date.now());
    await this.#arm();
    const { return_url } = ledger.requestOf(this.ctx.storage.sql, id);
    return new Response(null, {
      status: 303,
      headers: { location: return_url, 'cache-control': 'no-store' },
    });
  }

  #find(id: string) {
    return isEmpty(this.ctx.storage.sql) ? null : ledger.find(this.ctx.storage.sql, id, Date.now());
  }

  #settle(id: string, to: 'captured' | 'declined', now: number): void {
    this.ctx.storage.transactionSync(() => ledger.settle(this.ctx.storage.sql, id, to, newMessageId, now));
  }

  async #arm(): Promise<void> {
    if (isEmpty(this.ctx.storage.sql)) return;
    const due = ledger.nextDue(this.ctx.storage.sql);
    if (due !== null) await this.ctx.storage.setAlarm(due);
  }
}

const newMessageId = (): string => `msg_${crypto.randomUUID()}`;

const refuse = (status: number, code: string, message: string): Response =>
  Response.json({ error: { code, message } }, { status });
