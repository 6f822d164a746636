import { z } from 'zod';
import { Money } from './common.ts';

/**
 * Alike units of one line: what they were to cost and what they cost, in minor units. `original = modified +
 * savings + override`; `override` is what staff took off (below zero: put on). `class` names the promotion that took
 * the units first: of one unit by itself (`item`), of several together (`group`), of the whole basket, or none.
 */
export const AuditRow = z.object({
  line_id: z.string(),
  class: z.enum(['item', 'group', 'basket', 'nopromo']),
  count: z.int().min(1),
  original: Money,
  modified: Money,
  savings: Money,
  override: Money,
  tax: Money,
  /** The tax by the levels of the line's tax code, in their order. */
  taxes: z.array(Money),
  /** Ids of what took something off. */
  promotions: z.array(z.string()),
});
export type AuditRow = z.infer<typeof AuditRow>;
