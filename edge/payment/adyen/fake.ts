import { type Behaviour, Dropped, FakeControl, type FakeGateway } from '../fake/control.ts';
import { base64Of, bytesOfHex, hmac } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { BODIES, bodyOf, type FakeServiceError, isServiceError, serviceError } from './fake_body.ts';
import { AdyenLedger } from './fake_ledger.ts';
import { FakeTerminal } from './fake_terminal.ts';
import { type NotificationItem, signedText } from './notification.ts';

interface FakeAdyenOptions {
  api_key: string;
  merchant: string;
  hmac_key: string;
  /** `user:password` of the notifications. */
  basic?: string;
}

const KEY_MAX = 64;

/** Adyen as far as the adapter needs it: Checkout and Terminal API behind one address. */
export class FakeAdyen implements FakeGateway {
  readonly ctl = new FakeControl();
  readonly ledger: AdyenLedger;
  readonly terminal: FakeTerminal;
  readonly #o: FakeAdyenOptions;
  readonly #saved = new Map<string, { request: string; status: number; body: string }>();

  constructor(options: FakeAdyenOptions) {
    this.#o = options;
    this.ledger = new AdyenLedger(this.ctl, options.merchant);
    this.terminal = new FakeTerminal(this.ctl, (reference, amount, currency) =>
      this.ledger.atTerminal(reference, amount, currency),
    );
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { headers, method } = request;
    if (headers.get('x-api-key') !== this.#o.api_key)
      return this.#refuse(serviceError(401, '000', 'security', 'HTTP Status Response - Unauthorized'));
    // The adapter writes version 71; Adyen's own library is one ahead, with the same fields.
    const path = /^\/v7[12](\/.*)$/.exec(pathname)?.[1];
    if (method === 'DELETE' && path !== undefined) return this.#forget(path, searchParams);
    if (method !== 'POST' || !headers.get('content-type')?.startsWith('application/json'))
      return this.#refuse(serviceError(415, '000', 'validation', 'JSON is posted.'));
    const text = await request.text();
    if (pathname === '/sync') {
      const answer = this.terminal.answer(jsonOf(text), () => this.ctl.behaviour());
      return typeof answer === 'string' ? new Response(answer) : json(200, answer ?? {});
    }
    if (path === undefined) return this.#refuse(serviceError(404, '000', 'validation', 'No such path.'));
    const key = headers.get('idempotency-key');
    if (key === null || key.length > KEY_MAX)
      return this.#refuse(
        serviceError(422, '000', 'validation', 'A key of at most 64 characters is needed.'),
      );
    this.ctl.keys.push(key);
    return this.#once(key, path, text);
  }

  /** Stricter than what Adyen documents: a key that comes back with another body is refused. */
  #once(key: string, path: string, text: string): Response {
    const request = `${path} ${text}`;
    const saved = this.#saved.get(key);
    if (saved !== undefined && saved.request !== request)
      return this.#refuse(serviceError(422, '704', 'validation', 'The key was used with another request.'));
    if (saved !== undefined) return json(saved.status, saved.body, { 'idempotency-key': key });
    const behaviour = /^\/payments$|\/(captures|refunds)$/.test(path) ? this.ctl.behaviour() : 'approve';
    if (behaviour === 'drop_before_commit') throw new Dropped();
    if (behaviour === 'fail_before_commit') return json(500, INTERNAL, { 'transient-error': 'true' });
    if (behaviour === 'rate_limited') return json(429, INTERNAL, { 'transient-error': 'true' });
    const outcome = this.#run(path, jsonOf(text), behaviour);
    if (isServiceError(outcome)) return this.#refuse(outcome);
    const status = path.startsWith('/payments/') && path !== '/payments/details' ? 201 : 200;
    this.#saved.set(key, { request, status, body: JSON.stringify(outcome) });
    if (behaviour === 'commit_then_drop') throw new Dropped();
    if (behaviour === 'fail_after_commit') return json(500, INTERNAL);
    return json(status, outcome, { 'idempotency-key': key });
  }

  #run(path: string, body: unknown, behaviour: Behaviour): object {
    if (path === '/payments') return this.#with(BODIES.payment, body, (b) => this.ledger.pay(b, behaviour));
    if (path === '/payments/details') return this.#with(BODIES.details, body, (b) => this.ledger.details(b));
    const [, psp = '', verb] = /^\/payments\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
    switch (verb) {
      case 'captures':
        return this.#with(BODIES.capture, body, (b) => this.ledger.capture(psp, b));
      case 'cancels':
        return this.#with(BODIES.cancel, body, (b) => this.ledger.cancel(psp, b));
      case 'refunds':
        return this.#with(BODIES.refund, body, (b) => this.ledger.refund(psp, b, behaviour));
      default:
        return serviceError(404, '000', 'validation', 'No such path.');
    }
  }

  #with<T extends object>(
    schema: Parameters<typeof bodyOf<T>>[0],
    json: unknown,
    then: (body: T) => object,
  ): object {
    const body = bodyOf(schema, json);
    if (isServiceError(body)) return body;
    const merchant = 'merchantAccount' in body ? body.merchantAccount : this.#o.merchant;
    return merchant === this.#o.merchant
      ? then(body)
      : serviceError(403, '901', 'security', 'Invalid Merchant Account');
  }

  #forget(path: string, query: URLSearchParams): Response {
    const id = /^\/storedPaymentMethods\/([^/]+)$/.exec(path)?.[1] ?? '';
    const kept = this.ledger.stored.get(id);
    if (query.get('merchantAccount') !== this.#o.merchant || kept !== query.get('shopperReference'))
      return this.#refuse(serviceError(422, '800', 'validation', 'Contract not found'));
    this.ledger.stored.delete(id);
    return new Response(null, { status: 204 });
  }

  /** The payer is back from the bank's page with this parameter. */
  redirectResult(payment_id: string, passed = true): string {
    const payment = [...this.ledger.payments.values()].find(
      (one) => one.reference === payment_id || one.reference === `${payment_id}.manual`,
    );
    if (payment === undefined) throw new Error(`no payment of ${payment_id}`);
    return `${payment.psp}!${passed ? 'ok' : 'failed'}`;
  }

  /** What Adyen sends of all that happened, signed item by item; `batch` items in one message. */
  async deliveries(
    how: { times?: number; reversed?: boolean; batch?: number; live?: boolean } = {},
  ): Promise<{ headers: Headers; body: string }[]> {
    const { times = 1, reversed = false, batch = 1, live = false } = how;
    const items = reversed ? this.ledger.items.toReversed() : this.ledger.items;
    const sent = [];
    for (let i = 0; i < items.length; i += batch) {
      const signed = await Promise.all(items.slice(i, i + batch).map((item) => this.#sign(item)));
      const body = JSON.stringify({
        live: String(live),
        notificationItems: signed.map((NotificationRequestItem) => ({ NotificationRequestItem })),
      });
      for (let n = 0; n < times; n += 1) sent.push({ headers: this.#headers(), body });
    }
    return sent;
  }

  #headers(): Headers {
    const { basic } = this.#o;
    return new Headers({
      'content-type': 'application/json',
      ...(basic === undefined ? {} : { authorization: `Basic ${btoa(basic)}` }),
    });
  }

  async #sign(item: NotificationItem): Promise<NotificationItem> {
    const key = bytesOfHex(this.#o.hmac_key);
    if (key === null) throw new Error('the HMAC key is not hex');
    return { ...item, additionalData: { hmacSignature: base64Of(await hmac(key, signedText(item))) } };
  }

  #refuse(refusal: FakeServiceError): Response {
    this.ctl.refuse(`${refusal.status} ${refusal.message}`);
    return json(refusal.status, refusal);
  }
}

const INTERNAL = { status: 500, errorCode: '905', errorType: 'internal', message: 'Internal error' };

const json = (status: number, body: object | string, headers: Record<string, string> = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
