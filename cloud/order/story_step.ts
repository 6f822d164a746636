import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const sum = z.number().optional().catch(undefined);
/** Steps of older builds know less of themselves. */
export const Detail = z.looseObject({
  ...{ payment_id: text, leg_refund_id: text, refund_id: text, gateway: text, method: text, channel: text },
  ...{ how: text, reason: text, number: text, code: text, status: text, outcome: text, verdict: text },
  ...{
    question: text,
    by: text,
    reviewer: text,
    role: text,
    note: text,
    kind: text,
    doubt: text,
    type: text,
  },
  ...{ epc: text, found: text, step: text, verification: text, fiscal_number: text, purchase_type: text },
  ...{
    amount: sum,
    quantity: sum,
    total: sum,
    due: sum,
    owed: sum,
    captured: sum,
    from: sum,
    to: sum,
    said: sum,
  },
  returned: z.array(z.string()).optional().catch(undefined),
});
export type Detail = z.infer<typeof Detail>;

/** What the steps before have told of a payment. Sums are minor units; null: nothing yet. */
export interface KnownPayment {
  gateway: string;
  method: string;
  amount: number | null;
  reserved: number | null;
  capturing: number | null;
  /** When the provider last left us without an answer. */
  unanswered_at: string | null;
}

export interface Telling {
  at: string;
  payment: KnownPayment;
  /** Of money on its way back over a payment: what it is called. */
  part: string;
  money(minor: number | null | undefined): string;
  who(id: string | undefined): string;
}
