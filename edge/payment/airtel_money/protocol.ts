import { z } from 'zod';

/** The wire format of Airtel Africa's Open API: Collection (push, enquiry, refund). */
export const Status = z.object({
  code: z.coerce.string().optional(),
  message: z.string().optional(),
  response_code: z.string().optional(),
  success: z.boolean().optional(),
});

export interface Push {
  reference: string;
  subscriber: { country: string; currency: string; msisdn: string };
  transaction: { amount: number; country: string; currency: string; id: string };
}

/** The push, where Airtel took it. */
export const Answer = z.object({ status: Status });
/** `TS` success, `TF` failed, `TA` ambiguous, `TIP` in progress, `TE` expired. */
export const Enquiry = z.object({
  data: z.object({
    transaction: z.object({
      airtel_money_id: z.string().optional(),
      message: z.string().optional(),
      status: z.string(),
    }),
  }),
  status: Status,
});
export const Refunded = z.object({
  data: z.object({ transaction: z.object({ airtel_money_id: z.string().optional(), status: z.string() }) }),
  status: Status,
});
/** `hash` may stand beside it: which bytes it is made of is not published, so it is not looked at. */
export const Callback = z.object({
  transaction: z.object({
    id: z.string().min(1),
    status_code: z.string(),
    airtel_money_id: z.string().optional(),
  }),
});

/** Response codes that mean something to us. From memory, not from Airtel's own pages. */
export const AMBIGUOUS = 'DP00800001000';
export const NOT_FOUND = 'DP00800001025';
