import { Buffer } from 'node:buffer';
import { constants, privateDecrypt } from 'node:crypto';
import type { z } from 'zod';
import { behave, taken } from '../fake/behave.ts';
import { type Behaviour, FakeControl, type FakeGateway } from '../fake/control.ts';
import type { RawWebhook } from '../gateway.ts';
import { jsonOf } from '../provider_call.ts';
import { DESCRIPTIONS, Push, Query, Reversal } from './fake_wire.ts';
import { darajaPassword, darajaTimestamp } from './protocol.ts';

interface Prompt {
  checkout: string;
  push: z.infer<typeof Push>;
  behaviour: Behaviour;
  /** Null while the telephone shows it. */
  result: string | null;
  receipt: string;
  reversed: boolean;
}

interface FakeOptions {
  shortcode: string;
  passkey: string;
  consumer_key: string;
  consumer_secret: string;
  initiator: string;
  initiator_password: string;
  /** PEM; its public half is the account's certificate. */
  private_key: string;
  now(): number;
}

/** Daraja with its telephones: a prompt stays open until `answer`. Callbacks lie in `deliveries`, or never come. */
export class MpesaFake implements FakeGateway {
  readonly ctl = new FakeControl();
  /** Callbacks that never come. */
  silent = false;
  readonly #prompts: Prompt[] = [];
  readonly #reversals: { refund: string; settle(): void }[] = [];
  readonly #messages: RawWebhook[] = [];
  readonly #tokens = new Set<string>();
  readonly #options: FakeOptions;

  constructor(options: FakeOptions) {
    this.#options = options;
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    const body = jsonOf(await request.text());
    const authorization = request.headers.get('authorization') ?? '';
    if (route === 'GET /oauth/v1/generate') return this.#token(authorization, search);
    if (!this.#tokens.has(authorization)) return darajaError(404, '404.001.03', 'Invalid Access Token');
    if (request.headers.get('content-type') !== 'application/json')
      return this.#refuse('400.002.05', 'Invalid Request Payload');
    if (route === 'POST /mpesa/stkpush/v1/processrequest') return this.#push(body);
    if (route === 'POST /mpesa/stkpushquery/v1/query') return this.#query(body);
    if (route === 'POST /mpesa/reversal/v1/request') return this.#reverse(body);
    return this.#refuse('404.001.01', `Resource not found: ${route}`);
  }

  /** What the payer does: `0` enters the PIN. A prompt that has been answered stays so. */
  answer(payment_id: string, result: string): void {
    for (const prompt of this.#prompts)
      if (ourId(prompt.push.CallBackURL) === payment_id && prompt.result === null) this.#end(prompt, result);
  }

  /** How many prompts were sent for a payment. */
  prompts(payment_id: string): number {
    return this.#prompts.filter((one) => ourId(one.push.CallBackURL) === payment_id).length;
  }

  settleReversal(refund_id: string): void {
    for (const one of this.#reversals) if (one.refund === refund_id) one.settle();
  }

  /** Tokens that were given out hold no more. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  deliveries(): RawWebhook[] {
    return [...this.#messages];
  }

  #token(authorization: string, search: string): Response {
    const { consumer_key, consumer_secret } = this.#options;
    if (search !== '?grant_type=client_credentials')
      return this.#refuse('400.008.02', 'Invalid grant type passed');
    if (authorization !== `Basic ${btoa(`${consumer_key}:${consumer_secret}`)}`)
      return this.#refuse('400.008.01', 'Invalid Authentication passed');
    const access_token = crypto.randomUUID();
    this.#tokens.add(`Bearer ${access_token}`);
    return Response.json({ access_token, expires_in: '3599' });
  }

  /** Null where shortcode and password are the account's own, made for this very timestamp. */
  #unsigned({ BusinessShortCode, Password, Timestamp: at }: z.infer<typeof Query> | z.infer<typeof Push>) {
    const { shortcode, passkey } = this.#options;
    const right = BusinessShortCode === shortcode && Password === darajaPassword(shortcode, passkey, at);
    return right ? null : this.#refuse('500.001.1001', 'Wrong credentials');
  }

  async #push(body: unknown): Promise<Response> {
    const parsed = Push.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const push = parsed.data;
    const refusal = this.#unsigned(push);
    if (refusal !== null) return refusal;
    if (push.PartyA !== push.PhoneNumber)
      return this.#refuse('400.002.02', 'Bad Request - Invalid PhoneNumber');
    this.ctl.keys.push(ourId(push.CallBackURL));
    return behave(this.ctl, FAULTS, (behaviour) => {
      const n = this.#prompts.length + 1;
      const checkout = `ws_CO_${darajaTimestamp(this.#options.now())}_${n}`;
      const receipt = `NLJ7RT${String(n).padStart(4, '0')}`;
      const prompt: Prompt = { checkout, push, behaviour, result: null, receipt, reversed: false };
      this.#prompts.push(prompt);
      if (behaviour === 'decline') this.#end(prompt, '1');
      else if (behaviour === 'decline_soft') this.#end(prompt, '1001');
      else if (behaviour !== 'pending' && behaviour !== 'challenge') this.#end(prompt, '0');
      return Response.json({
        MerchantRequestID: `29115-34620561-${n}`,
        CheckoutRequestID: checkout,
        ResponseCode: '0',
        ResponseDescription: 'Success. Request accepted for processing',
        CustomerMessage: 'Success. Request accepted for processing',
      });
    });
  }

  #query(body: unknown): Response {
    const parsed = Query.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const refusal = this.#unsigned(parsed.data);
    if (refusal !== null) return refusal;
    const prompt = this.#prompts.find((one) => one.checkout === parsed.data.CheckoutRequestID);
    if (prompt === undefined) return this.#refuse('400.002.02', 'Bad Request - Invalid CheckoutRequestID');
    if (prompt.result === null) return darajaError(500, '500.001.1001', 'The transaction is being processed');
    return Response.json({
      ResponseCode: '0',
      ResponseDescription: 'The service request has been accepted successsfully',
      MerchantRequestID: '29115-34620561-1',
      CheckoutRequestID: prompt.checkout,
      ResultCode: prompt.result,
      ResultDesc: DESCRIPTIONS[prompt.result] ?? '',
    });
  }

  #end(prompt: Prompt, result: string): void {
    prompt.result = result;
    const { push, checkout, receipt, behaviour } = prompt;
    if (result === '0') {
      const reference = ourId(push.CallBackURL);
      this.ctl.moved({ reference, kind: 'charge', amount: push.Amount * 100, currency: 'KES' });
    }
    const shown = taken(behaviour, push.Amount, 'KES').amount;
    const items = [
      { Name: 'Balance' },
      { Name: 'PhoneNumber', Value: Number(push.PhoneNumber) },
      { Name: 'MpesaReceiptNumber', Value: receipt },
      { Name: 'TransactionDate', Value: Number(darajaTimestamp(this.#options.now())) },
      { Name: 'Amount', Value: shown },
    ];
    this.#send(push.CallBackURL, {
      Body: {
        stkCallback: {
          MerchantRequestID: '29115-34620561-1',
          CheckoutRequestID: checkout,
          ResultCode: Number(result),
          ResultDesc: DESCRIPTIONS[result] ?? '',
          ...(result === '0' ? { CallbackMetadata: { Item: items } } : {}),
        },
      },
    });
  }

  async #reverse(body: unknown): Promise<Response> {
    const parsed = Reversal.safeParse(body);
    if (!parsed.success) return this.#unreadable(parsed.error);
    const asked = parsed.data;
    const { initiator, initiator_password, private_key, shortcode } = this.#options;
    if (asked.Initiator !== initiator || asked.ReceiverParty !== shortcode)
      return this.#refuse('400.002.02', 'Bad Request - Invalid Initiator');
    const password = privateDecrypt(
      { key: private_key, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(asked.SecurityCredential, 'base64'),
    ).toString('utf8');
    if (password !== initiator_password) return this.#refuse('2001', 'The initiator information is invalid.');
    return behave(this.ctl, FAULTS, (behaviour) => {
      const refund = ourId(asked.ResultURL);
      const conversation = `${crypto.randomUUID()}`;
      const settle = () => this.#settleReversal(asked, conversation, behaviour !== 'refund_fails');
      this.#reversals.push({ refund, settle });
      if (behaviour !== 'refund_pending') settle();
      return Response.json({
        OriginatorConversationID: conversation,
        ConversationID: `AG_${conversation}`,
        ResponseCode: '0',
        ResponseDescription: 'Accept the service request successfully.',
      });
    });
  }

  #settleReversal(asked: z.infer<typeof Reversal>, conversation: string, works: boolean): void {
    const prompt = this.#prompts.find((one) => one.receipt === asked.TransactionID && one.result === '0');
    const whole = prompt !== undefined && !prompt.reversed && prompt.push.Amount === asked.Amount;
    if (works && whole) {
      prompt.reversed = true;
      const reference = ourId(asked.ResultURL);
      this.ctl.moved({ reference, kind: 'refund', amount: asked.Amount * 100, currency: 'KES' });
    }
    this.#send(asked.ResultURL, {
      Result: {
        ResultType: 0,
        ResultCode: works && whole ? 0 : 'R000001',
        ResultDesc:
          works && whole
            ? 'The service request is processed successfully.'
            : 'The transaction cannot be reversed.',
        OriginatorConversationID: conversation,
        ConversationID: `AG_${conversation}`,
        TransactionID: `RV${asked.TransactionID}`,
      },
    });
  }

  #send(url: string, message: object): void {
    if (this.silent) return;
    const { pathname, search } = new URL(url);
    const headers = new Headers({
      'content-type': 'application/json',
      'cf-connecting-ip': '196.201.214.200',
    });
    this.#messages.push({
      headers,
      body: JSON.stringify(message),
      path: `${pathname}${search}`,
      now_ms: this.#options.now(),
    });
  }

  #unreadable(error: z.ZodError): Response {
    const [issue] = error.issues;
    return this.#refuse('400.002.02', `Bad Request - Invalid ${issue?.path.join('.')}: ${issue?.message}`);
  }

  #refuse(code: string, message: string): Response {
    this.ctl.refuse(`${code}: ${message}`);
    return darajaError(400, code, message);
  }
}

/** The payment or refund that an address was made for: what the ledger of this fake goes by. */
const ourId = (url: string): string => new URL(url).pathname.split('/').at(-1)?.split(/[.~]/)[0] ?? '';

const darajaError = (status: number, errorCode: string, errorMessage: string): Response =>
  Response.json({ requestId: crypto.randomUUID(), errorCode, errorMessage }, { status });

const FAULTS = {
  serverError: () => darajaError(500, '500.003.1001', 'Internal Server Error'),
  tooMany: () => darajaError(429, '500.003.02', 'Spike arrest violation'),
};
