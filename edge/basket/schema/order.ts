/** The order beyond its payment. */
export const FULFILMENT_TABLES: readonly string[] = [
  // What the store last said of the check at the exit, and when nobody needs to come any more (milliseconds since
  // 1970; null: never, or it is decided).
  `ALTER TABLE orders ADD COLUMN verification TEXT NOT NULL DEFAULT 'not_required'
     CHECK (verification IN ('not_required', 'pending', 'verified', 'failed'))`,
  'ALTER TABLE orders ADD COLUMN verify_at INTEGER',
];
