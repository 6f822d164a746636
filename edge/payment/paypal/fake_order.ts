import { z } from 'zod';
import type { Behaviour } from '../fake/control.ts';
import type { Authorization, Capture, Refund } from './protocol.ts';

/** Two decimals, or none where the currency has none at PayPal. */
const Amount = z
  .strictObject({
    currency_code: z.string().regex(/^[A-Z]{3}$/),
    value: z.string().regex(/^\d{1,9}(\.\d{2})?$/),
  })
  .refine(
    ({ currency_code, value }) => ['HUF', 'JPY', 'TWD'].includes(currency_code) !== value.includes('.'),
    {
      message: 'DECIMAL_PRECISION',
      path: ['value'],
    },
  );

export const NewOrder = z.strictObject({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z
    .array(
      z.strictObject({
        custom_id: z.string().min(1).max(255),
        description: z.string().max(127).optional(),
        amount: Amount,
      }),
    )
    .length(1),
  payment_source: z.strictObject({
    paypal: z.strictObject({
      experience_context: z.strictObject({
        return_url: z.url(),
        cancel_url: z.url(),
        user_action: z.enum(['CONTINUE', 'PAY_NOW']),
        shipping_preference: z.enum(['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS']),
        brand_name: z.string().max(127).optional(),
      }),
    }),
  }),
});
export type NewOrder = z.infer<typeof NewOrder>;
export const NewCapture = z.strictObject({ amount: Amount, final_capture: z.boolean() });
export const NewRefund = z.strictObject({
  amount: Amount,
  custom_id: z.string().min(1).max(127).optional(),
  note_to_payer: z.string().min(1).max(255).optional(),
});
export const Nothing = z.strictObject({});
export interface FakeOrder {
  readonly id: string;
  readonly request: NewOrder;
  /** What the taking of the money does, the first time. */
  behaviour: Behaviour;
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED';
  authorization: Authorization | null;
  capture: Capture | null;
  readonly refunds: (Refund & { amount: Capture['amount']; reference: string })[];
}

export const unitOf = ({ request }: FakeOrder): NewOrder['purchase_units'][number] => {
  const [unit] = request.purchase_units;
  if (unit === undefined) throw new Error('an order has one unit');
  return unit;
};

/** The order as `Prefer: return=representation` shows it. */
export function shown(order: FakeOrder, origin: string): object {
  const { id, status, request, authorization, capture, refunds } = order;
  const payments = {
    ...(authorization === null ? {} : { authorizations: [authorization] }),
    ...(capture === null ? {} : { captures: [capture] }),
    ...(refunds.length === 0 ? {} : { refunds: refunds.map(({ reference: _, ...refund }) => refund) }),
  };
  return {
    ...{ id, status, intent: request.intent },
    purchase_units: [
      {
        reference_id: 'default',
        ...unitOf(order),
        ...(Object.keys(payments).length === 0 ? {} : { payments }),
      },
    ],
    links: [
      { href: `${origin}/v2/checkout/orders/${id}`, rel: 'self', method: 'GET' },
      ...(status === 'PAYER_ACTION_REQUIRED'
        ? [{ href: `${origin}/checkoutnow?token=${id}`, rel: 'payer-action', method: 'GET' }]
        : []),
    ],
  };
}
