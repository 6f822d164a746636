/** Numbers of documents and orders to be collected. */
export const ORDER_TABLES: readonly string[] = [
  // Which number an order has for what. Invariants: one number a purpose, and a number of a series once an epoch.
  `CREATE TABLE allocated (
     order_id TEXT NOT NULL,
     purpose TEXT NOT NULL,
     series TEXT NOT NULL,
     scope TEXT NOT NULL,
     workstation TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     value INTEGER NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (order_id, purpose),
     UNIQUE (series, scope, epoch, value)
   ) WITHOUT ROWID`,
  // Whether staff have looked at the bag; orders of older builds needed nobody.
  `ALTER TABLE orders ADD COLUMN verification TEXT NOT NULL DEFAULT 'not_required'
     CHECK (verification IN ('not_required', 'pending', 'verified', 'failed'))`,
  // Every look at a bag, in order. `reviewer` null: nobody came in time.
  `CREATE TABLE review (
     n INTEGER PRIMARY KEY,
     order_id TEXT NOT NULL,
     result TEXT NOT NULL CHECK (result IN ('verified', 'failed')),
     reviewer TEXT,
     reason TEXT,
     counts TEXT,
     at INTEGER NOT NULL
   )`,
  'CREATE INDEX review_order ON review (order_id)',
  // Orders to be collected, as their trips told last. `steps` of their history were told on; what was collected has
  // sold its tags, in the same transaction.
  `CREATE TABLE collection (
     basket_id TEXT PRIMARY KEY,
     order_id TEXT NOT NULL,
     number TEXT NOT NULL,
     status TEXT NOT NULL,
     items INTEGER NOT NULL,
     hold_until INTEGER,
     steps INTEGER NOT NULL,
     changed_at INTEGER NOT NULL,
     answer TEXT
   ) WITHOUT ROWID`,
  'CREATE INDEX collection_status ON collection (status, changed_at)',
  // What orders use of travellers' quotas. `traveller` is a hash. Invariant: what is not committed is gone with the
  // order's end, and no more comes back than was bought.
  `CREATE TABLE quota_use (
     basket_id TEXT NOT NULL,
     quota_id TEXT NOT NULL,
     item_id TEXT NOT NULL,
     traveller TEXT NOT NULL,
     period TEXT NOT NULL,
     units_per_item INTEGER NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity > 0),
     returned INTEGER NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND quantity),
     committed INTEGER NOT NULL DEFAULT 0 CHECK (committed IN (0, 1)),
     PRIMARY KEY (basket_id, quota_id, item_id)
   ) WITHOUT ROWID`,
  'CREATE INDEX quota_use_traveller ON quota_use (quota_id, traveller, period)',
];
