import { z } from 'zod';
import { isVpa } from '../../../shared/payment/upi_link.ts';
import { configured } from '../configured.ts';
import type {
  Attempt,
  Gateway,
  GatewayContext,
  GatewayFactory,
  Outcome,
  RefundOutcome,
  RefundRequest,
} from '../gateway.ts';
import { type Razorpay, razorpayAt, refusalOf } from './client.ts';
import { askOrder, type Payer, startOnOrder } from './order_flow.ts';
import { refundOutcomeOf } from './outcome.ts';
import { Refund, Refunds } from './protocol.ts';
import { askQrCode, closeQrCode, showQrCode } from './qr_flow.ts';
import { verifyRazorpayWebhook } from './webhook.ts';

/** Payments of another server than the payer's browser want these three; without them there are QR codes only. */
const Settings = z.object({
  email: z.email().optional(),
  contact: z.coerce
    .string()
    .regex(/^\+?\d{8,15}$/)
    .optional(),
  client_ip: z.union([z.ipv4(), z.ipv6()]).optional(),
});
/** `previous_webhook_secret` is honoured while Razorpay still signs with it. */
const Secrets = z.object({
  key_id: z.string().min(1),
  key_secret: z.string().min(1),
  webhook_secret: z.string().min(1),
  previous_webhook_secret: z.string().min(1).optional(),
});

/** The gateway `upi`: UPI through Razorpay, by the methods `upi_collect`, `upi_intent` and `upi_qr`. */
export const upiGateway: GatewayFactory = configured(Settings, Secrets, (ctx, settings, secrets) => {
  const { email, contact, client_ip: ip } = settings;
  const payer =
    email === undefined || contact === undefined || ip === undefined ? null : { email, contact, ip };
  const { webhook_secret, previous_webhook_secret: previous } = secrets;
  return gatewayOf(
    ctx,
    razorpayAt(ctx, secrets),
    payer,
    previous === undefined ? [webhook_secret] : [webhook_secret, previous],
  );
});

function gatewayOf(
  ctx: GatewayContext,
  razorpay: Razorpay,
  payer: Payer | null,
  webhookSecrets: readonly string[],
): Gateway {
  const ask = (attempt: Attempt): Promise<Outcome> =>
    attempt.request.method === 'upi_qr'
      ? askQrCode(razorpay, attempt)
      : askOrder(razorpay, attempt.request, {
          order: attempt.refs['order'],
          link: attempt.refs['link'],
          lost: attempt.reference === null,
        });

  /** Razorpay's name of the captured payment: of a QR code it is known once somebody has paid. */
  async function paymentOf(attempt: Attempt): Promise<string | null> {
    const known = attempt.refs['payment'];
    if (known !== undefined) return known;
    const said = await ask(attempt);
    return said.s === 'captured' ? (said.refs?.['payment'] ?? null) : null;
  }

  return {
    id: 'upi',
    can: {
      authorize: false,
      capture: 'none',
      void_open: true,
      void_captured: false,
      refund: 'partial',
      refund_async: true,
      saved_cards: false,
      ask: 'query',
      webhooks: 'signed',
      channels: ['web', 'kiosk', 'cashier'],
      currencies: ['INR'],
    },
    async createAttempt(request) {
      const { amount, currency, method, instrument } = request;
      // One rupee is the least that Razorpay takes.
      if (!Number.isSafeInteger(amount) || amount < 100)
        return refused('invalid_amount', 'UPI takes one rupee and more.');
      if (currency !== 'INR') return refused('invalid_currency', 'UPI takes Indian rupees only.');
      if (method === 'upi_qr') return showQrCode(razorpay, request, ctx.now());
      if (payer === null) return refused('invalid_method', 'This account is set up for QR codes only.');
      if (method === 'upi_collect' && !(instrument.kind === 'vpa' && isVpa(instrument.vpa)))
        return refused('invalid_instrument', 'A collect request asks for a UPI address.');
      return method === 'upi_collect' || method === 'upi_intent'
        ? startOnOrder(razorpay, request, payer)
        : refused('invalid_method', 'UPI knows collect, intent and QR.');
    },
    getAttempt: ask,
    continueAttempt: (attempt) => ask(attempt),
    capture: async () => refused('unsupported', 'UPI reserves nothing.'),
    // Only a QR code can be closed; a request in the payer's app ends by itself.
    void: (attempt) => (attempt.request.method === 'upi_qr' ? closeQrCode(razorpay, attempt) : ask(attempt)),
    async refund(attempt, { refund_id, amount }): Promise<RefundOutcome> {
      const { payment_id } = attempt.request;
      const payment = await paymentOf(attempt);
      if (payment === null) return UNAVAILABLE;
      const answer = await razorpay.post(
        `/payments/${encodeURIComponent(payment)}/refund`,
        { amount, speed: 'normal', receipt: refund_id, notes: { refund_id, payment_id } },
        Refund,
        { 'x-refund-idempotency': refund_id },
      );
      if (answer.s === 'body') return refundOutcomeOf(answer.body);
      const refusal = refusalOf(answer);
      return refusal.s === 'refused' ? { ...refusal, s: 'failed' } : refusal;
    },
    async getRefund(attempt, { refund_id, reference }: RefundRequest): Promise<RefundOutcome> {
      if (reference !== null) {
        const answer = await razorpay.get(`/refunds/${encodeURIComponent(reference)}`, Refund);
        return answer.s === 'body' ? refundOutcomeOf(answer.body) : UNAVAILABLE;
      }
      const payment = await paymentOf(attempt);
      if (payment === null) return UNAVAILABLE;
      const answer = await razorpay.get(
        `/payments/${encodeURIComponent(payment)}/refunds?count=100`,
        Refunds,
      );
      if (answer.s !== 'body') return UNAVAILABLE;
      const found = answer.body.items.find((one) => one.notes?.['refund_id'] === refund_id);
      return found === undefined ? { s: 'not_found' } : refundOutcomeOf(found);
    },
    verifyWebhook: (raw) => verifyRazorpayWebhook(webhookSecrets, raw),
  };
}

const UNAVAILABLE = { s: 'unknown', reason: 'unavailable' } as const;
const refused = (code: string, message: string) => ({ s: 'error', code, message }) as const;
