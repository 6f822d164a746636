import { z } from 'zod';

/** An integer in minor units of the currency (ISO 4217); never a fraction. */
export const Money = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
export const Currency = z.string().regex(/^[A-Z]{3}$/);
/** UTC, ISO 8601, milliseconds. */
export const Instant = z.iso.datetime();
/** Canonical EPC: upper-case hex in whole 16-bit words, 96 bits or more. */
export const EpcHex = z.string().regex(/^(?:[0-9A-F]{4}){6,}$/);

export const AppliedPromotion = z.object({
  promotion_id: z.string(),
  title: z.string(),
  discount: Money,
  /** Absent: a plain discount. A cashback or tender is granted apart, in no price and no total. */
  applies_as: z.enum(['cashback', 'tender', 'poslog_exclusion']).optional(),
});
export type AppliedPromotion = z.infer<typeof AppliedPromotion>;

/** Degrees, WGS 84. */
export const Position = z.strictObject({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
});
export type Position = z.infer<typeof Position>;
/** What a device says of where it is; `accuracy_m` is the radius in metres in which it is surely enough. */
export const PositionFix = z.strictObject({ ...Position.shape, accuracy_m: z.number().min(0) });
export type PositionFix = z.infer<typeof PositionFix>;

/** How a basket is meant to end: paid with the goods in hand, or ordered and fetched later. */
export const PurchaseType = z.enum(['scan_and_go', 'click_and_collect']);
export type PurchaseType = z.infer<typeof PurchaseType>;
