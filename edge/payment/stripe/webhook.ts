import { z } from 'zod';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { RawWebhook, VerifiedWebhook, WebhookEvent, WebhookRefusal } from '../gateway.ts';
import { bytesOfHex, verifyHmac } from '../hmac.ts';
import { jsonOf } from '../provider_call.ts';
import type { StripeAccount } from './account.ts';
import { fromStripe } from './amount.ts';
import { Intent, outcomeOf } from './intent.ts';
import { Refund, refundOutcome } from './refund.ts';

/** The age at which Stripe's own libraries refuse a message. */
const TOLERANCE_MS = 300_000;

/** `Stripe-Signature: t=<unix>,v1=<hex>[,v1=…]`: HMAC-SHA256 over `t.body` (Stripe's page "Webhook signatures"). */
export async function verifyStripeWebhook(
  account: Pick<StripeAccount, 'webhook_secrets' | 'live' | 'settings'>,
  { headers, body, now_ms }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const signature = partsOf(headers.get('stripe-signature') ?? '');
  if (signature === null || !(await anyHolds(account.webhook_secrets, signature, body)))
    return err({ code: 'invalid_signature' });
  if (Math.abs(now_ms - Number(signature.t) * 1_000) > TOLERANCE_MS) return err({ code: 'stale' });
  const event = Event.safeParse(jsonOf(body));
  if (!event.success || event.data.livemode !== account.live) return err({ code: 'invalid' });
  if ((event.data.account ?? undefined) !== account.settings.stripe_account) return err({ code: 'invalid' });
  const ack = { status: 200, body: '', content_type: 'text/plain' } as const;
  return ok({ events: [eventOf(event.data)], ack });
}

function partsOf(header: string): { t: string; v1: string[] } | null {
  const pairs = header.split(',').map((part) => part.trim().split('='));
  const t = pairs.find(([name]) => name === 't')?.[1];
  const v1 = pairs.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []));
  return t === undefined || !/^\d{1,12}$/.test(t) || v1.length === 0 ? null : { t, v1 };
}

/** Every secret and every signature: while a secret is exchanged there are two of each. */
async function anyHolds(
  secrets: readonly string[],
  { t, v1 }: { t: string; v1: string[] },
  body: string,
): Promise<boolean> {
  let holds = false;
  for (const secret of secrets)
    for (const hex of v1) {
      const mac = bytesOfHex(hex);
      if (mac !== null && (await verifyHmac(secret, `${t}.${body}`, mac))) holds = true;
    }
  return holds;
}

const Event = z.object({
  id: z.string(),
  object: z.literal('event'),
  type: z.string(),
  created: z.number(),
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.object({ object: z.looseObject({ object: z.string() }) }),
});
type Event = z.infer<typeof Event>;

/** A charge, a dispute or a reader's action: it names the PaymentIntent that it is about. */
const About = z.object({ payment_intent: z.string().nullish() });
const ReaderAction = z.object({
  action: z.object({ process_payment_intent: About.optional() }).nullish(),
});

function eventOf({ id, type, created, data }: Event): WebhookEvent {
  const base = {
    gateway: 'stripe',
    event_id: id,
    kind: 'other',
    type,
    payment_id: null,
    refund_id: null,
    reference: null,
    occurred_at: new Date(created * 1_000).toISOString(),
  } as const;
  const intent = Intent.safeParse(data.object);
  if (intent.success) {
    const payment_id = intent.data.metadata['payment_id'] ?? null;
    const claims = { outcome: outcomeOf(intent.data) };
    return { ...base, kind: 'payment', payment_id, reference: intent.data.id, claims };
  }
  const refund = Refund.safeParse(data.object);
  if (refund.success) {
    const { amount, currency, metadata, payment_intent } = refund.data;
    const claims = {
      refund: refundOutcome(refund.data),
      amount: fromStripe(amount, currency),
      currency: currency.toUpperCase(),
    };
    const payment_id = metadata?.['payment_id'] ?? null;
    const refund_id = metadata?.['refund_id'] ?? null;
    return { ...base, kind: 'refund', payment_id, refund_id, reference: payment_intent ?? null, claims };
  }
  const reference = About.safeParse(data.object).data?.payment_intent ?? null;
  if (type.startsWith('charge.dispute.')) return { ...base, kind: 'dispute', reference };
  if (type.startsWith('charge.')) return { ...base, kind: 'payment', reference };
  const read = ReaderAction.safeParse(data.object).data?.action?.process_payment_intent?.payment_intent;
  return type.startsWith('terminal.reader.action_') && typeof read === 'string'
    ? { ...base, kind: 'payment', reference: read }
    : base;
}
