/** One entry of the schema's history: the shelf, and what kiosks and tills need to sell from this agent alone. */
export const TILL_SCHEMA = `
  -- Whole versions of the shelf side by side: one row here is complete and sells, a newer one may be on its way
  -- with the cursor of its next page. Rows of versions that have none are swept.
  CREATE TABLE shelf_version (
    version INTEGER PRIMARY KEY,
    catalog_version INTEGER NOT NULL,
    after TEXT,
    promotions INTEGER NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1))
  ) STRICT;
  CREATE TABLE shelf_item (
    version INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (version, item_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE shelf_code (
    version INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('gtin', 'raw')),
    code TEXT NOT NULL,
    item_id TEXT NOT NULL,
    PRIMARY KEY (version, kind, code, item_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE shelf_promotion (
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (version, position)
  ) STRICT, WITHOUT ROWID;

  -- One shopping trip at a till, from the first scan to the paper; the document is parsed when it is read.
  CREATE TABLE till_trip (
    basket_id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'locked', 'converted', 'expired')),
    due_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX till_trip_live ON till_trip (due_at) WHERE status IN ('open', 'locked');
  -- Invariant: a tag is in one live trip at most.
  CREATE TABLE till_hold (epc TEXT PRIMARY KEY, basket_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX till_hold_basket ON till_hold (basket_id);

  -- Blocks of numbers that only this device gives out. \`next\` is moved in the transaction that opens the order.
  CREATE TABLE till_lease (
    place INTEGER PRIMARY KEY,
    lease_id TEXT NOT NULL UNIQUE,
    device_id TEXT NOT NULL,
    register INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    next INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
  ) STRICT;
  CREATE INDEX till_lease_open ON till_lease (device_id, place) WHERE closed = 0;
  -- Asked for under this key until the answer is here, so that no block is lost with an answer.
  CREATE TABLE till_lease_request (device_id TEXT PRIMARY KEY, key TEXT NOT NULL, count INTEGER NOT NULL) STRICT;

  -- The end of each device's chain, and the row before its oldest kept one.
  CREATE TABLE till_chain (
    device_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    start_seq INTEGER NOT NULL,
    start_digest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- What each device sold or voided, chained, and the outbox of uploads in one. Invariant: device_seq has no gaps
  -- above start_seq; a row leaves 'pending' only when the edge has answered for it.
  CREATE TABLE till_document (
    device_id TEXT NOT NULL,
    device_seq INTEGER NOT NULL,
    tx_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'void')),
    order_id TEXT,
    amount INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    at INTEGER NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'taken', 'refused')),
    detail TEXT,
    settled_at INTEGER,
    PRIMARY KEY (device_id, device_seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX till_document_pending ON till_document (device_id, device_seq) WHERE state = 'pending';
`;
