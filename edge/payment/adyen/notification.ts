import { z } from 'zod';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Outcome, RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { bytesOf, bytesOfBase64, bytesOfHex, hmac, verifyHmac } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import type { AdyenAccount } from './account.ts';
import { AdyenAmount, fromAdyen } from './amount.ts';
import { readReference } from './payment.ts';

export const NotificationItem = z.object({
  pspReference: z.string(),
  originalReference: z.string().nullish(),
  merchantAccountCode: z.string(),
  merchantReference: z.string().nullish(),
  amount: AdyenAmount.nullish(),
  eventCode: z.string(),
  success: z.enum(['true', 'false']),
  additionalData: z.looseObject({ hmacSignature: z.string().optional() }).nullish(),
});
export type NotificationItem = z.infer<typeof NotificationItem>;

const Notification = z.object({
  live: z.enum(['true', 'false']),
  notificationItems: z.array(z.object({ NotificationRequestItem: NotificationItem })).min(1),
});

/** The eight fields that the signature covers, in its order; nothing else of an item is believed. */
export const signedText = (item: NotificationItem): string =>
  [
    item.pspReference,
    item.originalReference ?? '',
    item.merchantAccountCode,
    item.merchantReference ?? '',
    item.amount?.value ?? '',
    item.amount?.currency ?? '',
    item.eventCode,
    item.success,
  ].join(':');

type Keys = Pick<AdyenAccount, 'hmac_keys' | 'notification_authorization' | 'merchant' | 'live'>;

/** A standard webhook of Adyen: every item has its own signature, and one that fails fails them all. */
export async function verifyNotification(
  account: Keys,
  { headers, body }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const basic = account.notification_authorization;
  if (basic !== null && !(await sameText(basic, headers.get('authorization') ?? '')))
    return err({ code: 'invalid_signature' });
  const read = Notification.safeParse(jsonOf(body));
  // Nothing can be signed that has no items.
  if (!read.success) return err({ code: 'invalid_signature' });
  const items = read.data.notificationItems.map((one) => one.NotificationRequestItem);
  for (const item of items)
    if (!(await isSigned(account.hmac_keys, item))) return err({ code: 'invalid_signature' });
  if ((read.data.live === 'true') !== account.live) return err({ code: 'invalid' });
  if (items.some((item) => item.merchantAccountCode !== account.merchant)) return err({ code: 'invalid' });
  const ack = { status: 200, body: '[accepted]', content_type: 'text/plain' } as const;
  return ok({ events: items.map(eventOf), ack });
}

async function isSigned(keys: readonly string[], item: NotificationItem): Promise<boolean> {
  const mac = bytesOfBase64(item.additionalData?.hmacSignature ?? '');
  let holds = false;
  for (const hex of keys) {
    const key = bytesOfHex(hex);
    if (key === null || mac === null) continue;
    if (await verifyHmac(key, signedText(item), mac)) holds = true;
  }
  return holds;
}

/** Takes the same time wherever the texts differ. */
async function sameText(expected: string, given: string): Promise<boolean> {
  const key = crypto.getRandomValues(new Uint8Array(32));
  return verifyHmac(key, bytesOf(given), await hmac(key, bytesOf(expected)));
}

function eventOf(item: NotificationItem): WebhookEvent {
  const { eventCode, pspReference, success, originalReference, merchantReference } = item;
  const done = success === 'true';
  const ours = readReference(merchantReference ?? '');
  const payment = originalReference ?? pspReference;
  const base = {
    gateway: 'adyen',
    event_id: `${eventCode}|${pspReference}|${success}`,
    type: done ? eventCode : `${eventCode} failed`,
    payment_id: ours.payment_id === '' ? null : ours.payment_id,
    refund_id: null,
    reference: payment,
  } as const;
  if (REFUNDS.has(eventCode)) {
    const refund =
      eventCode === 'REFUND' && done
        ? ({ s: 'succeeded', reference: pspReference } as const)
        : ({
            s: 'failed',
            code: eventCode.toLowerCase(),
            message: 'Adyen could not give the money back.',
            reference: pspReference,
          } as const);
    const money = item.amount === null || item.amount === undefined ? {} : fromAdyen(item.amount);
    // A refund is sent under its own reference.
    const names = { payment_id: null, refund_id: base.payment_id };
    return { ...base, ...names, kind: 'refund', claims: { refund, ...money } };
  }
  if (DISPUTES.test(eventCode)) return { ...base, kind: 'dispute' };
  if (!PAYMENTS.has(eventCode)) return { ...base, kind: 'other', payment_id: null };
  const outcome = claimOf(item, ours.manual, payment);
  return { ...base, kind: 'payment', ...(outcome === null ? {} : { claims: { outcome } }) };
}

const REFUNDS: ReadonlySet<string> = new Set(['REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED']);
const DISPUTES = /CHARGEBACK|PREARBITRATION|REQUEST_FOR_INFORMATION|DISPUTE/;
const PAYMENTS: ReadonlySet<string> = new Set([
  'AUTHORISATION',
  'AUTHORISATION_ADJUSTMENT',
  'CANCEL_OR_REFUND',
  'CANCELLATION',
  'CAPTURE',
  'CAPTURE_FAILED',
  'OFFER_CLOSED',
  'TECHNICAL_CANCEL',
]);

/** Null: the signed fields do not say what became of the money. */
function claimOf(item: NotificationItem, manual: boolean, reference: string): Outcome | null {
  const known = { reference, refs: { psp: reference } };
  const done = item.success === 'true';
  const money = item.amount === null || item.amount === undefined ? null : fromAdyen(item.amount);
  switch (item.eventCode) {
    case 'AUTHORISATION':
      if (!done) return { s: 'declined', code: 'refused', message: 'The payment was refused.', reference };
      return money === null ? null : { s: manual ? 'authorized' : 'captured', ...money, ...known };
    case 'CAPTURE':
      if (!done) return failed('capture_failed');
      return money === null ? null : { s: 'captured', ...money, ...known };
    case 'CAPTURE_FAILED':
      return failed('capture_failed');
    case 'CANCELLATION':
    case 'TECHNICAL_CANCEL':
      return done ? { s: 'voided', ...known } : failed('void_failed');
    case 'OFFER_CLOSED':
      return done ? { s: 'expired', ...known } : null;
    default:
      return null;
  }
}

const failed = (code: string): Outcome => ({
  s: 'error',
  code,
  message: 'Adyen could not carry out what was asked.',
});
