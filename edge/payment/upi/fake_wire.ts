import { z } from 'zod';
import type { Payment, QrCode, Refund } from './protocol.ts';

/** What Razorpay takes, checked to the letter. Amounts are paise, one rupee at least. */
const Notes = z.record(z.string().max(256), z.string().max(256));
const Rupees = { amount: z.int().min(100), currency: z.literal('INR') };

export const NewOrder = z.strictObject({
  ...Rupees,
  receipt: z.string().min(1).max(40),
  notes: Notes.optional(),
  payment: z
    .strictObject({
      capture: z.enum(['automatic', 'manual']),
      capture_options: z.strictObject({
        automatic_expiry_period: z.int().min(12),
        manual_expiry_period: z.int(),
        refund_speed: z.enum(['optimum', 'normal']),
      }),
    })
    .optional(),
});
export const NewUpi = z.strictObject({
  ...Rupees,
  order_id: z.string(),
  email: z.email(),
  contact: z.string().regex(/^\+?\d{8,15}$/),
  method: z.literal('upi'),
  ip: z.union([z.ipv4(), z.ipv6()]),
  referer: z.string().min(1),
  user_agent: z.string().min(1),
  description: z.string().max(255).optional(),
  notes: Notes.optional(),
  upi: z.discriminatedUnion('flow', [
    z.strictObject({
      flow: z.literal('collect'),
      vpa: z.string().regex(/^[\w.-]+@[\w.-]+$/),
      expiry_time: z.int().min(1),
    }),
    z.strictObject({ flow: z.literal('intent') }),
  ]),
});
export const NewQrCode = z.strictObject({
  type: z.literal('upi_qr'),
  name: z.string().min(1),
  usage: z.enum(['single_use', 'multiple_use']),
  fixed_amount: z.literal(true),
  payment_amount: z.int().min(100),
  description: z.string().optional(),
  close_by: z.int(),
  notes: Notes.optional(),
});
export const NewRefund = z.strictObject({
  amount: z.int().min(100),
  speed: z.enum(['normal', 'optimum']).optional(),
  receipt: z.string().min(1).max(40).optional(),
  notes: Notes.optional(),
});

/** A payment as Razorpay shows it: `notes` is a list where there are none. */
export function shownPayment(payment: Payment & { vpa: string | null }): object {
  const { notes = {}, status } = payment;
  const failed = status === 'failed';
  return {
    ...payment,
    entity: 'payment',
    method: 'upi',
    captured: status === 'captured',
    notes: Object.keys(notes).length === 0 ? [] : notes,
    error_code: failed ? 'BAD_REQUEST_ERROR' : null,
    error_description: failed ? `Payment by ${payment.vpa} was declined by the bank` : null,
    error_reason: failed ? 'payment_declined' : null,
  };
}

export const event = (
  type: string,
  createdAt: number,
  payload: { payment?: object; refund?: Refund; qr_code?: z.infer<typeof QrCode> },
): string =>
  JSON.stringify({
    entity: 'event',
    account_id: 'acc_fake',
    event: type,
    contains: Object.keys(payload),
    payload: Object.fromEntries(Object.entries(payload).map(([name, one]) => [name, { entity: one }])),
    created_at: createdAt,
  });
