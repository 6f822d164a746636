/** The order beyond its payment. */
export const FULFILMENT_TABLES: readonly string[] = [
  // What the store last said of the check at the exit, and when nobody needs to come any more (milliseconds since
  // 1970; null: never, or it is decided).
  `ALTER TABLE orders ADD COLUMN verification TEXT NOT NULL DEFAULT 'not_required'
     CHECK (verification IN ('not_required', 'pending', 'verified', 'failed'))`,
  'ALTER TABLE orders ADD COLUMN verify_at INTEGER',
  // Whose quotas the order counts for: a hash; null: the store has none for these goods.
  'ALTER TABLE orders ADD COLUMN traveller TEXT',
  // JSON of the quotas that exactly these lines exceed by themselves.
  `ALTER TABLE basket ADD COLUMN over_quota TEXT NOT NULL DEFAULT '[]'`,
  // One row where the order is fetched later and paid. `tags` is JSON of the tags with the revisions that sold them,
  // null until the store has said so.
  `CREATE TABLE collection (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     status TEXT NOT NULL,
     token TEXT NOT NULL,
     hold_until INTEGER,
     tags TEXT,
     CHECK ((status = 'ready_to_collect') = (hold_until IS NOT NULL)),
     CHECK (tags IS NULL OR status = 'collected')
   )`,
  `CREATE TABLE collection_step (
     n INTEGER PRIMARY KEY,
     status TEXT NOT NULL,
     actor TEXT NOT NULL CHECK (actor IN ('staff', 'shopper', 'system')),
     by TEXT,
     reason TEXT,
     at INTEGER NOT NULL,
     CHECK ((actor = 'staff') = (by IS NOT NULL))
   )`,
];
