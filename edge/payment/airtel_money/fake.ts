import { z } from 'zod';
import { paymentIdOfShort } from '../../../shared/payment/short_reference.ts';
import { behave } from '../fake/behave.ts';
import { FakeControl, type FakeGateway } from '../fake/control.ts';
import type { RawWebhook } from '../gateway.ts';
import { jsonOf } from '../provider_call.ts';

const Token = z.strictObject({
  client_id: z.string(),
  client_secret: z.string(),
  grant_type: z.literal('client_credentials'),
});
const Place = { country: z.literal('UG'), currency: z.literal('UGX') };
/** Uganda: nine digits, without country code and trunk prefix. */
const Push = z.strictObject({
  reference: z.string().regex(/^[A-Za-z0-9 ]{1,64}$/),
  subscriber: z.strictObject({ ...Place, msisdn: z.string().regex(/^[1-9]\d{8}$/) }),
  transaction: z.strictObject({
    ...Place,
    amount: z.int().min(1),
    id: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  }),
});
const Refund = z.strictObject({ transaction: z.strictObject({ airtel_money_id: z.string() }) });

interface Transaction {
  id: string;
  airtel_money_id: string;
  amount: number;
  status: 'TS' | 'TF' | 'TA' | 'TIP' | 'TE';
  refunded: boolean;
}

/** Airtel Money of Uganda. */
export class AirtelMoneyFake implements FakeGateway {
  readonly ctl = new FakeControl();
  readonly #transactions = new Map<string, Transaction>();
  readonly #messages: RawWebhook[] = [];
  readonly #tokens = new Set<string>();
  readonly #options: { client_id: string; client_secret: string; now(): number };
  /** Which refund of ours comes next: Airtel is told nothing of it. */
  refunding = '';

  constructor(options: { client_id: string; client_secret: string; now(): number }) {
    this.#options = options;
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body = jsonOf(await request.text());
    const { headers, method } = request;
    if (`${method} ${pathname}` === 'POST /auth/oauth2/token') return this.#token(body);
    if (!this.#tokens.has(headers.get('authorization') ?? ''))
      return Response.json({ error: 'invalid_token' }, { status: 401 });
    if (headers.get('x-country') !== 'UG' || headers.get('x-currency') !== 'UGX')
      return this.#refuse('ROUTER003', 'Country and currency are missing');
    if (`${method} ${pathname}` === 'POST /merchant/v1/payments/') return this.#push(body);
    if (`${method} ${pathname}` === 'POST /standard/v1/payments/refund') return this.#refund(body);
    const id = /^\/standard\/v1\/payments\/([A-Za-z0-9]+)$/.exec(pathname)?.[1];
    return method === 'GET' && id !== undefined
      ? this.#enquire(id)
      : this.#refuse('ROUTER001', `Nothing at ${method} ${pathname}`);
  }

  /** What becomes of an open transaction. */
  end(payment_id: string, status: Transaction['status']): void {
    for (const one of this.#transactions.values())
      if (paymentIdOfShort(one.id) === payment_id && one.status === 'TIP') this.#end(one, status);
  }

  revokeTokens(): void {
    this.#tokens.clear();
  }

  deliveries(): RawWebhook[] {
    return [...this.#messages];
  }

  #token(body: unknown): Response {
    const asked = Token.safeParse(body);
    const { client_id, client_secret } = this.#options;
    const right =
      asked.success && asked.data.client_id === client_id && asked.data.client_secret === client_secret;
    if (!right) return this.#refuse('invalid_client', 'No such client');
    const access_token = crypto.randomUUID();
    this.#tokens.add(`Bearer ${access_token}`);
    return Response.json({ access_token, expires_in: '180', token_type: 'bearer' });
  }

  async #push(body: unknown): Promise<Response> {
    const parsed = Push.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { id, amount } = parsed.data.transaction;
    this.ctl.keys.push(id);
    // No fault of the caller's: that is how the provider guards an id.
    if (this.#transactions.has(id)) return problem(400, 'DP00800001008', 'Duplicate transaction id');
    return behave(this.ctl, FAULTS, (behaviour) => {
      const airtel_money_id = `MP2106.${String(this.#transactions.size + 1).padStart(6, '0')}`;
      const one: Transaction = { id, airtel_money_id, amount, status: 'TIP', refunded: false };
      this.#transactions.set(id, one);
      if (behaviour === 'decline') this.#end(one, 'TF');
      else if (behaviour !== 'pending' && behaviour !== 'challenge') this.#end(one, 'TS');
      return Response.json({
        data: { transaction: { id, status: 'SUCCESS' } },
        status: success('DP00800001006'),
      });
    });
  }

  #end(one: Transaction, status: Transaction['status']): void {
    one.status = status;
    const { id, amount, airtel_money_id } = one;
    const reference = paymentIdOfShort(id) ?? id;
    if (status === 'TS') this.ctl.moved({ reference, kind: 'charge', amount, currency: 'UGX' });
    const message = `Paid UGX ${amount}`;
    this.#messages.push({
      headers: new Headers({ 'content-type': 'application/json' }),
      body: JSON.stringify({
        transaction: { id, message, status_code: status, airtel_money_id },
        hash: btoa('which bytes it is made of is not published'),
      }),
      path: '/v1/webhooks/airtel_money/an-account-key',
      now_ms: this.#options.now(),
    });
  }

  #enquire(id: string): Response {
    const one = this.#transactions.get(id);
    if (one === undefined) return problem(200, 'DP00800001025', 'Transaction not found');
    const { status, airtel_money_id } = one;
    const response_code = status === 'TF' ? 'DP00800001007' : 'DP00800001001';
    const message = status === 'TF' ? 'The balance is not enough' : 'success';
    return Response.json({
      data: { transaction: { airtel_money_id, id, message, status } },
      status: success(response_code),
    });
  }

  async #refund(body: unknown): Promise<Response> {
    const parsed = Refund.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const { airtel_money_id } = parsed.data.transaction;
    const one = [...this.#transactions.values()].find((paid) => paid.airtel_money_id === airtel_money_id);
    if (one === undefined || one.status !== 'TS' || one.refunded)
      return problem(200, 'DP00800001010', 'It cannot be refunded');
    return behave(this.ctl, FAULTS, (behaviour) => {
      if (behaviour === 'refund_fails') return problem(200, 'DP00800001007', 'The merchant has too little');
      one.refunded = true;
      const reference = this.refunding;
      this.ctl.moved({ reference, kind: 'refund', amount: one.amount, currency: 'UGX' });
      const transaction = { airtel_money_id: `${airtel_money_id}R`, status: 'SUCCESS' };
      // Beside the success of its own example stands `success: false`.
      return Response.json({ data: { transaction }, status: { ...success('ESB000010'), success: false } });
    });
  }

  #unreadable(error: z.ZodError): Response {
    const [issue] = error.issues;
    return this.#refuse('DP00800001004', `${issue?.path.join('.')}: ${issue?.message}`);
  }

  #refuse(code: string, message: string): Response {
    this.ctl.refuse(`${code}: ${message}`);
    return problem(400, code, message);
  }
}

const success = (response_code: string) => ({
  code: '200',
  message: 'SUCCESS',
  result_code: 'ESB000010',
  response_code,
  success: true,
});
const problem = (status: number, response_code: string, message: string): Response =>
  Response.json(
    { status: { code: `${status}`, message, result_code: 'ESB000008', response_code, success: false } },
    { status },
  );
const FAULTS = {
  serverError: () => problem(500, 'ROUTER117', 'Something broke'),
  tooMany: () => problem(429, 'ROUTER429', 'Too many requests'),
};
