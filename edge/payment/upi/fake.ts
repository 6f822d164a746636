import type { z } from 'zod';
import { behave, taken } from '../fake/behave.ts';
import { type Behaviour, FakeControl, type FakeGateway } from '../fake/control.ts';
import type { RawWebhook } from '../gateway.ts';
import { hexOf, hmac } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { event, NewOrder, NewQrCode, NewRefund, NewUpi, shownPayment } from './fake_wire.ts';
import type { Order, Payment, QrCode, Refund } from './protocol.ts';

type FakePayment = Payment & { vpa: string | null; behaviour: Behaviour; refunded: number };
type FakeQrCode = z.infer<typeof QrCode> & { payment_amount: number };
interface FakeOptions {
  key_id: string;
  key_secret: string;
  webhook_secret: string;
  now(): number;
}

/** Razorpay, with UPI apps behind it: `settle` is the payer who pays. */
export class RazorpayFake implements FakeGateway {
  readonly ctl = new FakeControl();
  /** Whether codes come with what they say, or as a picture only. */
  image_content = true;
  readonly #orders: z.infer<typeof Order>[] = [];
  readonly #payments: FakePayment[] = [];
  readonly #codes: FakeQrCode[] = [];
  /** Payments of a code, by the code. */
  readonly #ofCode = new Map<string, FakePayment[]>();
  readonly #refunds: (Refund & { behaviour: Behaviour; key: string | null; body: string })[] = [];
  readonly #messages: RawWebhook[] = [];
  readonly #options: FakeOptions;

  constructor(options: FakeOptions) {
    this.#options = options;
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { key_id, key_secret } = this.#options;
    const text = await request.text();
    if (request.headers.get('authorization') !== `Basic ${btoa(`${key_id}:${key_secret}`)}`)
      return this.#refuse(401, 'The api key provided is invalid');
    if (text !== '' && !request.headers.get('content-type')?.startsWith('application/json'))
      return this.#refuse(400, 'Expected application/json');
    const route = `${request.method} ${pathname}`;
    const id = /_[A-Za-z0-9]+/.exec(pathname.replace('/qr_codes', ''))?.[0] ?? '';
    const body = jsonOf(text);
    if (route === 'POST /v1/orders') return this.#newOrder(body);
    if (route === 'GET /v1/orders')
      return list(this.#orders.filter((one) => one.receipt === searchParams.get('receipt')));
    if (route === `GET /v1/orders/order${id}/payments`)
      return list(this.#payments.filter((one) => one.order_id === `order${id}`).map(shownPayment));
    if (route === 'POST /v1/payments/create/upi') return this.#newUpi(body);
    if (route === 'POST /v1/payments/qr_codes') return this.#newCode(body);
    const code = this.#codes.find((one) => one.id === `qr${id}`);
    if (code !== undefined && route === `GET /v1/payments/qr_codes/qr${id}`) return Response.json(code);
    if (code !== undefined && route === `GET /v1/payments/qr_codes/qr${id}/payments`)
      return list((this.#ofCode.get(code.id) ?? []).map(shownPayment));
    if (code !== undefined && route === `POST /v1/payments/qr_codes/qr${id}/close`) {
      code.status = 'closed';
      return Response.json(code);
    }
    const refund = this.#refunds.find((one) => one.id === `rfnd${id}`);
    if (refund !== undefined && route === `GET /v1/refunds/rfnd${id}`) return Response.json(refund);
    const paid = [...this.#payments, ...[...this.#ofCode.values()].flat()].find(
      (one) => one.id === `pay${id}`,
    );
    if (paid !== undefined && route === `GET /v1/payments/pay${id}/refunds`)
      return list(this.#refunds.filter((one) => one.payment_id === paid.id));
    if (paid !== undefined && route === `POST /v1/payments/pay${id}/refund`)
      return this.#newRefund(paid, text, request.headers.get('x-refund-idempotency'));
    return this.#refuse(404, `Nothing at ${route}`);
  }

  /** The payer pays what is open under our payment id, or an open refund of ours is settled. */
  async settle(reference: string): Promise<void> {
    for (const one of this.#payments)
      if (one.notes?.['payment_id'] === reference && one.status === 'created' && !this.#isPaid(one.order_id))
        await this.#pay(one);
    for (const one of this.#refunds)
      if (one.notes?.['refund_id'] === reference && one.status === 'pending') await this.#give(one);
  }

  /** Somebody scans the code and pays it, or fails to. */
  async scan(code_id: string, works = true): Promise<void> {
    const code = this.#codes.find((one) => one.id === code_id && one.status === 'active');
    if (code === undefined) return;
    const payment: FakePayment = {
      ...{ id: id('pay'), amount: code.payment_amount, currency: 'INR', status: 'created', order_id: null },
      ...{ notes: {}, vpa: 'payer.name@okbank', behaviour: works ? 'approve' : 'decline', refunded: 0 },
    };
    this.#ofCode.set(code_id, [...(this.#ofCode.get(code_id) ?? []), payment]);
    if (works) code.status = 'closed';
    await this.#pay(payment, code);
  }

  deliveries(): RawWebhook[] {
    return [...this.#messages];
  }

  /** One payment is taken for an order. */
  #isPaid(order: string | null | undefined): boolean {
    return this.#payments.some((one) => one.order_id === order && one.status === 'captured');
  }

  #newOrder(body: unknown): Response {
    const parsed = NewOrder.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { amount, currency, receipt } = parsed.data;
    const order = { id: id('order'), amount, currency, receipt };
    this.#orders.push(order);
    return Response.json({ ...order, entity: 'order', status: 'created', notes: [] });
  }

  async #newUpi(body: unknown): Promise<Response> {
    const parsed = NewUpi.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { order_id, amount, currency, notes = {}, upi } = parsed.data;
    const order = this.#orders.find((one) => one.id === order_id);
    if (order === undefined || order.amount !== amount)
      return this.#refuse(400, 'The order does not exist, or is of another amount');
    if (this.#isPaid(order_id)) return this.#refuse(400, 'The order is paid');
    this.ctl.keys.push(order_id);
    return behave(this.ctl, FAULTS, async (behaviour) => {
      const payment: FakePayment = {
        ...{ id: id('pay'), amount, currency, status: 'created', order_id, notes, behaviour, refunded: 0 },
        vpa: upi.flow === 'collect' ? upi.vpa : 'payer.name@okbank',
      };
      this.#payments.push(payment);
      if (behaviour !== 'pending' && behaviour !== 'challenge') await this.#pay(payment);
      const link = `upi://pay?pa=fake@razorpay&pn=Shop&tr=${payment.id}&am=${amount / 100}&cu=INR`;
      return Response.json({ razorpay_payment_id: payment.id, ...(upi.flow === 'intent' ? { link } : {}) });
    });
  }

  async #newCode(body: unknown): Promise<Response> {
    const parsed = NewQrCode.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { payment_amount, close_by, notes = {} } = parsed.data;
    if (close_by * 1000 < this.#options.now() + 15 * 60_000)
      return this.#refuse(400, 'close_by should be at least 15 minutes after current time');
    return behave(this.ctl, FAULTS, () => {
      const code: FakeQrCode = {
        ...{ id: id('qr'), status: 'active', image_url: 'https://rzp.io/i/fake', notes, payment_amount },
        ...(this.image_content
          ? { image_content: `upi://pay?pa=fake@razorpay&am=${payment_amount / 100}` }
          : {}),
      };
      this.#codes.push(code);
      return Response.json({ ...code, entity: 'qr_code' });
    });
  }

  async #pay(payment: FakePayment, code?: FakeQrCode): Promise<void> {
    const works = payment.behaviour !== 'decline';
    if (works) {
      Object.assign(payment, taken(payment.behaviour, payment.amount, payment.currency));
      const reference = payment.notes?.['payment_id'] ?? code?.notes?.['payment_id'] ?? '';
      const { amount, currency } = payment;
      this.ctl.moved({ reference, kind: 'charge', amount, currency });
      payment.acquirer_data = { rrn: '033814379298' };
    }
    payment.status = works ? 'captured' : 'failed';
    const shown = shownPayment(payment);
    await this.#send(works ? 'payment.captured' : 'payment.failed', { payment: shown });
    if (code !== undefined && works) await this.#send('qr_code.credited', { payment: shown, qr_code: code });
  }

  async #newRefund(payment: FakePayment, text: string, key: string | null): Promise<Response> {
    const parsed = NewRefund.safeParse(jsonOf(text));
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { amount, notes = {} } = parsed.data;
    if (key !== null && !/^[A-Za-z0-9_-]{10,}$/.test(key))
      return this.#refuse(400, 'The idempotency key is too short');
    const known = this.#refunds.find((one) => one.key !== null && one.key === key);
    if (known !== undefined)
      return known.body === text
        ? Response.json(known)
        : this.#refuse(400, 'Different request with the same idempotency key has already been processed.');
    if (payment.status !== 'captured' || payment.refunded + amount > payment.amount)
      return this.#refuse(400, 'The refund amount is greater than the amount captured');
    return behave(this.ctl, FAULTS, async (behaviour) => {
      const { id: payment_id, currency } = payment;
      const status = behaviour === 'refund_fails' ? 'failed' : 'pending';
      const refund = {
        id: id('rfnd'),
        amount,
        currency,
        payment_id,
        status,
        notes,
        behaviour,
        key,
        body: text,
      };
      this.#refunds.push(refund);
      if (behaviour === 'refund_fails')
        await this.#send('refund.failed', { payment: shownPayment(payment), refund });
      else if (behaviour !== 'refund_pending') await this.#give(refund);
      return Response.json({ ...refund, entity: 'refund' });
    });
  }

  async #give(refund: Refund): Promise<void> {
    const { amount, currency, notes, payment_id } = refund;
    const payment = [...this.#payments, ...[...this.#ofCode.values()].flat()].find(
      (one) => one.id === payment_id,
    );
    if (payment === undefined) throw new Error('a refund of no payment');
    refund.status = 'processed';
    payment.refunded += amount;
    this.ctl.moved({ reference: notes?.['refund_id'] ?? '', kind: 'refund', amount, currency });
    await this.#send('refund.processed', { payment: shownPayment(payment), refund });
  }

  async #send(type: string, payload: Parameters<typeof event>[2]): Promise<void> {
    const now_ms = this.#options.now();
    const body = event(type, Math.floor(now_ms / 1000), payload);
    const headers = new Headers({
      'x-razorpay-signature': hexOf(await hmac(this.#options.webhook_secret, body)),
      'x-razorpay-event-id': id('evt'),
    });
    this.#messages.push({ headers, body, path: '/v1/webhooks/upi/an-account-key', now_ms });
  }

  #unreadable(error: z.ZodError): Response {
    const [issue] = error.issues;
    return this.#refuse(400, `${issue?.path.join('.')}: ${issue?.message}`);
  }

  #refuse(status: number, description: string): Response {
    this.ctl.refuse(description);
    return problem(status, 'BAD_REQUEST_ERROR', description);
  }
}

const id = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll('-', '').slice(0, 14)}`;
const list = (items: object[]): Response =>
  Response.json({ entity: 'collection', count: items.length, items });
const problem = (status: number, code: string, description: string): Response =>
  Response.json(
    { error: { code, description, source: 'NA', step: 'NA', reason: 'NA', metadata: {} } },
    { status },
  );
const FAULTS = {
  serverError: () => problem(502, 'SERVER_ERROR', 'We are facing some trouble'),
  tooMany: () => problem(429, 'BAD_REQUEST_ERROR', 'Too many requests'),
};
