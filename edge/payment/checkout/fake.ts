import { z } from 'zod';
import { behave, taken } from '../fake/behave.ts';
import { type Behaviour, FakeControl, type FakeGateway } from '../fake/control.ts';
import { FakeOutbox } from '../fake/outbox.ts';
import type { Http, RawWebhook } from '../gateway.ts';
import { hexOf, hmac } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { type FakeAction, type FakePayment, NewPayment, paymentShown, shortAnswer } from './fake_payment.ts';

interface FakeOptions {
  secret_key: string;
  webhook_key: string;
  webhook_url: string;
  now(): number;
  send?: Http;
}

const ActionBody = z.strictObject({
  amount: z.int().min(1).max(999_999_999).optional(),
  reference: z.string().max(80),
});
const IDEMPOTENCY_MS = 24 * 3_600_000;

/** Checkout.com's payments API as its reference describes it, with a ledger of its own. */
export class CheckoutFake implements FakeGateway {
  readonly ctl = new FakeControl();
  /** Where messages go: set up at the provider, and not sent with a payment. */
  webhook_url: string;
  readonly #payments = new Map<string, FakePayment>();
  readonly #instruments = new Set<string>();
  /** Only answers of 2xx are kept, for 24 hours. */
  readonly #answers = new Map<string, { status: number; body: string; until: number }>();
  readonly #outbox: FakeOutbox;
  readonly #options: FakeOptions;

  constructor(options: FakeOptions) {
    this.#options = options;
    this.webhook_url = options.webhook_url;
    this.#outbox = new FakeOutbox(
      async (body) => ({ 'cko-signature': hexOf(await hmac(options.webhook_key, body)) }),
      options.send,
    );
  }

  async fetch(request: Request): Promise<Response> {
    const { method, headers } = request;
    const { pathname, searchParams, origin } = new URL(request.url);
    const body = await request.text();
    if (headers.get('authorization') !== `Bearer ${this.#options.secret_key}`) {
      this.ctl.refuse('unauthorized');
      return new Response(null, { status: 401 });
    }
    const [, root = '', id = '', verb] = pathname.split('/').map(decodeURIComponent);
    const route = [method, root, id === '' ? '' : ':id', verb].filter(Boolean).join(' ');
    if (route === 'GET payments') return this.#list(searchParams.get('reference'));
    if (route === 'DELETE instruments :id')
      return new Response(null, { status: this.#instruments.delete(id) ? 204 : 404 });
    if (method === 'POST') return this.#once(headers, route, id, body, origin);
    const payment = this.#payments.get(id);
    if (payment === undefined) return new Response(null, { status: 404 });
    if (route === 'GET payments :id') return Response.json(paymentShown(payment, origin));
    if (route === 'GET payments :id actions') return Response.json([...payment.actions].reverse());
    return new Response(null, { status: 404 });
  }

  /** The payer passes 3-D Secure, or a pending payment or refund comes to its end. */
  settle(reference: string): void {
    for (const payment of this.#payments.values()) {
      if (payment.request.reference === reference && payment.status === 'Pending') this.#authorize(payment);
      const refund = payment.actions.find((one) => one.reference === reference && one.approved === undefined);
      if (refund !== undefined) this.#give(payment, refund);
    }
  }

  deliveries = (): Promise<RawWebhook[]> => this.#outbox.deliveries();

  async #once(headers: Headers, route: string, id: string, body: string, origin: string): Promise<Response> {
    if (headers.get('content-type') !== 'application/json') return this.#invalid('content_type_invalid');
    const key = headers.get('cko-idempotency-key');
    if (key === null) return this.#invalid('idempotency_key_missing');
    this.ctl.keys.push(key);
    const known = this.#answers.get(`${route} ${id} ${key}`);
    if (known !== undefined && known.until > this.#options.now())
      return new Response(known.body, { status: known.status });
    const slot = `${route} ${id} ${key}`;
    const json = jsonOf(body);
    return route === 'POST payments' ? this.#create(slot, json, origin) : this.#act(slot, route, id, json);
  }

  /** Kept before the connection can break; what failed is not kept. */
  async #keep(slot: string, body: object, status: number): Promise<Response> {
    const until = this.#options.now() + IDEMPOTENCY_MS;
    this.#answers.set(slot, { status, body: JSON.stringify(body), until });
    return Response.json(body, { status });
  }

  #list(reference: string | null): Response {
    const data = [...this.#payments.values()].filter((one) => one.request.reference === reference).reverse();
    return Response.json({
      ...{ limit: 10, skip: 0, total_count: data.length },
      data: data.map((one) => paymentShown(one, '')),
    });
  }

  async #create(slot: string, json: unknown, origin: string): Promise<Response> {
    const parsed = NewPayment.safeParse(json);
    if (!parsed.success) return this.#invalid(`${parsed.error.issues[0]?.path.join('.')}_invalid`);
    const request = parsed.data;
    if (request.source.type === 'id' && !this.#instruments.has(request.source.id))
      return this.#invalid('source_id_invalid');
    return behave(this.ctl, FAULTS, async (behaviour) => {
      const payment: FakePayment = {
        ...{ id: `pay_${ident()}`, request, behaviour, status: 'Pending' },
        ...{ source_id: `src_${ident()}`, amount: request.amount, currency: request.currency },
        ...{ authorized: 0, captured: 0, refunded: 0, actions: [] },
      };
      this.#payments.set(payment.id, payment);
      const waits = behaviour === 'challenge' || behaviour === 'pending';
      if (!waits) this.#authorize(payment);
      const answer = shortAnswer(payment, origin);
      // An automatic capture follows the answer, which still says "Authorized".
      if (payment.status === 'Authorized' && request.capture)
        this.#take(payment, payment.authorized, 'charge');
      return this.#keep(slot, answer, waits ? 202 : 201);
    });
  }

  #authorize(payment: FakePayment): void {
    const { behaviour, request } = payment;
    const soft = behaviour === 'decline_soft';
    if (behaviour === 'decline' || soft) {
      payment.status = 'Declined';
      const code = soft ? '20051' : '30004';
      const summary = soft ? 'Insufficient Funds' : 'Pick up card (fraud)';
      this.#action(payment, 'Authorization', request.amount, request.reference, false, code, summary);
      this.#tell('payment_declined', payment, request.reference, request.amount);
      return;
    }
    const { amount, currency } = taken(behaviour, request.amount, request.currency);
    const late = payment.behaviour === 'challenge' || payment.behaviour === 'pending';
    Object.assign(payment, { status: 'Authorized', amount, currency, authorized: amount });
    if (request.source.type === 'token' && request.source.store_for_future_use)
      this.#instruments.add(payment.source_id);
    this.#action(payment, 'Authorization', amount, request.reference, true, '10000', 'Approved');
    if (!request.capture)
      this.ctl.moved({ reference: request.reference, kind: 'authorization', amount, currency });
    this.#tell('payment_approved', payment, request.reference, amount);
    if (late && request.capture) this.#take(payment, amount, 'charge');
  }

  #take(payment: FakePayment, amount: number, kind: 'charge' | 'capture'): void {
    const { reference } = payment.request;
    payment.captured = amount;
    payment.status = amount < payment.authorized ? 'Partially Captured' : 'Captured';
    this.ctl.moved({ reference, kind, amount, currency: payment.currency });
    this.#tell('payment_captured', payment, reference, amount);
  }

  async #act(slot: string, route: string, id: string, json: unknown): Promise<Response> {
    const payment = this.#payments.get(id);
    const parsed = ActionBody.safeParse(json);
    if (payment === undefined) return new Response(null, { status: 404 });
    if (!parsed.success) return this.#invalid(`${parsed.error.issues[0]?.path.join('.')}_invalid`);
    const { reference, amount } = parsed.data;
    if (route === 'POST payments :id captures') {
      const value = amount ?? payment.authorized;
      if (payment.status !== 'Authorized' || value > payment.authorized)
        return problem(422, 'capture_value_invalid');
      return behave(this.ctl, FAULTS, async () => {
        const action = this.#action(payment, 'Capture', value, reference, true, '10000', 'Approved');
        this.#take(payment, value, 'capture');
        return this.#accepted(slot, action);
      });
    }
    if (route === 'POST payments :id voids') {
      if (payment.status !== 'Authorized') return problem(422, 'payment_not_voidable');
      return behave(this.ctl, FAULTS, async () => {
        const { authorized, currency } = payment;
        const action = this.#action(payment, 'Void', authorized, reference, true, '10000', 'Approved');
        payment.status = 'Voided';
        this.ctl.moved({ reference: payment.request.reference, kind: 'void', amount: authorized, currency });
        this.#tell('payment_voided', payment, reference, authorized);
        return this.#accepted(slot, action);
      });
    }
    if (route !== 'POST payments :id refunds') return new Response(null, { status: 404 });
    const value = amount ?? payment.captured - payment.refunded;
    if (value > payment.captured - payment.refunded) return problem(422, 'refund_amount_exceeds_balance');
    return behave(this.ctl, FAULTS, (behaviour) => this.#refund(slot, payment, value, reference, behaviour));
  }

  async #refund(
    slot: string,
    payment: FakePayment,
    value: number,
    reference: string,
    behaviour: Behaviour,
  ): Promise<Response> {
    const action = this.#action(payment, 'Refund', value, reference);
    if (behaviour === 'refund_fails') {
      Object.assign(action, { approved: false, response_code: '20005', response_summary: 'Do not honour' });
      this.#tell('payment_refund_declined', payment, reference, value, action.id);
    } else if (behaviour !== 'refund_pending') this.#give(payment, action);
    return this.#accepted(slot, action);
  }

  #give(payment: FakePayment, action: FakeAction): void {
    const { reference, amount } = action;
    Object.assign(action, { approved: true, response_code: '10000', response_summary: 'Approved' });
    payment.refunded += amount;
    payment.status = payment.refunded < payment.captured ? 'Partially Refunded' : 'Refunded';
    this.ctl.moved({ reference, kind: 'refund', amount, currency: payment.currency });
    this.#tell('payment_refunded', payment, reference, amount, action.id);
  }

  #action(
    payment: FakePayment,
    type: string,
    amount: number,
    reference: string,
    approved?: boolean,
    response_code?: string,
    response_summary?: string,
  ): FakeAction {
    const action = {
      id: `act_${ident()}`,
      type,
      amount,
      reference,
      approved,
      response_code,
      response_summary,
    };
    payment.actions.push(action);
    return action;
  }

  #accepted(slot: string, { id, reference }: FakeAction): Promise<Response> {
    return this.#keep(slot, { action_id: id, reference }, 202);
  }

  #tell(type: string, payment: FakePayment, reference: string, amount: number, action?: string): void {
    const { id, currency, request, actions } = payment;
    const { response_code, response_summary } = actions.at(-1) ?? {};
    const now_ms = this.#options.now();
    this.#outbox.push(
      this.webhook_url,
      {
        ...{ id: `evt_${ident()}`, type, version: '1.0.1', created_on: new Date(now_ms).toISOString() },
        data: {
          ...{ id, action_id: action ?? actions.at(-1)?.id, reference, amount, currency },
          ...{ response_code, response_summary, metadata: request.metadata },
        },
      },
      now_ms,
    );
  }

  #invalid(code: string): Response {
    this.ctl.refuse(code);
    return problem(422, code);
  }
}

/** Checkout.com's ids are a prefix and 26 characters of base 32. */
const ident = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 26);

const problem = (status: number, code: string): Response =>
  Response.json(
    { request_id: crypto.randomUUID(), error_type: 'request_invalid', error_codes: [code] },
    { status },
  );

const FAULTS = {
  serverError: () => new Response(null, { status: 500 }),
  tooMany: () =>
    Response.json({ error_type: 'too_many_requests', error_codes: ['duplicate_request'] }, { status: 429 }),
};
