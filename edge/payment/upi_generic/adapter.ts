import { z } from 'zod';
import { shortReference } from '../../../shared/payment/short_reference.ts';
import { isVpa, upiLink } from '../../../shared/payment/upi_link.ts';
import { configured } from '../configured.ts';
import type { AttemptRequest, GatewayFactory, Outcome, RefundOutcome } from '../gateway.ts';
import { verifyUpiMessage } from './webhook.ts';

/** `vpa` is the store's own address. `category` is its merchant category (ISO 18245). */
const Settings = z.object({
  vpa: z.string().refine(isVpa),
  payee_name: z.string().min(1),
  category: z.coerce
    .string()
    .regex(/^\d{4}$/)
    .optional(),
});
/** `previous_secret` is honoured while the notifier still signs with it. */
const Secrets = z.object({
  webhook_secret: z.string().min(16),
  previous_secret: z.string().min(16).optional(),
});

/**
 * The gateway `upi_generic`: shows the store's own UPI address as a QR symbol. Nobody can be asked, so an attempt
 * waits until a signed message tells; it never expires by itself, because whoever photographed the symbol can still
 * pay it, and it cannot be called off or given back here.
 */
export const upiGenericGateway: GatewayFactory = configured(Settings, Secrets, (_, settings, secrets) => {
  const { vpa, payee_name, category } = settings;
  const { webhook_secret, previous_secret } = secrets;

  /** Always the same symbol for the same attempt. */
  async function show(request: AttemptRequest): Promise<Outcome> {
    const { amount, currency, payment_id, description } = request;
    if (currency !== 'INR')
      return { s: 'error', code: 'invalid_currency', message: 'UPI takes Indian rupees only.' };
    const tr = shortReference(payment_id);
    const link = upiLink({ pa: vpa, pn: payee_name, mc: category, tr, tn: description, amount });
    if (!link.ok)
      return link.error === 'amount'
        ? { s: 'error', code: 'invalid_amount', message: 'UPI cannot hold this amount.' }
        : { s: 'error', code: 'invalid_account', message: `The link cannot hold ${link.error}.` };
    return { s: 'action_required', action: { type: 'qr', payload: link.value }, reference: tr };
  }

  return {
    id: 'upi_generic',
    can: {
      authorize: false,
      capture: 'none',
      void_open: false,
      void_captured: false,
      refund: 'none',
      refund_async: false,
      saved_cards: false,
      ask: 'repeat',
      webhooks: 'signed',
      channels: ['web', 'kiosk', 'cashier'],
      currencies: ['INR'],
    },
    createAttempt: show,
    getAttempt: ({ request }) => show(request),
    continueAttempt: ({ request }) => show(request),
    capture: async () => ({ s: 'error', code: 'unsupported', message: 'UPI reserves nothing.' }),
    void: ({ request }) => show(request),
    refund: async (): Promise<RefundOutcome> => NO_REFUNDS,
    getRefund: async (): Promise<RefundOutcome> => NO_REFUNDS,
    verifyWebhook: (raw) =>
      verifyUpiMessage(
        previous_secret === undefined ? [webhook_secret] : [webhook_secret, previous_secret],
        raw,
      ),
  };
});

const NO_REFUNDS = {
  s: 'failed',
  code: 'unsupported',
  message: 'The store sends the money back from its own UPI app.',
} as const;
