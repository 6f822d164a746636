import type { z } from 'zod';
import { behave, taken } from '../fake/behave.ts';
import { FakeControl, type FakeGateway } from '../fake/control.ts';
import { FakeOutbox } from '../fake/outbox.ts';
import { decisionOf, payerPage } from '../fake/payer_page.ts';
import type { Http, RawWebhook } from '../gateway.ts';
import { base64Of, bytesOf, hexOf, hmac } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { Amount, approved, type FakePayment, Link, NewPayment, Nothing, shown } from './fake_payment.ts';
import { type Operation, refundIdOf } from './protocol.ts';

interface FakeOptions {
  api_key: string;
  private_key: string;
  now(): number;
  send?: Http;
}

const MESSAGES: Readonly<Record<string, string>> = {
  '20000': 'Approved',
  '20200': 'Waiting approval',
  '40000': 'Rejected by acquirer',
  '50300': 'Communications error',
};

/** QuickPay's API v10 for payments, with a payment window and a ledger of its own. */
export class QuickPayFake implements FakeGateway {
  readonly ctl = new FakeControl();
  readonly #payments = new Map<number, FakePayment>();
  readonly #outbox: FakeOutbox;
  readonly #options: FakeOptions;
  #last = 1_000;

  constructor(options: FakeOptions) {
    this.#options = options;
    this.#outbox = new FakeOutbox(
      async (body) => ({
        'quickpay-checksum-sha256': hexOf(await hmac(options.private_key, body)),
        ...{ 'quickpay-resource-type': 'Payment', 'quickpay-account-id': '1', 'quickpay-api-version': 'v10' },
      }),
      options.send,
    );
  }

  deliveries = (): Promise<RawWebhook[]> => this.#outbox.deliveries();

  async fetch(request: Request): Promise<Response> {
    const { method, headers } = request;
    const { pathname, searchParams, origin } = new URL(request.url);
    const body = await request.text();
    const [, root = '', name = '', verb] = pathname.split('/');
    const payment = this.#payments.get(Number(name));
    if (root === 'window') return this.#window(method, payment, body);
    if (headers.get('authorization') !== `Basic ${base64Of(bytesOf(`:${this.#options.api_key}`))}`)
      return this.#refuse(401, 'Invalid API key');
    if (headers.get('accept-version') !== 'v10') return this.#refuse(400, 'Accept-Version must be v10');
    if (body !== '' && headers.get('content-type') !== 'application/json')
      return this.#refuse(400, 'Unknown content type');
    const route = [method, root, name === '' ? '' : ':id', verb].filter(Boolean).join(' ');
    const json = jsonOf(body);
    if (route === 'POST payments') return this.#create(json);
    if (route === 'GET payments') {
      const order = searchParams.get('order_id');
      const found = [...this.#payments.values()].filter((one) => one.request.order_id === order);
      return Response.json(found.map(shown));
    }
    if (payment === undefined) return problem(404, `Not found: No Payment with id ${name}`);
    if (route === 'GET payments :id') return Response.json(shown(payment));
    if (route === 'PUT payments :id link') return this.#link(payment, json, origin);
    if (route === 'DELETE payments :id link') {
      payment.link = null;
      return new Response(null, { status: 204 });
    }
    const synchronized = searchParams.has('synchronized');
    const callback = headers.get('quickpay-callback-url');
    if (route === 'POST payments :id capture') return this.#capture(payment, json, synchronized, callback);
    if (route === 'POST payments :id cancel') return this.#cancel(payment, json, synchronized, callback);
    if (route === 'POST payments :id refund') return this.#refund(payment, json, synchronized, callback);
    return this.#refuse(404, `Not found: ${route}`);
  }

  /** The payer acts in the window, or what is pending comes to its end. Named by our payment or refund id. */
  settle(reference: string, decision: 'approve' | 'decline' = 'approve'): void {
    for (const payment of this.#payments.values()) {
      if (payment.ours === reference) this.#authorize(payment, decision);
      const refund = payment.operations.find((one) => refundIdOf(one.callback_url) === reference);
      if (refund?.pending) this.#give(payment, refund, reference);
    }
  }

  /** True: a test is about what the payer does, so it does not do it by itself. */
  waitsForPayer(reference: string): boolean {
    const payment = [...this.#payments.values()].find((one) => one.ours === reference);
    return payment?.behaviour === 'challenge';
  }

  async #create(json: unknown): Promise<Response> {
    const parsed = NewPayment.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const request = parsed.data;
    this.ctl.keys.push(request.order_id);
    if ([...this.#payments.values()].some((one) => one.request.order_id === request.order_id))
      return problem(400, 'Validation error', { order_id: ['already exists'] });
    return behave(this.ctl, FAULTS, (behaviour) => {
      const ours = request.variables['payment_id'] ?? '';
      const id = ++this.#last;
      const payment = {
        id,
        request,
        ours,
        behaviour,
        operations: [],
        currency: request.currency,
        link: null,
      };
      this.#payments.set(id, payment);
      return Response.json(shown(payment), { status: 201 });
    });
  }

  #link(payment: FakePayment, json: unknown, origin: string): Response {
    const parsed = Link.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    payment.link = { ...parsed.data, url: `${origin}/window/${payment.id}` };
    return Response.json({ url: payment.link.url });
  }

  #authorize(payment: FakePayment, decision: 'approve' | 'decline'): void {
    const { behaviour, link, operations } = payment;
    const open = operations.find((one) => one.type === 'authorize');
    if (link === null || (open !== undefined && !open.pending)) return;
    const { amount, currency } = taken(behaviour, link.amount, payment.currency);
    const callback = link.callback_url ?? null;
    if (behaviour === 'pending' && open === undefined) {
      this.#operation(payment, 'authorize', amount, callback, '20200');
      return;
    }
    const soft = behaviour === 'decline_soft';
    const refused = decision === 'decline' || behaviour === 'decline' || soft;
    const operation = open ?? this.#operation(payment, 'authorize', amount, callback, '20200');
    this.#end(payment, operation, refused ? (soft ? '50300' : '40000') : '20000');
    if (refused) return;
    payment.currency = currency;
    if (link.auto_capture === true) {
      const capture = this.#operation(payment, 'capture', amount, callback, '20200');
      this.ctl.moved({ reference: payment.ours, kind: 'charge', amount, currency });
      this.#end(payment, capture, '20000');
    } else this.ctl.moved({ reference: payment.ours, kind: 'authorization', amount, currency });
  }

  #capture(payment: FakePayment, json: unknown, sync: boolean, callback: string | null) {
    const parsed = Amount.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const { amount } = parsed.data;
    const reserved = approved(payment, 'authorize') - approved(payment, 'capture');
    if (amount > reserved || approved(payment, 'cancel') > 0)
      return problem(400, 'Validation error', { amount: ['is too large'] });
    return behave(this.ctl, FAULTS, () => {
      const operation = this.#operation(payment, 'capture', amount, callback, '20200');
      const before = shown(payment);
      this.ctl.moved({ reference: payment.ours, kind: 'capture', amount, currency: payment.currency });
      this.#end(payment, operation, '20000');
      return answer(sync ? shown(payment) : before);
    });
  }

  #cancel(payment: FakePayment, json: unknown, sync: boolean, callback: string | null) {
    const parsed = Nothing.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const amount = approved(payment, 'authorize');
    if (amount === 0 || approved(payment, 'capture') > 0)
      return problem(400, 'Validation error', { state: ['is wrong'] });
    return behave(this.ctl, FAULTS, () => {
      const operation = this.#operation(payment, 'cancel', amount, callback, '20200');
      const before = shown(payment);
      this.ctl.moved({ reference: payment.ours, kind: 'void', amount, currency: payment.currency });
      this.#end(payment, operation, '20000');
      return answer(sync ? shown(payment) : before);
    });
  }

  #refund(payment: FakePayment, json: unknown, sync: boolean, callback: string | null) {
    const parsed = Amount.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const { amount } = parsed.data;
    if (amount > approved(payment, 'capture') - approved(payment, 'refund'))
      return problem(400, 'Validation error', { amount: ['is too large'] });
    return behave(this.ctl, FAULTS, (behaviour) => {
      const operation = this.#operation(payment, 'refund', amount, callback, '20200');
      const before = shown(payment);
      if (behaviour === 'refund_fails') this.#end(payment, operation, '40000');
      else if (behaviour !== 'refund_pending') this.#give(payment, operation, refundIdOf(callback) ?? '');
      return answer(sync ? shown(payment) : before);
    });
  }

  #give(payment: FakePayment, operation: Operation, reference: string): void {
    const { amount } = operation;
    this.ctl.moved({ reference, kind: 'refund', amount, currency: payment.currency });
    this.#end(payment, operation, '20000');
  }

  #operation(
    payment: FakePayment,
    type: string,
    amount: number,
    callback_url: string | null,
    qp_status_code: string,
  ): Operation {
    const created_at = new Date(this.#options.now()).toISOString();
    const operation = {
      ...{ id: payment.operations.length + 1, type, amount, pending: true, callback_url, created_at },
      ...{ qp_status_code, qp_status_msg: MESSAGES[qp_status_code] ?? '' },
    };
    payment.operations.push(operation);
    this.#tell(payment, operation);
    return operation;
  }

  #end(payment: FakePayment, operation: Operation, code: string): void {
    const message = MESSAGES[code] ?? '';
    Object.assign(operation, { pending: false, qp_status_code: code, qp_status_msg: message });
    Object.assign(operation, {
      aq_status_code: code === '20000' ? '20000' : '40000',
      aq_status_msg: message,
    });
    this.#tell(payment, operation);
  }

  #tell(payment: FakePayment, { callback_url }: Operation): void {
    if (callback_url) this.#outbox.push(callback_url, shown(payment), this.#options.now());
  }

  #window(method: string, payment: FakePayment | undefined, form: string): Response {
    if (payment === undefined || payment.link === null)
      return new Response('No such payment', { status: 404 });
    const { amount, continue_url = '' } = payment.link;
    const open = !payment.operations.some((one) => one.type === 'authorize');
    if (method !== 'POST') return payerPage('QuickPay', amount, payment.currency, open);
    this.#authorize(payment, decisionOf(form));
    return new Response(null, { status: 303, headers: { location: continue_url } });
  }

  #invalid(error: z.ZodError): Response {
    const [issue] = error.issues;
    this.ctl.refuse(`${issue?.path.join('.')}: ${issue?.message}`);
    return problem(400, 'Validation error', { [issue?.path.join('.') ?? '']: [issue?.message ?? ''] });
  }

  #refuse(status: number, message: string): Response {
    this.ctl.refuse(message);
    return problem(status, message);
  }
}

const answer = (payment: object): Response => Response.json(payment, { status: 202 });
const problem = (status: number, message: string, errors?: Record<string, string[]>): Response =>
  Response.json({ message, errors: errors ?? null, error_code: null }, { status });

const FAULTS = {
  serverError: () => problem(500, 'Internal error'),
  tooMany: () => problem(429, 'Too many requests'),
};
