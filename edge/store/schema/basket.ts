/** Stock that is counted, quotas, and baskets that wait for staff. */
export const SHOPPING_TABLES: readonly string[] = [
  // What was sold of an item since the shelf of that version told its stock; below zero where more came back.
  `CREATE TABLE stock_count (
     item_id TEXT PRIMARY KEY,
     shelf_version INTEGER NOT NULL,
     sold INTEGER NOT NULL
   ) WITHOUT ROWID`,
  // What open orders are to get. Invariant: gone with the order's end, whichever it is.
  `CREATE TABLE stock_reserved (
     basket_id TEXT NOT NULL,
     item_id TEXT NOT NULL,
     quantity INTEGER NOT NULL CHECK (quantity > 0),
     PRIMARY KEY (basket_id, item_id)
   ) WITHOUT ROWID`,
  'CREATE INDEX stock_reserved_item ON stock_reserved (item_id)',
  // Invariant: the goods of a refund are counted back once.
  'CREATE TABLE stock_returned (refund_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID',

  // Baskets whose shoppers wait for somebody of the staff.
  `CREATE TABLE verification (
     basket_id TEXT PRIMARY KEY,
     code TEXT NOT NULL,
     need TEXT NOT NULL,
     revision INTEGER NOT NULL,
     opened_at INTEGER NOT NULL
   ) WITHOUT ROWID`,
];
