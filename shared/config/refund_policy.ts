import { z } from 'zod';

const DAYS_MAX = 3_650;
const Limit = z.int().min(0);

/** Everything has a default, so a configuration that says nothing stays valid. */
export const RefundPolicy = z.strictObject({
  /** Goods come back this long after the sale; goodwill and price adjustments are not bound by it. */
  window_days: z.int().min(0).max(DAYS_MAX).default(60),
  /** False: only whole orders go back. */
  partial: z.boolean().default(true),
  /** Which payments give back first: cards from the last one, then cash, then the store's own tenders; or by share. */
  order_of_legs: z.enum(['lifo', 'pro_rata', 'oldest_first']).default('lifo'),
  /** Methods that never take money back. */
  methods_excluded: z.array(z.string().min(1).max(64)).max(40).default([]),
  /** Cash out of the drawer for what was paid otherwise. */
  cash_on_card: z.boolean().default(false),
  /** Above this sum, in minor units, a second person approves what a cashier asks for. */
  cashier_limit: Limit.default(10_000),
  /** The same for a manager; absent: no limit. */
  manager_limit: Limit.optional(),
  /** Every refund needs a second person. */
  four_eyes: z.boolean().default(false),
  /** `paid_share`: what was paid for the goods. `reprice_remaining`: what the kept ones do not cost. */
  policy: z.enum(['paid_share', 'reprice_remaining']).default('paid_share'),
  /** `proportional`: the sale's own taxes by share. `price_based`: reckoned from the refunded sum. */
  tax: z.enum(['proportional', 'price_based']).default('proportional'),
  /** Staff of another store of the retailer may refund this store's sales. */
  cross_store: z.boolean().default(false),
  /** A refund gets a credit note's number beside its own. */
  credit_note: z.boolean().default(false),
});
export type RefundPolicy = z.infer<typeof RefundPolicy>;
