import { z } from 'zod';
import { msisdnOf } from '../../../shared/payment/msisdn.ts';
import { callbackUrl } from '../callback_path.ts';
import { configured } from '../configured.ts';
import type {
  Attempt,
  AttemptRequest,
  Gateway,
  GatewayContext,
  GatewayFactory,
  Outcome,
  RefundOutcome,
  RefundRequest,
} from '../gateway.ts';
import { providerUrl } from '../provider_url.ts';
import { darajaAt } from './daraja.ts';
import {
  DarajaError,
  darajaPassword,
  darajaTimestamp,
  Pushed,
  Queried,
  ReversalAccepted,
  type StkPush,
} from './protocol.ts';
import { BUSY, outcomeOfResult } from './result.ts';
import { securityCredential } from './security_credential.ts';
import { refundSubject, verifyMpesaCallback } from './webhook.ts';

const URLS = { live: 'https://api.safaricom.co.ke', test: 'https://sandbox.safaricom.co.ke' };
const ACCOUNT_REFERENCE_MAX = 12;
const TRANSACTION_DESC_MAX = 13;
/** Whole shillings only. */
const MINOR_PER_SHILLING = 100;
/** The answer of the query while the prompt is open, under the status 500. */
const PROCESSING = '500.001.1001';

const Shortcode = z.coerce.string().regex(/^\d{5,7}$/);
/** `till`: where a shop is paid at a till number and not at its paybill. */
const Settings = z.object({
  shortcode: Shortcode,
  till: Shortcode.optional(),
  /** Name of the operator that may reverse payments; without it nothing is given back. */
  initiator: z.string().min(1).max(64).optional(),
  /** Addresses from which Safaricom calls, separated by commas; absent: any. */
  source_ips: z.string().optional(),
});
/** `callback_key` is ours: it signs the addresses that Daraja is told to call. */
const Secrets = z.object({
  consumer_key: z.string().min(1),
  consumer_secret: z.string().min(1),
  passkey: z.string().min(1),
  callback_key: z.string().min(16),
  initiator_password: z.string().min(1).optional(),
  /** Safaricom's certificate, PEM. */
  certificate: z.string().min(1).optional(),
});

/** The gateway `mpesa`: M-Pesa Express of Safaricom's Daraja API. */
export const mpesaGateway: GatewayFactory = configured(Settings, Secrets, gatewayOf);

function gatewayOf(
  ctx: GatewayContext,
  settings: z.infer<typeof Settings>,
  secrets: z.infer<typeof Secrets>,
): Gateway {
  const { shortcode, till, initiator } = settings;
  const { passkey, callback_key, initiator_password, certificate } = secrets;
  const daraja = darajaAt(ctx, providerUrl(ctx.account, URLS), secrets);
  const sourceIps = (settings.source_ips ?? '')
    .split(',')
    .map((ip) => ip.trim())
    .filter(Boolean);
  const signed = (atMs: number) => {
    const Timestamp = darajaTimestamp(atMs);
    return {
      BusinessShortCode: shortcode,
      Password: darajaPassword(shortcode, passkey, Timestamp),
      Timestamp,
    };
  };

  async function pushOf(request: AttemptRequest, msisdn: string): Promise<StkPush> {
    return {
      ...signed(Date.parse(request.began_at)),
      TransactionType: till === undefined ? 'CustomerPayBillOnline' : 'CustomerBuyGoodsOnline',
      Amount: request.amount / MINOR_PER_SHILLING,
      PartyA: msisdn,
      PartyB: till ?? shortcode,
      PhoneNumber: msisdn,
      CallBackURL: await callbackUrl(callback_key, request.webhook_url, 'payment', request.payment_id),
      AccountReference: plain(request.order_number).slice(-ACCOUNT_REFERENCE_MAX) || 'order',
      TransactionDesc: plain(request.description).slice(0, TRANSACTION_DESC_MAX) || 'Order',
    };
  }

  async function createAttempt(request: AttemptRequest): Promise<Outcome> {
    const { amount, currency, instrument } = request;
    if (!Number.isSafeInteger(amount) || amount <= 0 || amount % MINOR_PER_SHILLING !== 0)
      return refused('invalid_amount', 'M-Pesa takes whole shillings only.');
    if (currency !== 'KES') return refused('invalid_currency', 'M-Pesa takes Kenyan shillings only.');
    const msisdn = instrument.kind === 'msisdn' ? msisdnOf(instrument.msisdn, 'KE') : null;
    if (msisdn === null) return refused('invalid_instrument', 'M-Pesa asks for a mobile number of Kenya.');
    const answer = await daraja.post(
      '/mpesa/stkpush/v1/processrequest',
      await pushOf(request, msisdn.international),
    );
    if ('s' in answer) return answer.s === 'unsent' ? UNSENT : answer;
    if (answer.status === 429) return refused('rate_limited', 'M-Pesa has too many requests.');
    const error = DarajaError.safeParse(answer.json);
    if (answer.status >= 500) {
      // Of a 5xx only this refusal is known to come before the prompt; any other may have sent one.
      const busy = error.success && /unable to lock subscriber/i.test(error.data.errorMessage);
      return busy ? BUSY : UNAVAILABLE;
    }
    if (answer.status >= 400)
      return error.success ? refused(error.data.errorCode, error.data.errorMessage) : UNREADABLE;
    const pushed = Pushed.safeParse(answer.json);
    if (!pushed.success) return UNREADABLE;
    if (pushed.data.ResponseCode !== '0')
      return refused(pushed.data.ResponseCode, 'M-Pesa did not take the request.');
    return {
      s: 'action_required',
      action: { type: 'push', message: 'Enter your M-Pesa PIN on your telephone.' },
      reference: pushed.data.CheckoutRequestID,
    };
  }

  /**
   * The query wants Daraja's own name of the prompt. Where the answer to the push was lost there is nobody to ask: that
   * stays `unknown`, is never pushed again, and its callback names payment and prompt.
   */
  async function getAttempt({ reference, request }: Attempt): Promise<Outcome> {
    if (reference === null) return UNAVAILABLE;
    const answer = await daraja.post('/mpesa/stkpushquery/v1/query', {
      ...signed(ctx.now()),
      CheckoutRequestID: reference,
    });
    if ('s' in answer) return answer.s === 'unsent' ? UNAVAILABLE : answer;
    const error = DarajaError.safeParse(answer.json);
    if (error.success) return error.data.errorCode === PROCESSING ? { s: 'pending', reference } : UNAVAILABLE;
    const queried = Queried.safeParse(answer.json);
    if (answer.status !== 200 || !queried.success) return UNREADABLE;
    const { ResultCode, ResultDesc } = queried.data;
    // The answer names no amount. The payer cannot change it: a prompt that was paid was paid as it was sent.
    const { amount } = request;
    return outcomeOfResult(ResultCode, ResultDesc ?? '', reference, () => ({
      s: 'captured',
      amount,
      reference,
    }));
  }

  const credential =
    initiator_password === undefined || certificate === undefined
      ? null
      : () => securityCredential(initiator_password, certificate);
  const reverses = initiator !== undefined && credential !== null;

  async function refund({ refs, request }: Attempt, asked: RefundRequest): Promise<RefundOutcome> {
    if (!reverses) return failed('unsupported', 'This account has no initiator for reversals.');
    if (asked.amount !== request.amount)
      return failed('full_only', 'M-Pesa reverses a payment whole or not at all.');
    const receipt = refs['receipt'];
    if (receipt === undefined)
      return failed('no_receipt', 'M-Pesa’s receipt number never came, and a reversal needs it.');
    const SecurityCredential = credential();
    if (SecurityCredential === null)
      return failed('invalid_certificate', 'The certificate of the account cannot be read.');
    const { webhook_url, amount } = asked;
    const subject = refundSubject(asked.refund_id, request.payment_id);
    const answer = await daraja.post('/mpesa/reversal/v1/request', {
      Initiator: initiator,
      SecurityCredential,
      CommandID: 'TransactionReversal',
      TransactionID: receipt,
      Amount: amount / MINOR_PER_SHILLING,
      ReceiverParty: shortcode,
      RecieverIdentifierType: '11',
      Remarks: 'Refund',
      QueueTimeOutURL: await callbackUrl(callback_key, webhook_url, 'timeout', subject),
      ResultURL: await callbackUrl(callback_key, webhook_url, 'refund', subject),
      Occasion: plain(request.order_number),
    });
    if ('s' in answer)
      return answer.s === 'unsent' ? failed('unavailable', 'M-Pesa cannot be reached.') : answer;
    if (answer.status >= 500) return UNAVAILABLE;
    const error = DarajaError.safeParse(answer.json);
    if (answer.status >= 400)
      return error.success ? failed(error.data.errorCode, error.data.errorMessage) : UNREADABLE;
    const accepted = ReversalAccepted.safeParse(answer.json);
    if (!accepted.success) return UNREADABLE;
    return accepted.data.ResponseCode === '0'
      ? { s: 'pending', reference: accepted.data.OriginatorConversationID }
      : failed(accepted.data.ResponseCode, 'M-Pesa did not take the reversal.');
  }

  return {
    id: 'mpesa',
    can: {
      authorize: false,
      capture: 'none',
      void_open: false,
      void_captured: false,
      refund: reverses ? 'full' : 'none',
      refund_async: true,
      saved_cards: false,
      ask: 'query',
      webhooks: 'unsigned',
      channels: ['web', 'kiosk', 'cashier'],
      currencies: ['KES'],
    },
    createAttempt,
    getAttempt,
    continueAttempt: (attempt) => getAttempt(attempt),
    capture: async () => refused('unsupported', 'M-Pesa reserves nothing.'),
    // A prompt cannot be called back from the telephone: what became of it is all there is to say.
    void: (attempt) => getAttempt(attempt),
    refund,
    // A reversal cannot be asked for: its result comes to the address that was given with it, or a person looks.
    getRefund: async (_, { reference }): Promise<RefundOutcome> =>
      reference === null ? UNAVAILABLE : { s: 'pending', reference },
    verifyWebhook: (raw) => verifyMpesaCallback(callback_key, sourceIps, raw),
  };
}

const UNAVAILABLE = { s: 'unknown', reason: 'unavailable' } as const;
const UNREADABLE = { s: 'unknown', reason: 'unreadable' } as const;
const refused = (code: string, message: string) => ({ s: 'error', code, message }) as const;
const failed = (code: string, message: string) => ({ s: 'failed', code, message }) as const;
/** No token was given, so the prompt was never asked for. */
const UNSENT = refused('unavailable', 'M-Pesa cannot be reached.');

/** Letters, digits and spaces: what every telephone shows. */
const plain = (text: string): string => text.replace(/[^A-Za-z0-9 ]/g, '').trim();
