import { z } from 'zod';

const NUMBER_MAX = 999_999_999;

/** Both ends included; after `hi` comes `lo` again, in the next epoch. */
const NumberRange = { lo: z.int().min(1).max(NUMBER_MAX), hi: z.int().min(1).max(NUMBER_MAX) };
const rises = ({ lo, hi }: { lo: number; hi: number }): boolean => lo < hi;
const RISES = { message: 'lo must be below hi', path: ['hi'] };

export const OrderNumbers = z
  .strictObject({ ...NumberRange, lo: NumberRange.lo.default(100_000), hi: NumberRange.hi.default(999_999) })
  .refine(rises, RISES);

/** Numbers of POSLog transactions. The scope must fit the workstation: both are part of a transaction's identity. */
export const PoslogNumbers = z
  .strictObject({
    ...NumberRange,
    lo: NumberRange.lo.default(1),
    hi: NumberRange.hi.default(999_999),
    /** One series for the store, one for every device, or one for every kind of device. */
    scope: z.enum(['store', 'device', 'device_type']).default('store'),
    /** The workstation under which shoppers' phones sell: they share one register that nobody can touch. */
    register: z.string().min(1).max(16).default('200'),
    operator: z.string().min(1).max(16).default('5555'),
    /** The store's name in the retailer's own books; absent: its id here. */
    store_code: z.string().min(1).max(40).optional(),
    /** Whether the number is given before payment. That of an order that nobody pays for is closed as a void. */
    reserve: z.boolean().default(false),
    /** Whether an order that was given up takes a number for its void. */
    voids: z.boolean().default(true),
  })
  .refine(rises, RISES);

/** Which orders staff look at before their pass opens the gate. */
export const ExitCheckPolicy = z.strictObject({
  always: z.boolean().default(false),
  /** How many of a million orders are looked at by chance; which ones follows from their ids. */
  rate_ppm: z.int().min(0).max(1_000_000).default(0),
  /** Orders with an article for grown-ups. */
  age: z.boolean().default(false),
  /** Orders with an article under a reduce-to-clear label. */
  markdown: z.boolean().default(false),
  /** An order that nobody looked at counts as checked after this time, unless an incident of it is open; 0: never. */
  auto_verify_after_min: z
    .int()
    .min(0)
    .max(7 * 24 * 60)
    .default(60),
});
export type ExitCheckPolicy = z.infer<typeof ExitCheckPolicy>;

/** Orders that are paid first and fetched later. */
export const CollectionPolicy = z.strictObject({
  /** An order is ready as soon as it is paid; nobody accepts it. */
  auto_ready: z.boolean().default(false),
  /** How long an order that is ready is kept. */
  hold_hours: z
    .int()
    .min(1)
    .max(30 * 24)
    .default(72),
  reject_rules: z
    .strictObject({
      /** Whether staff may reject single lines. */
      partial: z.boolean().default(true),
      /** Until when the shopper may give the order up. */
      shopper_may_cancel: z.enum(['until_ready', 'until_accepted']).default('until_ready'),
      /** What becomes of the money of an order that nobody fetched. */
      not_collected: z.enum(['refund', 'keep']).default('refund'),
    })
    .prefault({}),
});
export type CollectionPolicy = z.infer<typeof CollectionPolicy>;

/** Everything has a default, so a configuration that says nothing stays valid. */
export const OrderPolicy = z.strictObject({
  numbers: z
    .strictObject({ order: OrderNumbers.prefault({}), poslog: PoslogNumbers.prefault({}) })
    .prefault({}),
  /** Added to the store's wall clock before its date is taken: a shop that closes at two in the morning says -180. */
  business_date_offset_min: z.int().min(-1_440).max(1_440).default(0),
  exit_check: ExitCheckPolicy.prefault({}),
  collection: CollectionPolicy.prefault({}),
});
export type OrderPolicy = z.infer<typeof OrderPolicy>;
