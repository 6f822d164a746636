import type { z } from 'zod';
import { behave, taken } from '../fake/behave.ts';
import { type Behaviour, FakeControl, type FakeGateway } from '../fake/control.ts';
import { FakeOutbox } from '../fake/outbox.ts';
import { decisionOf, payerPage } from '../fake/payer_page.ts';
import type { Http, RawWebhook } from '../gateway.ts';
import { jsonOf } from '../provider_call.ts';
import { type CardPayment, type CardRefund, MoneyRequest, NewCardPayment, VoidRequest } from './protocol.ts';
import { checkSignature, signatureOf } from './signature.ts';

interface FakePayment {
  shown: CardPayment;
  request: NewCardPayment;
  /** What it does once the payer has acted. */
  behaviour: Behaviour;
  /** References of the captures that were done. */
  captures: Set<string>;
  refunded: number;
  refunds: Map<string, CardRefund>;
}

interface FakeOptions {
  secret: string;
  now(): number;
  /** Messages go out through this; without it they only lie in `deliveries`. */
  send?: Http;
}

/** A provider that speaks the generic card protocol, with a page for the payer and a ledger of its own. */
export class GenericCardFake implements FakeGateway {
  readonly ctl = new FakeControl();
  readonly #payments = new Map<string, FakePayment>();
  readonly #cards = new Set<string>();
  readonly #outbox: FakeOutbox;
  readonly #options: FakeOptions;

  constructor(options: FakeOptions) {
    this.#options = options;
    this.#outbox = new FakeOutbox(
      async (body, nowMs) => ({
        'x-signature': await signatureOf(options.secret, Math.floor(nowMs / 1000), body),
      }),
      options.send,
    );
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, search, searchParams, origin } = new URL(request.url);
    const body = await request.text();
    const [, root = '', id = '', verb] = pathname.split('/').map(decodeURIComponent);
    if (root === 'pay') return this.#page(request.method, id, body);
    const { secret, now } = this.#options;
    const signed = request.method === 'POST' ? body : `${pathname}${search}`;
    if ((await checkSignature([secret], request.headers.get('x-signature'), signed, now())) !== 'valid')
      return this.#refuse(401, 'invalid_signature', 'The signature does not hold');
    if (request.method === 'POST' && request.headers.get('content-type') !== 'application/json')
      return this.#refuse(415, 'unsupported_media_type', 'Expected application/json');
    const route = [request.method, root, id === '' ? '' : ':id', verb].filter(Boolean).join(' ');
    const json = jsonOf(body);
    const reference = searchParams.get('reference');
    if (route === 'POST payments') return this.#create(json, origin);
    if (route === 'GET payments') return this.#list(reference);
    if (route === 'DELETE cards :id')
      return this.#cards.delete(id)
        ? new Response(null, { status: 204 })
        : problem(404, 'not_found', 'No such card');
    const payment = this.#payments.get(id);
    if (payment === undefined) return problem(404, 'not_found', 'No such payment');
    if (route === 'GET payments :id') return Response.json(payment.shown);
    if (route === 'GET payments :id refunds')
      return Response.json({
        data: [...payment.refunds.values()].filter((one) => one.reference === reference),
      });
    if (route === 'POST payments :id capture') return this.#capture(payment, json);
    if (route === 'POST payments :id void') return this.#void(payment, json);
    if (route === 'POST payments :id refund') return this.#refund(payment, json);
    return this.#refuse(404, 'not_found', `There is nothing at ${route}`);
  }

  /** The payer decides on the page, or a pending payment or refund comes to its end. */
  settle(reference: string, decision: 'approve' | 'decline' = 'approve'): void {
    for (const payment of this.#payments.values()) {
      if (payment.shown.reference === reference) this.#decide(payment, decision);
      const refund = payment.refunds.get(reference);
      if (refund?.status === 'pending') this.#give(payment, refund);
    }
  }

  /** The bank takes the money of a payment that was voided or refused: the capture had crossed with that. */
  takeLate(reference: string): void {
    for (const payment of this.#payments.values()) {
      if (payment.shown.reference !== reference) continue;
      payment.shown = { ...payment.shown, status: 'pending' };
      this.#decide(payment, 'approve');
    }
  }

  deliveries = (): Promise<RawWebhook[]> => this.#outbox.deliveries();

  #list(reference: string | null): Response {
    const found = [...this.#payments.values()].filter((one) => one.shown.reference === reference);
    return Response.json({ data: found.map((one) => one.shown) });
  }

  async #create(json: unknown, origin: string): Promise<Response> {
    const parsed = NewCardPayment.safeParse(json);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const request = parsed.data;
    this.ctl.keys.push(request.reference);
    const known = [...this.#payments.values()].find((one) => one.request.reference === request.reference);
    if (known !== undefined)
      return JSON.stringify(known.request) === JSON.stringify(request)
        ? Response.json(known.shown)
        : this.#refuse(409, 'reference_reused', 'The reference belongs to another payment');
    if (request.saved_card !== undefined && !this.#cards.has(request.saved_card))
      return this.#refuse(422, 'unknown_card', 'No such saved card');
    return behave(this.ctl, FAULTS, async (behaviour) => {
      const id = `gc_${crypto.randomUUID()}`;
      const { reference, amount_minor, currency } = request;
      const paysAtOnce = request.token !== undefined || request.saved_card !== undefined;
      const waits = behaviour === 'pending';
      const status = waits ? 'pending' : 'requires_redirect';
      const shown: CardPayment = {
        ...{ id, reference, amount_minor, currency, status },
        ...(waits ? {} : { redirect_url: `${origin}/pay/${id}` }),
      };
      const payment: FakePayment = {
        ...{ shown, request, behaviour, captures: new Set(), refunded: 0, refunds: new Map() },
      };
      this.#payments.set(id, payment);
      if (paysAtOnce && !waits && behaviour !== 'challenge') this.#decide(payment, 'approve');
      return Response.json(payment.shown, { status: 201 });
    });
  }

  #decide(payment: FakePayment, decision: 'approve' | 'decline'): void {
    const { shown, request, behaviour } = payment;
    if (shown.status !== 'requires_redirect' && shown.status !== 'pending') return;
    const { redirect_url: _, ...rest } = shown;
    const soft = behaviour === 'decline_soft';
    if (decision === 'decline' || behaviour === 'decline' || soft) {
      const decline = {
        code: soft ? 'insufficient_funds' : 'card_declined',
        message: 'The card was declined.',
        soft,
      };
      payment.shown = { ...rest, status: 'declined', decline };
      this.#tell('payment.failed', payment);
      return;
    }
    const { amount, currency } = taken(behaviour, request.amount_minor, request.currency);
    const manual = request.capture === 'manual';
    payment.shown = {
      ...rest,
      ...{ status: manual ? 'authorized' : 'captured', amount_minor: amount, currency },
      card: { brand: 'visa', last4: '0000', expiry: '12/39' },
      ...(request.save_for === undefined ? {} : { saved_card: this.#keepCard() }),
    };
    const { reference } = request;
    this.ctl.moved({ reference, kind: manual ? 'authorization' : 'charge', amount, currency });
    this.#tell(manual ? 'payment.authorized' : 'payment.captured', payment);
  }

  #keepCard(): string {
    const token = `card_${crypto.randomUUID()}`;
    this.#cards.add(token);
    return token;
  }

  async #capture(payment: FakePayment, json: unknown): Promise<Response> {
    const parsed = MoneyRequest.safeParse(json);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { amount_minor, reference } = parsed.data;
    this.ctl.keys.push(reference);
    if (payment.captures.has(reference)) return Response.json(payment.shown);
    if (payment.shown.status !== 'authorized') return problem(409, 'not_authorized', 'Nothing is reserved');
    if (amount_minor > payment.shown.amount_minor) return problem(422, 'too_much', 'More than is reserved');
    return behave(this.ctl, FAULTS, async () => {
      payment.captures.add(reference);
      payment.shown = { ...payment.shown, status: 'captured', amount_minor };
      const { reference: ours, currency } = payment.shown;
      this.ctl.moved({ reference: ours, kind: 'capture', amount: amount_minor, currency });
      this.#tell('payment.captured', payment);
      return Response.json(payment.shown);
    });
  }

  async #void(payment: FakePayment, json: unknown): Promise<Response> {
    const parsed = VoidRequest.safeParse(json);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { status, reference, amount_minor: amount, currency } = payment.shown;
    if (status === 'voided' || status === 'declined') return Response.json(payment.shown);
    if (status === 'captured') return problem(409, 'captured', 'What was taken can only be refunded');
    return behave(this.ctl, FAULTS, async () => {
      if (status === 'authorized') this.ctl.moved({ reference, kind: 'void', amount, currency });
      const { redirect_url: _, ...rest } = payment.shown;
      payment.shown = { ...rest, status: 'voided' };
      this.#tell('payment.voided', payment);
      return Response.json(payment.shown);
    });
  }

  async #refund(payment: FakePayment, json: unknown): Promise<Response> {
    const parsed = MoneyRequest.safeParse(json);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { amount_minor, reference } = parsed.data;
    this.ctl.keys.push(reference);
    const known = payment.refunds.get(reference);
    if (known !== undefined) return Response.json(known);
    if (payment.shown.status !== 'captured') return problem(409, 'not_captured', 'Nothing was taken');
    if (payment.refunded + amount_minor > payment.shown.amount_minor)
      return problem(422, 'too_much', 'More than was taken');
    return behave(this.ctl, FAULTS, async (behaviour) => {
      const { currency } = payment.shown;
      const id = `gr_${crypto.randomUUID()}`;
      const refund: CardRefund = { id, reference, status: 'pending', amount_minor, currency };
      payment.refunds.set(reference, refund);
      if (behaviour === 'refund_fails') {
        const failure = { code: 'account_closed', message: 'The card takes no money back.' };
        payment.refunds.set(reference, { ...refund, status: 'failed', failure });
        this.#tell('refund.failed', payment, reference);
      } else if (behaviour !== 'refund_pending') this.#give(payment, refund);
      return Response.json(payment.refunds.get(reference), { status: 201 });
    });
  }

  #give(payment: FakePayment, refund: CardRefund): void {
    const { reference, amount_minor: amount, currency } = refund;
    payment.refunds.set(reference, { ...refund, status: 'succeeded' });
    payment.refunded += amount;
    this.ctl.moved({ reference, kind: 'refund', amount, currency });
    this.#tell('refund.succeeded', payment, reference);
  }

  #tell(type: string, payment: FakePayment, refundReference?: string): void {
    const { id, reference, amount_minor, currency } =
      payment.refunds.get(refundReference ?? '') ?? payment.shown;
    const data = {
      id: payment.shown.id,
      reference: payment.shown.reference,
      ...{ amount_minor, currency },
      ...(refundReference === undefined ? {} : { refund_reference: reference }),
    };
    const now_ms = this.#options.now();
    const occurred_at = new Date(now_ms).toISOString();
    const message = { event_id: `${type}:${id}`, type, occurred_at, data };
    this.#outbox.push(payment.request.callback_url, message, now_ms);
  }

  /** The payer's page: what was decided on it is told by a message; coming back proves nothing. */
  async #page(method: string, id: string, form: string): Promise<Response> {
    const payment = this.#payments.get(id);
    if (payment === undefined) return new Response('No such payment', { status: 404 });
    const { status, amount_minor, currency } = payment.shown;
    if (method !== 'POST')
      return payerPage('Card gateway', amount_minor, currency, status === 'requires_redirect');
    this.#decide(payment, decisionOf(form));
    return new Response(null, { status: 303, headers: { location: payment.request.return_url } });
  }

  #unreadable(error: z.ZodError): Response {
    const [issue] = error.issues;
    return this.#refuse(422, 'invalid', `${issue?.path.join('.')}: ${issue?.message}`);
  }

  #refuse(status: number, code: string, message: string): Response {
    this.ctl.refuse(`${code}: ${message}`);
    return problem(status, code, message);
  }
}

const problem = (status: number, code: string, message: string): Response =>
  Response.json({ error: { code, message } }, { status });

const FAULTS = {
  serverError: () => problem(500, 'internal', 'Something broke'),
  tooMany: () => problem(429, 'rate_limited', 'Too many requests'),
};
