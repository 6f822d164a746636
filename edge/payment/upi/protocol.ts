import { z } from 'zod';

/** The wire format of Razorpay: orders, UPI payments, QR codes, refunds. Amounts are paise. */
const Text = z.string().min(1);
/** An object of texts, or an empty list where there are none. */
const Notes = z
  .union([z.record(z.string(), z.coerce.string()), z.array(z.unknown()).transform(() => ({}))])
  .transform((notes): Record<string, string> => notes);

export const Payment = z.object({
  id: Text,
  amount: z.int(),
  currency: Text,
  /** `created`, `authorized`, `captured`, `refunded`, `failed`. */
  status: Text,
  order_id: z.string().nullish(),
  notes: Notes.optional(),
  acquirer_data: z.object({ rrn: z.string().nullish() }).nullish(),
  error_code: z.string().nullish(),
  error_description: z.string().nullish(),
  error_reason: z.string().nullish(),
});
export type Payment = z.infer<typeof Payment>;
export const Payments = z.object({ items: z.array(Payment) });

export const Order = z.object({ id: Text, amount: z.int(), currency: Text, receipt: z.string().nullish() });
export const Orders = z.object({ items: z.array(Order) });

/** `link` only of an intent. */
export const Started = z.object({ razorpay_payment_id: Text, link: z.string().nullish() });

/** `image_content` is what the picture says; not every account is given it. */
export const QrCode = z.object({
  id: Text,
  status: Text,
  image_url: z.url(),
  image_content: z.string().nullish(),
  notes: Notes.optional(),
});

export const Refund = z.object({
  id: Text,
  amount: z.int(),
  currency: Text,
  payment_id: Text,
  /** `pending`, `processed`, `failed`. */
  status: Text,
  notes: Notes.optional(),
});
export type Refund = z.infer<typeof Refund>;
export const Refunds = z.object({ items: z.array(Refund) });

export const RazorpayError = z.object({
  error: z.object({ code: Text, description: z.string(), reason: z.string().nullish() }),
});

const entity = <T extends z.ZodType>(schema: T) => z.object({ entity: schema }).optional();
export const Webhook = z.object({
  event: Text,
  created_at: z.int().optional(),
  payload: z.object({
    payment: entity(Payment),
    refund: entity(Refund),
    qr_code: entity(QrCode.partial({ image_url: true, status: true })),
  }),
});
export type Webhook = z.infer<typeof Webhook>;

/** A provider's sentence may repeat the payer's address: it goes no further. */
export const withoutVpa = (text: string): string => text.replace(/\S+@\S+/g, '•••');
