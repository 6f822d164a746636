import { z } from 'zod';
import { Money } from '../api/common.ts';

/** A number of the POSLog series. It is unique within its epoch, series and workstation. */
export const PoslogNumber = z.object({
  number: z.int().min(1),
  epoch: z.int().min(0),
  workstation: z.string(),
});
export type PoslogNumber = z.infer<typeof PoslogNumber>;

/** The taxes of one line. `taxable` is the amount that the rate was applied to: with the tax where prices include it. */
export const LineTax = z.object({
  line_id: z.string(),
  taxes: z.array(z.object({ name: z.string(), rate_ppm: z.int().min(0), taxable: Money, tax: Money })),
});
export type LineTax = z.infer<typeof LineTax>;

/** What a POSLog transaction says beside its order, as it stood when the store's ledger wrote it down. */
export const PoslogFacts = z.object({
  ...PoslogNumber.shape,
  operator: z.string(),
  /** The store's name in the retailer's own books. */
  store_code: z.string(),
  /** The store's business day, `2025-06-14`. */
  business_date: z.string(),
  /** The store's wall clock with its distance from UTC. */
  began_at: z.string(),
  ended_at: z.string(),
  /** Of a demo store: nobody's books. */
  training: z.boolean(),
  prices_include_tax: z.boolean(),
  /** Absent: nobody knows the taxes of single lines; the document then shows the sum alone. */
  line_taxes: z.array(LineTax).optional(),
  /** Why nobody may have the document before a person has looked at it. */
  quarantine: z.enum(['amount_mismatch']).optional(),
});
export type PoslogFacts = z.infer<typeof PoslogFacts>;
