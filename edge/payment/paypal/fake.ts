import type { z } from 'zod';
import { behave, taken } from '../fake/behave.ts';
import { FakeControl, type FakeGateway } from '../fake/control.ts';
import { FakeOutbox } from '../fake/outbox.ts';
import { decisionOf, payerPage } from '../fake/payer_page.ts';
import type { Http, RawWebhook } from '../gateway.ts';
import { jsonOf } from '../provider_call.ts';
import { minorOf, paypalValue } from './amount.ts';
import { type FakeOrder, NewCapture, NewOrder, NewRefund, Nothing, shown, unitOf } from './fake_order.ts';
import { type FakeAccount, FakeTokens, INVALID_TOKEN, transmissionOf, verification } from './fake_trust.ts';
import { oursOf } from './protocol.ts';

interface FakeOptions extends FakeAccount {
  webhook_url: string;
  send?: Http;
}

/** PayPal's Orders v2, Payments v2 and webhook verification, with a page for the payer and a ledger of its own. */
export class PayPalFake implements FakeGateway {
  readonly ctl = new FakeControl();
  /** Where messages go: set up at the provider, and not sent with an order. */
  webhook_url: string;
  readonly #orders = new Map<string, FakeOrder>();
  readonly #answers = new Map<string, { status: number; body: string }>();
  readonly tokens: FakeTokens;
  readonly #outbox: FakeOutbox;
  readonly #options: FakeOptions;
  #events = 0;

  constructor(options: FakeOptions) {
    this.#options = options;
    this.webhook_url = options.webhook_url;
    this.tokens = new FakeTokens(options);
    this.#outbox = new FakeOutbox((body, nowMs) => transmissionOf(options, body, nowMs), options.send);
  }

  deliveries = (): Promise<RawWebhook[]> => this.#outbox.deliveries();

  async fetch(request: Request): Promise<Response> {
    const { method, headers } = request;
    const { pathname, searchParams, origin } = new URL(request.url);
    const body = new TextDecoder().decode(await request.arrayBuffer());
    if (pathname === '/checkoutnow') return this.#page(method, searchParams.get('token') ?? '', body);
    if (pathname === '/v1/oauth2/token') return this.tokens.signIn(headers, body, this.ctl);
    if (!this.tokens.holds(headers)) return INVALID_TOKEN();
    if (method === 'POST' && headers.get('content-type') !== 'application/json')
      return this.#refuse(415, 'UNSUPPORTED_MEDIA_TYPE');
    const json = jsonOf(body);
    if (pathname === '/v1/notifications/verify-webhook-signature') {
      const answer = await verification(this.#options, json, body);
      return answer ?? this.#refuse(400, 'INVALID_VERIFICATION');
    }
    const [, , , kind = '', id = '', verb] = pathname.split('/');
    if (method === 'GET') return this.#show(kind, id, origin);
    const key = headers.get('paypal-request-id') ?? '';
    if (key === '' || key.length > 108) return this.#refuse(400, 'PAYPAL_REQUEST_ID_REQUIRED');
    this.ctl.keys.push(key);
    const slot = `${pathname} ${key}`;
    const known = this.#answers.get(slot);
    if (known !== undefined)
      return new Response(known.body === '' ? null : known.body, { status: known.status });
    if (kind === 'orders' && verb === undefined) return this.#create(slot, json, origin);
    const order = this.#find(kind, id);
    if (order === undefined) return problem(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID');
    if (kind === 'orders' && (verb === 'capture' || verb === 'authorize'))
      return this.#take(slot, order, verb, json, origin);
    if (kind === 'authorizations' && verb === 'capture') return this.#capture(slot, order, json);
    if (kind === 'authorizations' && verb === 'void') return this.#void(slot, order);
    if (kind === 'captures' && verb === 'refund') return this.#refund(slot, order, json);
    return this.#refuse(404, `NOTHING_AT_${method}_${pathname}`);
  }

  /** The payer approves, or what PayPal reviews comes to its end. Named by our payment or refund id. */
  settle(reference: string): void {
    for (const order of this.#orders.values()) {
      const isOurs = unitOf(order).custom_id === reference;
      if (isOurs && order.status === 'PAYER_ACTION_REQUIRED') {
        order.status = 'APPROVED';
        this.#tell('CHECKOUT.ORDER.APPROVED', order, shown(order, 'https://api.paypal.example'));
      } else if (isOurs && order.capture?.status === 'PENDING')
        this.#captured(order, order.capture, 'charge');
      for (const refund of order.refunds)
        if (refund.reference === reference && refund.status === 'PENDING') this.#give(order, refund);
    }
  }

  waitsForPayer(reference: string): boolean {
    return [...this.#orders.values()].some(
      (one) => unitOf(one).custom_id === reference && one.behaviour === 'challenge',
    );
  }

  #find(kind: string, id: string): FakeOrder | undefined {
    if (kind === 'orders') return this.#orders.get(id);
    return [...this.#orders.values()].find((one) =>
      kind === 'authorizations' ? one.authorization?.id === id : one.capture?.id === id,
    );
  }

  #show(kind: string, id: string, origin: string): Response {
    const order = this.#find(kind, id);
    if (kind === 'orders' && order !== undefined) return Response.json(shown(order, origin));
    const refund = [...this.#orders.values()].flatMap((one) => one.refunds).find((one) => one.id === id);
    if (kind === 'refunds' && refund !== undefined) return Response.json({ ...refund, reference: undefined });
    return problem(404, 'RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID');
  }

  #create(slot: string, json: unknown, origin: string): Response {
    const parsed = NewOrder.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const order: FakeOrder = {
      ...{
        id: ident(),
        request: parsed.data,
        behaviour: this.ctl.behaviour(),
        status: 'PAYER_ACTION_REQUIRED',
      },
      ...{ authorization: null, capture: null, refunds: [] },
    };
    this.#orders.set(order.id, order);
    return this.#keep(slot, 200, shown(order, origin));
  }

  async #take(
    slot: string,
    order: FakeOrder,
    verb: string,
    json: unknown,
    origin: string,
  ): Promise<Response> {
    if (!Nothing.safeParse(json).success) return this.#refuse(400, 'MALFORMED_REQUEST_JSON');
    if (order.status === 'PAYER_ACTION_REQUIRED')
      return problem(422, 'UNPROCESSABLE_ENTITY', 'ORDER_NOT_APPROVED');
    if (order.status === 'COMPLETED') return problem(422, 'UNPROCESSABLE_ENTITY', 'ORDER_ALREADY_CAPTURED');
    if (order.request.intent !== (verb === 'capture' ? 'CAPTURE' : 'AUTHORIZE'))
      return this.#refuse(422, 'ACTION_DOES_NOT_MATCH_INTENT');
    const first = order.behaviour;
    order.behaviour = 'approve';
    const work = () => {
      const { custom_id, amount } = unitOf(order);
      if (first === 'decline' || first === 'decline_soft')
        return problem(
          422,
          'UNPROCESSABLE_ENTITY',
          first === 'decline' ? 'TRANSACTION_REFUSED' : 'INSTRUMENT_DECLINED',
        );
      const asked = minorOf(amount.value, amount.currency_code) ?? 0;
      const { amount: minor, currency } = taken(first, asked, amount.currency_code);
      const money = { currency_code: currency, value: paypalValue(minor, currency) ?? '' };
      order.status = 'COMPLETED';
      if (verb === 'authorize') {
        order.authorization = {
          id: ident(),
          status: 'CREATED',
          amount: money,
          expiration_time: '2039-01-01T00:00:00Z',
        };
        this.ctl.moved({ reference: custom_id, kind: 'authorization', amount: minor, currency });
        this.#tell('PAYMENT.AUTHORIZATION.CREATED', order, order.authorization);
      } else {
        order.capture = { id: ident(), status: 'PENDING', amount: money };
        if (first === 'pending') this.#tell('PAYMENT.CAPTURE.PENDING', order, order.capture);
        else this.#captured(order, order.capture, 'charge');
      }
      return this.#keep(slot, 201, shown(order, origin));
    };
    return behave(this.ctl, FAULTS, work, first);
  }

  #captured(order: FakeOrder, capture: NonNullable<FakeOrder['capture']>, kind: 'charge' | 'capture'): void {
    order.capture = { ...capture, status: 'COMPLETED' };
    const { currency_code: currency, value } = capture.amount;
    const amount = minorOf(value, currency) ?? 0;
    this.ctl.moved({ reference: unitOf(order).custom_id, kind, amount, currency });
    this.#tell('PAYMENT.CAPTURE.COMPLETED', order, order.capture);
  }

  async #capture(slot: string, order: FakeOrder, json: unknown): Promise<Response> {
    const parsed = NewCapture.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const { authorization } = order;
    if (authorization?.status !== 'CREATED')
      return problem(422, 'UNPROCESSABLE_ENTITY', 'AUTHORIZATION_ALREADY_CAPTURED');
    const { amount } = parsed.data;
    if (Number(amount.value) > Number(authorization.amount.value))
      return problem(422, 'UNPROCESSABLE_ENTITY', 'MAX_CAPTURE_AMOUNT_EXCEEDED');
    return behave(this.ctl, FAULTS, () => {
      const isAll = amount.value === authorization.amount.value;
      order.authorization = { ...authorization, status: isAll ? 'CAPTURED' : 'PARTIALLY_CAPTURED' };
      this.#captured(order, { id: ident(), status: 'PENDING', amount }, 'capture');
      return this.#keep(slot, 201, order.capture ?? {});
    });
  }

  async #void(slot: string, order: FakeOrder): Promise<Response> {
    const { authorization } = order;
    if (authorization?.status !== 'CREATED') return problem(422, 'UNPROCESSABLE_ENTITY', 'PREVIOUSLY_VOIDED');
    return behave(this.ctl, FAULTS, () => {
      order.authorization = { ...authorization, status: 'VOIDED' };
      const { currency_code: currency, value } = authorization.amount;
      const amount = minorOf(value, currency) ?? 0;
      this.ctl.moved({ reference: unitOf(order).custom_id, kind: 'void', amount, currency });
      this.#tell('PAYMENT.AUTHORIZATION.VOIDED', order, order.authorization);
      this.#answers.set(slot, { status: 204, body: '' });
      return new Response(null, { status: 204 });
    });
  }

  async #refund(slot: string, order: FakeOrder, json: unknown): Promise<Response> {
    const parsed = NewRefund.safeParse(json);
    if (!parsed.success) return this.#invalid(parsed.error);
    const { amount, custom_id } = parsed.data;
    const given = order.refunds.filter((one) => one.status !== 'FAILED');
    const left =
      Number(order.capture?.amount.value) - given.reduce((sum, one) => sum + Number(one.amount.value), 0);
    if (Number(amount.value) > left) return problem(422, 'UNPROCESSABLE_ENTITY', 'REFUND_AMOUNT_EXCEEDED');
    return behave(this.ctl, FAULTS, (behaviour) => {
      const reference = oursOf(custom_id).refund_id ?? '';
      const refund: FakeOrder['refunds'][number] = {
        ...{ id: ident(), status: 'PENDING', amount, reference },
        ...(custom_id === undefined ? {} : { custom_id }),
      };
      order.refunds.push(refund);
      if (behaviour === 'refund_fails') {
        refund.status = 'FAILED';
        this.#tell('PAYMENT.REFUND.FAILED', order, { ...refund, reference: undefined });
      } else if (behaviour !== 'refund_pending') this.#give(order, refund);
      return this.#keep(slot, 201, { ...refund, reference: undefined });
    });
  }

  #give(order: FakeOrder, refund: FakeOrder['refunds'][number]): void {
    refund.status = 'COMPLETED';
    const { currency_code: currency, value } = refund.amount;
    const amount = minorOf(value, currency) ?? 0;
    this.ctl.moved({ reference: refund.reference, kind: 'refund', amount, currency });
    if (order.capture !== null) {
      const isAll = value === order.capture.amount.value;
      order.capture = { ...order.capture, status: isAll ? 'REFUNDED' : 'PARTIALLY_REFUNDED' };
    }
    this.#tell('PAYMENT.CAPTURE.REFUNDED', order, { ...refund, reference: undefined });
  }

  #tell(event_type: string, order: FakeOrder, resource: object): void {
    const related_ids = { order_id: order.id };
    const now = this.#options.now();
    this.#outbox.push(
      this.webhook_url,
      {
        ...{ id: `WH-${++this.#events}`, event_version: '1.0', event_type },
        create_time: new Date(now).toISOString(),
        resource: { custom_id: unitOf(order).custom_id, ...resource, supplementary_data: { related_ids } },
      },
      now,
    );
  }

  #page(method: string, id: string, form: string): Response {
    const order = this.#orders.get(id);
    if (order === undefined) return new Response('No such order', { status: 404 });
    const { amount, custom_id } = unitOf(order);
    const minor = minorOf(amount.value, amount.currency_code) ?? 0;
    const open = order.status === 'PAYER_ACTION_REQUIRED';
    if (method !== 'POST') return payerPage('PayPal', minor, amount.currency_code, open);
    if (decisionOf(form) === 'approve') this.settle(custom_id);
    const { return_url } = order.request.payment_source.paypal.experience_context;
    return new Response(null, { status: 303, headers: { location: return_url } });
  }

  #keep(slot: string, status: number, body: object): Response {
    this.#answers.set(slot, { status, body: JSON.stringify(body) });
    return Response.json(body, { status });
  }

  #invalid(error: z.ZodError): Response {
    const [issue] = error.issues;
    return this.#refuse(400, `INVALID_${issue?.path.join('_')}: ${issue?.message}`);
  }

  #refuse(status: number, issue: string): Response {
    this.ctl.refuse(issue);
    return problem(status, 'INVALID_REQUEST', issue);
  }
}

/** 17 capital letters and digits. */
const ident = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 17).toUpperCase();

const problem = (status: number, name: string, issue: string): Response =>
  Response.json(
    { name, message: name, debug_id: 'd1', details: [{ issue, description: issue }] },
    { status },
  );

const FAULTS = {
  serverError: () => problem(500, 'INTERNAL_SERVER_ERROR', 'INTERNAL_SERVER_ERROR'),
  tooMany: () => problem(429, 'RATE_LIMIT_REACHED', 'RATE_LIMIT_REACHED'),
};
