import { z } from 'zod';
import { Money } from '../api/common.ts';

/**
 * One transaction of a retailer's POSLog (ARTS/IXRetail POSLog 2.2, retail transactions), before it is written in
 * one form or another. Amounts are minor units and never negative, but in the totals of a return.
 */
export const PosTax = z.object({
  type: z.string(),
  /** What the rate was applied to; `included`: the tax is part of it. */
  taxable: Money,
  included: z.boolean(),
  amount: Money,
  rate_ppm: z.int(),
});

export const PosItem = z.object({
  kind: z.enum(['sale', 'return']),
  item_type: z.enum(['Stock', 'Deposit']),
  pos_id_type: z.enum(['GTIN', 'SKU']),
  pos_item_id: z.string(),
  item_id: z.string(),
  description: z.string(),
  /** 0 only of a return: money for no goods. */
  quantity: z.int().min(0),
  regular_unit_price: Money,
  /** What the line comes to: regular price times quantity, less the modifiers. */
  extended: Money,
  modifiers: z.array(
    z.object({ method: z.enum(['PriceRule', 'Markdown']), amount: Money, rule_id: z.string().optional() }),
  ),
  taxes: z.array(PosTax),
  serial: z.string().optional(),
});
export type PosItem = z.infer<typeof PosItem>;

export const PosTender = z.object({
  type: z.enum(['Cash', 'CreditDebit', 'Voucher', 'CustomerAccount']),
  /** Handed over, or given back where the transaction is a return. */
  amount: Money,
  change: Money,
  reference: z.string(),
});
export type PosTender = z.infer<typeof PosTender>;

/** Which transaction something belongs to: store, workstation, number and business day are its identity. */
export const PosIdentity = z.object({
  store_code: z.string(),
  workstation: z.string(),
  number: z.int(),
  business_date: z.string(),
});
export type PosIdentity = z.infer<typeof PosIdentity>;

export const PosTransaction = z.object({
  ...PosIdentity.shape,
  kind: z.enum(['sale', 'return', 'void']),
  training: z.boolean(),
  began_at: z.string(),
  ended_at: z.string(),
  operator: z.string(),
  currency: z.string(),
  items: z.array(PosItem),
  tenders: z.array(PosTender),
  /** Only where nobody knows the taxes of single lines: their sum. */
  tax_line: Money.optional(),
  /** `net + tax = grand`. */
  net: Money,
  tax: Money,
  grand: Money,
  /** Only of a return: the sale that it takes back. */
  original: PosIdentity.optional(),
});
export type PosTransaction = z.infer<typeof PosTransaction>;
