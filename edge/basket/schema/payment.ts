/**
 * Attempts in full. `account` is the payment account as it stood when the attempt began (never a secret), `instrument`
 * what the payer gave, sealed, and dropped once the provider needs it no more.
 */
export const PAYMENT_TABLES: readonly string[] = [
  // The kinds of duties are the code's to know (duty.ts): a list here would have to be written anew with each.
  `CREATE TABLE duty_of_any_kind (
     kind TEXT NOT NULL,
     subject TEXT NOT NULL DEFAULT '',
     tries INTEGER NOT NULL DEFAULT 0,
     next_at INTEGER NOT NULL,
     PRIMARY KEY (kind, subject)
   ) WITHOUT ROWID`,
  'INSERT INTO duty_of_any_kind SELECT kind, subject, tries, next_at FROM duty',
  'DROP TABLE duty',
  'ALTER TABLE duty_of_any_kind RENAME TO duty',

  "ALTER TABLE leg ADD COLUMN account TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE leg ADD COLUMN capture TEXT NOT NULL DEFAULT 'auto' CHECK (capture IN ('auto', 'manual'))",
  "ALTER TABLE leg ADD COLUMN channel TEXT NOT NULL DEFAULT 'web'",
  'ALTER TABLE leg ADD COLUMN instrument TEXT',
  'ALTER TABLE leg ADD COLUMN save_card INTEGER NOT NULL DEFAULT 0',
  // A message without a signature spoke of another amount: a person looks before anything is asked or believed.
  'ALTER TABLE leg ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0',
  // Further names that the provider gave, and what may be shown of the card: JSON.
  "ALTER TABLE leg ADD COLUMN refs TEXT NOT NULL DEFAULT '{}'",
  'ALTER TABLE leg ADD COLUMN card TEXT',
  // Until when a reservation or an action of the payer holds, in milliseconds since 1970.
  'ALTER TABLE leg ADD COLUMN holds_until INTEGER',
  // Cash: what was handed over, given back, and rounded to the smallest coin.
  'ALTER TABLE leg ADD COLUMN tendered INTEGER',
  'ALTER TABLE leg ADD COLUMN change_given INTEGER',
  'ALTER TABLE leg ADD COLUMN rounding INTEGER',
  // Of what was captured. Invariant: refunded + refunding never exceed captured.
  'ALTER TABLE leg ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0)',
  'ALTER TABLE leg ADD COLUMN refunding INTEGER NOT NULL DEFAULT 0 CHECK (refunding >= 0)',
  `CREATE TRIGGER leg_refund_bound BEFORE UPDATE ON leg WHEN NEW.refunded + NEW.refunding > NEW.captured
   BEGIN SELECT RAISE(ABORT, 'more would go back than was taken'); END`,
  // What was last asked to be captured; and whether the provider took the capture or void that is under way.
  'ALTER TABLE leg ADD COLUMN capturing INTEGER',
  'ALTER TABLE leg ADD COLUMN acknowledged INTEGER NOT NULL DEFAULT 0',
  // What the provider refused: such a reservation is released, such captured money goes back as a refund.
  'ALTER TABLE leg ADD COLUMN capture_refused INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE leg ADD COLUMN void_refused INTEGER NOT NULL DEFAULT 0',
  // Money that came too late to pay for this order: it goes back, whatever becomes of the order.
  'ALTER TABLE leg ADD COLUMN stray INTEGER NOT NULL DEFAULT 0',
  // What only a person can give back, and was told to.
  'ALTER TABLE leg ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand >= 0)',
  'ALTER TABLE leg ADD COLUMN terminal_id TEXT',
  // A card that the provider now keeps: its token, sealed, until the shopper's object has it.
  'ALTER TABLE leg ADD COLUMN saved TEXT',

  // Money on its way back over one attempt; the row stands, and its amount is reserved in leg.refunding, before the
  // provider is asked. `refund_id` is the document it belongs to; null: money that nobody owed. `next_at` null: it has
  // said all.
  `CREATE TABLE leg_refund (
     leg_refund_id TEXT PRIMARY KEY,
     refund_id TEXT,
     leg INTEGER NOT NULL REFERENCES leg (n),
     amount INTEGER NOT NULL CHECK (amount > 0),
     reason TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('created', 'submitted', 'pending', 'unknown', 'succeeded', 'failed')),
     reference TEXT,
     refs TEXT NOT NULL DEFAULT '{}',
     failure TEXT,
     asked INTEGER NOT NULL DEFAULT 0,
     next_at INTEGER,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   )`,
  'CREATE INDEX leg_refund_document ON leg_refund (refund_id)',
];
