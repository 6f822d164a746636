import { type Behaviour, Dropped, FakeControl, type FakeGateway } from '../fake/control.ts';
import { hexOf, hmac } from '../hmac.ts';
import { type FakeProblem, isProblem, nested, paramsOf, problem, ROUTES } from './fake_form.ts';
import { missing, StripeLedger } from './fake_ledger.ts';
import { chargeOf, type FakeEvent, type FakeIntent, type FakeReader } from './fake_objects.ts';

interface FakeStripeOptions {
  api_key: string;
  webhook_secret: string;
  version: string;
  /** The connected account that every request must name. */
  account?: string;
  now?: () => number;
}

interface Call {
  method: string;
  path: string[];
  form: Record<string, unknown>;
  behaviour: Behaviour;
}

/** Stripe as far as the adapter needs it: as strict, and with the same words. */
export class FakeStripe implements FakeGateway {
  readonly ctl = new FakeControl();
  readonly ledger: StripeLedger;
  readonly events: FakeEvent[] = [];
  /** Stripe's search shows what was made only after a while. */
  searchable = true;
  readonly #o: FakeStripeOptions;
  readonly #saved = new Map<string, { request: string; status: number; body: string }>();

  constructor(options: FakeStripeOptions) {
    this.#o = options;
    this.ledger = new StripeLedger(this.ctl, (type, object) => this.#happened(type, object), this.#now);
  }

  #now = (): number => this.#o.now?.() ?? Date.now();

  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body =
      request.method === 'GET' ? url.search.slice(1) : new TextDecoder().decode(await request.arrayBuffer());
    const refused =
      this.#headersOf(request) ?? (nested(body) === null ? problem(400, undefined, 'Bad form.') : null);
    if (refused !== null || !url.pathname.startsWith('/v1/'))
      return this.#refuse(refused ?? problem(404, undefined, 'Unrecognized request URL.'));
    const path = url.pathname.slice('/v1/'.length).split('/').map(decodeURIComponent);
    const call = { method: request.method, path, form: nested(body) ?? {} };
    if (request.method === 'GET') return this.#answer(this.#run({ ...call, behaviour: 'approve' }));
    const key = request.headers.get('idempotency-key');
    if (key === null || key.length > 255)
      return this.#refuse(problem(400, undefined, 'An idempotency key of at most 255 characters is needed.'));
    this.ctl.keys.push(key);
    return this.#once(key, `${url.pathname}?${body}`, call);
  }

  #headersOf(request: Request): FakeProblem | null {
    const { headers } = request;
    if (headers.get('authorization') !== `Bearer ${this.#o.api_key}`)
      return problem(401, undefined, 'Invalid API Key provided.');
    if (headers.get('stripe-version') !== this.#o.version)
      return problem(400, undefined, 'Invalid Stripe API version.');
    if ((headers.get('stripe-account') ?? undefined) !== this.#o.account)
      return problem(403, 'account_invalid', 'The key does not have access to this account.');
    const type = headers.get('content-type')?.split(';')[0];
    return request.method === 'POST' && type !== 'application/x-www-form-urlencoded'
      ? problem(400, undefined, 'Stripe reads forms.')
      : null;
  }

  /** The first answer of a key is its answer for ever, a 5xx too, once the work has begun. */
  #once(key: string, request: string, call: Omit<Call, 'behaviour'>): Response {
    const saved = this.#saved.get(key);
    if (saved !== undefined && saved.request !== request)
      return this.#refuse({
        status: 400,
        error: { type: 'idempotency_error', message: 'The key was used with other parameters.' },
      });
    if (saved !== undefined)
      return new Response(saved.body, {
        status: saved.status,
        headers: { ...JSON_TYPE, 'idempotent-replayed': 'true' },
      });
    const behaviour = movesMoney(call) ? this.ctl.behaviour() : 'approve';
    if (behaviour === 'drop_before_commit') throw new Dropped();
    if (behaviour === 'fail_before_commit') return json(503, API_ERROR);
    if (behaviour === 'rate_limited') return json(429, { error: { ...RATE_LIMIT } });
    const outcome = this.#run({ ...call, behaviour });
    if (isProblem(outcome) && outcome.status !== 402) {
      // What fails validation has not begun: its key stays free.
      return this.#refuse(outcome);
    }
    const kept =
      behaviour === 'fail_after_commit' ? { status: 500, body: JSON.stringify(API_ERROR) } : written(outcome);
    this.#saved.set(key, { request, ...kept });
    if (behaviour === 'commit_then_drop') throw new Dropped();
    return new Response(kept.body, { status: kept.status, headers: JSON_TYPE });
  }

  #run({ method, path, form, behaviour }: Call): object {
    const [resource = '', id = '', verb = ''] = path;
    const shape = `${method} ${resource}${path.length === 1 ? '' : `/${resource === 'terminal' ? id : ':id'}`}`;
    const at = path.length > 2 && resource !== 'terminal' ? `${shape}/${verb}` : shape;
    if (method === 'GET' && resource === 'payment_intents' && id === 'search')
      return this.#with(ROUTES.intent_search, form, ({ query }) => this.#search(query));
    switch (at) {
      case 'POST payment_intents':
        return this.#with(ROUTES.intent_create, form, (p) =>
          this.#shown(this.ledger.create(p, behaviour), p.expand),
        );
      case 'GET payment_intents/:id':
        return this.#intent(id, (one) =>
          this.#with(ROUTES.intent_get, form, (p) => this.#shown(one, p.expand)),
        );
      case 'POST payment_intents/:id/capture':
        return this.#intent(id, (one) =>
          this.#with(ROUTES.intent_capture, form, (p) => this.#shown(this.ledger.capture(one, p), p.expand)),
        );
      case 'POST payment_intents/:id/cancel':
        return this.#intent(id, (one) =>
          this.#with(ROUTES.intent_cancel, form, (p) => this.#shown(this.ledger.cancel(one, p), p.expand)),
        );
      case 'POST refunds':
        return this.#with(ROUTES.refund_create, form, (p) => this.ledger.refund(p, behaviour));
      case 'GET refunds':
        return this.#with(ROUTES.refund_list, form, (p) => this.#refunds(p));
      case 'GET refunds/:id':
        return this.#with(ROUTES.nothing, form, () => this.ledger.refunds.get(id) ?? missing('refund'));
      case 'POST customers':
        return this.#with(ROUTES.customer_create, form, ({ metadata }) => {
          const customer = this.ledger.id('cus');
          this.ledger.customers.add(customer);
          return { id: customer, object: 'customer', metadata: metadata ?? {} };
        });
      case 'GET payment_methods/:id':
        return this.#with(ROUTES.nothing, form, () => this.#method(id));
      case 'POST payment_methods/:id/detach':
        return this.#with(ROUTES.nothing, form, () => this.#detach(id));
      default:
        return this.#reader(method, path, form);
    }
  }

  #reader(method: string, [resource, list, id = '', verb]: string[], form: object): object {
    const reader = this.ledger.readers.get(id);
    if (resource !== 'terminal' || list !== 'readers')
      return problem(404, undefined, 'Unrecognized request URL.');
    if (reader === undefined) return missing('reader');
    switch (`${method} ${verb}`) {
      case 'GET undefined':
        return this.#with(ROUTES.nothing, form, () => reader);
      case 'POST process_payment_intent':
        return this.#with(ROUTES.reader_process, form, (p) => this.ledger.process(reader, p));
      case 'POST cancel_action':
        return this.#with(ROUTES.nothing, form, () => this.ledger.cancelAction(reader));
      default:
        return problem(404, undefined, 'Unrecognized request URL.');
    }
  }

  #with<T extends object>(
    schema: Parameters<typeof paramsOf<T>>[0],
    form: object,
    then: (p: T) => object,
  ): object {
    const params = paramsOf(schema, form);
    return isProblem(params) ? params : then(params);
  }

  #intent(id: string, then: (one: FakeIntent) => object): object {
    const one = this.ledger.intents.get(id);
    return one === undefined ? missing('payment_intent') : then(one);
  }

  #shown(intent: FakeIntent | FakeProblem, expand: readonly string[] = []): object {
    if (isProblem(intent) || !expand.includes('latest_charge')) return intent;
    return { ...intent, latest_charge: chargeOf(intent) };
  }

  #search(query: string): object {
    const wanted = /^metadata\['payment_id'\]:'([^']*)'$/.exec(query)?.[1];
    if (wanted === undefined)
      return problem(400, undefined, 'The query is not understood.', { param: 'query' });
    const data = [...this.ledger.intents.values()].filter(
      (one) => this.searchable && one.metadata['payment_id'] === wanted,
    );
    return { object: 'search_result', data, has_more: false, url: '/v1/payment_intents/search' };
  }

  #refunds(p: {
    payment_intent?: string | undefined;
    limit?: number | undefined;
    starting_after?: string | undefined;
  }): object {
    const all = [...this.ledger.refunds.values()]
      .filter((one) => p.payment_intent === undefined || one.payment_intent === p.payment_intent)
      .reverse();
    const from = p.starting_after === undefined ? 0 : all.findIndex((one) => one.id === p.starting_after) + 1;
    const data = all.slice(from, from + (p.limit ?? 10));
    return { object: 'list', data, has_more: from + data.length < all.length, url: '/v1/refunds' };
  }

  #method(id: string): object {
    return { id, object: 'payment_method', customer: this.ledger.attached.get(id) ?? null, type: 'card' };
  }

  #detach(id: string): object {
    if (!this.ledger.attached.delete(id))
      return problem(400, undefined, 'The payment method is not attached to a customer.');
    return this.#method(id);
  }

  addReader(id: string): FakeReader {
    const reader: FakeReader = {
      id,
      object: 'terminal.reader',
      action: null,
      device_type: 'simulated_wisepos_e',
      label: id,
      livemode: false,
      status: 'online',
    };
    this.ledger.readers.set(id, reader);
    return reader;
  }

  /** The payer passes the bank's page, or fails at it. */
  passes(payment_id: string, passed = true): void {
    const intent = this.intentOf(payment_id);
    if (passed) this.ledger.approve(intent);
    else this.ledger.decline(intent, 'authentication_required', 'confirm_card_data');
  }

  /** What waited is settled now: a payment or a refund. */
  settle(reference: string): void {
    const refund = [...this.ledger.refunds.values()].find((one) => one.metadata['refund_id'] === reference);
    if (refund === undefined) this.ledger.approve(this.intentOf(reference));
    else this.ledger.giveBack(refund);
  }

  intentOf(payment_id: string): FakeIntent {
    const found = [...this.ledger.intents.values()].find((one) => one.metadata['payment_id'] === payment_id);
    if (found === undefined) throw new Error(`no intent of ${payment_id}`);
    return found;
  }

  /** What Stripe sends of all that happened: signed now unless said otherwise, in any order, as often as wanted. */
  async deliveries(
    how: { signed_at_ms?: number; times?: number; reversed?: boolean } = {},
  ): Promise<{ headers: Headers; body: string }[]> {
    const { signed_at_ms = this.#now(), times = 1, reversed = false } = how;
    const sent = [];
    for (const event of reversed ? this.events.toReversed() : this.events) {
      const body = JSON.stringify(event);
      const t = Math.floor(signed_at_ms / 1_000);
      const v1 = hexOf(await hmac(this.#o.webhook_secret, `${t}.${body}`));
      for (let i = 0; i < times; i += 1)
        sent.push({ headers: new Headers({ 'stripe-signature': `t=${t},v1=${v1}` }), body });
    }
    return sent;
  }

  #happened(type: string, object: object): void {
    this.events.push({
      id: this.ledger.id('evt'),
      object: 'event',
      api_version: this.#o.version,
      ...(this.#o.account === undefined ? {} : { account: this.#o.account }),
      created: Math.floor(this.#now() / 1_000),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    });
  }

  #refuse(refusal: FakeProblem): Response {
    this.ctl.refuse(`${refusal.status} ${refusal.error.message}`);
    return this.#answer(refusal);
  }

  #answer(outcome: object): Response {
    const { status, body } = written(outcome);
    return new Response(body, { status, headers: JSON_TYPE });
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
const API_ERROR = { error: { type: 'api_error', message: 'An error occurred at Stripe.' } };
const RATE_LIMIT = { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' };

const json = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers: JSON_TYPE });

const written = (outcome: object): { status: number; body: string } =>
  isProblem(outcome)
    ? { status: outcome.status, body: JSON.stringify({ error: outcome.error }) }
    : { status: 200, body: JSON.stringify(outcome) };

const movesMoney = ({ path, form }: Omit<Call, 'behaviour'>): boolean =>
  (path[0] === 'payment_intents' &&
    (path.length === 1 ? form['confirm'] === 'true' : path[2] === 'capture')) ||
  path[0] === 'refunds' ||
  path[3] === 'process_payment_intent';
