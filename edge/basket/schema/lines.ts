/** Lines, what belongs to them, and who looked at them. */
export const LINE_TABLES: readonly string[] = [
  `ALTER TABLE basket ADD COLUMN purchase_type TEXT NOT NULL DEFAULT 'scan_and_go'
     CHECK (purchase_type IN ('scan_and_go', 'click_and_collect'))`,
  // Counts the changes of the lines.
  'ALTER TABLE basket ADD COLUMN revision INTEGER NOT NULL DEFAULT 0',
  // JSON of what staff must look at, of exactly these lines; null: written by an older build.
  'ALTER TABLE basket ADD COLUMN need TEXT',
  // The rows of the audit, of exactly these lines; apart from `priced`, which every reading parses.
  `ALTER TABLE basket ADD COLUMN price_rows TEXT NOT NULL DEFAULT '[]'`,
  `CREATE TRIGGER frozen_price_rows BEFORE UPDATE OF price_rows ON basket
   WHEN OLD.status <> 'open' AND NEW.price_rows IS NOT OLD.price_rows
   BEGIN SELECT RAISE(ABORT, 'the basket is frozen'); END`,
  // Where the shopper was when it was looked at last; null: nobody looked, or she was inside.
  `ALTER TABLE basket ADD COLUMN whereabouts TEXT CHECK (whereabouts IN ('outside', 'unknown'))`,

  // Invariant: a child names its parent, and stands for `per_parent` of each of the parent's units.
  `ALTER TABLE line ADD COLUMN kind TEXT NOT NULL DEFAULT 'item' CHECK (kind IN ('item', 'addon', 'deposit'))`,
  `ALTER TABLE line ADD COLUMN parent INTEGER CHECK ((kind = 'item') = (parent IS NULL))`,
  'ALTER TABLE line ADD COLUMN per_parent INTEGER CHECK ((parent IS NULL) = (per_parent IS NULL))',
  'ALTER TABLE line ADD COLUMN note TEXT',
  // JSON of the price that staff set.
  'ALTER TABLE line ADD COLUMN override TEXT',
  // How many the store's count had left when the item was scanned last; null: not counted.
  'ALTER TABLE line ADD COLUMN available INTEGER',
  // Invariant: units of one item at the shelf's price share a line, except where each is a thing of its own.
  'ALTER TABLE line ADD COLUMN alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1))',
  'DROP INDEX line_untagged',
  'CREATE UNIQUE INDEX line_untagged ON line (item_id) WHERE epc IS NULL AND charge IS NULL AND alone = 0',

  // Each time that staff were asked to look. Invariant: one waits at most, and what was decided stays as it was.
  // `covered` is what an approval was given for; it holds until `expires_at`.
  `CREATE TABLE verification (
     n INTEGER PRIMARY KEY,
     code TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn')),
     opened_at INTEGER NOT NULL,
     decided_at INTEGER,
     reviewer TEXT,
     revision INTEGER,
     covered TEXT,
     expires_at INTEGER,
     CHECK ((status = 'approved') = (covered IS NOT NULL AND expires_at IS NOT NULL)),
     CHECK ((status IN ('approved', 'rejected')) = (reviewer IS NOT NULL AND revision IS NOT NULL))
   )`,
  `CREATE UNIQUE INDEX verification_pending ON verification ((1)) WHERE status = 'pending'`,
  `CREATE TRIGGER verification_once BEFORE UPDATE ON verification WHEN OLD.status <> 'pending'
   BEGIN SELECT RAISE(ABORT, 'a check by staff is decided once'); END`,
];
