import { err, ok, type Result } from '../../../shared/result.ts';
import { callbackOf } from '../callback_path.ts';
import type { Outcome, RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { sha256Hex } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import { ofDarajaTimestamp, ReversalResult, StkCallback } from './protocol.ts';
import { outcomeOfResult } from './result.ts';

/** What an address was given to Daraja for. `timeout`: the reversal waited in a queue for too long. */
const PURPOSES = ['payment', 'refund', 'timeout'] as const;

/** A refund's message is brought to the trip of its payment, so its address names both. */
export const refundSubject = (refund_id: string, payment_id: string): string => `${refund_id}~${payment_id}`;

function named(subject: string): { refund_id: string; payment_id: string } {
  const [refund_id = '', payment_id = ''] = subject.split('~');
  return { refund_id, payment_id };
}

const ACCEPTED = {
  status: 200,
  body: '{"ResultCode":0,"ResultDesc":"Accepted"}',
  content_type: 'application/json',
} as const;

/**
 * Daraja signs nothing: the address with our own signature in it is the proof, and where the account lists them the
 * sender's IP address. `sourceIps` empty: any.
 */
export async function verifyMpesaCallback(
  key: string,
  sourceIps: readonly string[],
  { headers, path, body }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const from = headers.get('cf-connecting-ip') ?? '';
  if (sourceIps.length > 0 && !sourceIps.includes(from)) return err({ code: 'invalid_signature' });
  const called = await callbackOf(key, path, PURPOSES);
  if (called === null) return err({ code: 'invalid_signature' });
  const { purpose, id } = called;
  const event_id = await sha256Hex(`${purpose}:${id}\n${body}`);
  const event = EVENTS[purpose](id, event_id, body);
  return event === null ? err({ code: 'invalid' }) : ok({ events: [event], ack: ACCEPTED });
}

function paymentEvent(payment_id: string, event_id: string, body: string): WebhookEvent | null {
  const parsed = StkCallback.safeParse(jsonOf(body));
  if (!parsed.success) return null;
  const callback = parsed.data.Body.stkCallback;
  const occurred_at = ofDarajaTimestamp(itemOf(callback, 'TransactionDate') ?? '');
  const outcome = claimedOutcome(callback);
  return {
    gateway: 'mpesa',
    event_id,
    kind: 'payment',
    type: `stk_callback.${callback.ResultCode}`,
    payment_id,
    refund_id: null,
    reference: callback.CheckoutRequestID,
    ...(occurred_at === undefined ? {} : { occurred_at }),
    ...(outcome === null ? {} : { claims: { outcome } }),
  };
}

/** Null where it says that money moved and not how much: then there is only something to ask. */
function claimedOutcome(callback: StkCallback): Outcome | null {
  const reference = callback.CheckoutRequestID;
  const amount = Math.round(Number(itemOf(callback, 'Amount') ?? 'none') * 100);
  if (callback.ResultCode === '0' && !Number.isSafeInteger(amount)) return null;
  const receipt = itemOf(callback, 'MpesaReceiptNumber');
  return outcomeOfResult(callback.ResultCode, callback.ResultDesc ?? '', reference, () => ({
    s: 'captured',
    amount,
    currency: 'KES',
    reference,
    ...(receipt === undefined ? {} : { refs: { receipt } }),
  }));
}

const itemOf = (callback: StkCallback, name: string): string | undefined =>
  callback.CallbackMetadata?.Item.find((item) => item.Name === name)?.Value?.toString();

function refundEvent(subject: string, event_id: string, body: string): WebhookEvent | null {
  const parsed = ReversalResult.safeParse(jsonOf(body));
  if (!parsed.success) return null;
  const { ResultCode, ResultDesc, OriginatorConversationID: reference, TransactionID } = parsed.data.Result;
  const refs = TransactionID === undefined ? {} : { refs: { reversal: TransactionID } };
  return {
    gateway: 'mpesa',
    event_id,
    kind: 'refund',
    type: `reversal.${ResultCode}`,
    ...named(subject),
    reference,
    claims: {
      refund:
        ResultCode === '0'
          ? { s: 'succeeded', reference, ...refs }
          : {
              s: 'failed',
              code: ResultCode,
              message: ResultDesc ?? 'M-Pesa did not reverse it.',
              reference,
            },
    },
  };
}

/** A reversal that left its queue may be carried out later all the same: nothing is claimed of it. */
const timeoutEvent = (subject: string, event_id: string): WebhookEvent => ({
  gateway: 'mpesa',
  event_id,
  kind: 'refund',
  type: 'reversal.queue_timeout',
  ...named(subject),
  reference: null,
});

const EVENTS = { payment: paymentEvent, refund: refundEvent, timeout: timeoutEvent };
