import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { canonicalJson } from '../../shared/offline/canonical.ts';
import { CHAIN_START, type ChainFault, type ChainRow, firstFault } from '../../shared/offline/chain.ts';
import { paidOf } from '../../shared/offline/check_sale.ts';
import { OfflineDocument } from '../../shared/offline/document.ts';
import type { OfflineUsage } from '../../shared/offline/limits.ts';
import { integer, type Row, text, textOrNull } from './row.ts';

/** The platform's digest: a start verifies weeks of documents. */
const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');

export interface ChainEnd {
  seq: number;
  digest: string;
}

export interface KeptDocument {
  device_id: string;
  device_seq: number;
  tx_id: string;
  kind: 'sale' | 'void';
  order_id: string | null;
  state: 'pending' | 'taken' | 'refused';
  detail: string | null;
}

/**
 * What the store's devices sold and voided, one chain a device, and at once the outbox of its uploads. Writes
 * expect a transaction around them.
 */
export class TillDocumentTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  devices(): string[] {
    return this.#db
      .prepare('SELECT device_id FROM till_chain ORDER BY device_id')
      .all()
      .map((row) => text(row, 'device_id'));
  }

  /** Where the device's next document goes on. */
  end(deviceId: string): ChainEnd {
    const row = this.#chain(deviceId);
    return row === undefined
      ? { seq: 0, digest: CHAIN_START }
      : { seq: integer(row, 'seq'), digest: text(row, 'digest') };
  }

  /**
   * A device whose documents lie at the edge, but not here (a new disk), goes on where they end. Answers false
   * where it has documents of its own: then nothing is moved.
   */
  continueAfter(deviceId: string, end: ChainEnd): boolean {
    if (this.end(deviceId).seq >= end.seq) return true;
    if (this.#chain(deviceId) !== undefined) return false;
    this.#db
      .prepare(
        'INSERT INTO till_chain (device_id, seq, digest, start_seq, start_digest) VALUES (?, ?, ?, ?, ?)',
      )
      .run(deviceId, end.seq, end.digest, end.seq, end.digest);
    return true;
  }

  append(document: OfflineDocument, atMs: number): void {
    const { digest, ...body } = document;
    const { device_id, device_seq, previous } = document;
    const { tx_id, kind, order_id, amount, owed } = columnsOf(document);
    this.#db
      .prepare(
        `INSERT INTO till_document (device_id, device_seq, tx_id, kind, order_id, amount, owed, at, previous, digest, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[device_id, device_seq, tx_id, kind, order_id],
        ...[amount, owed, atMs, previous, digest, canonicalJson(body)],
      );
    this.#db
      .prepare(
        `INSERT INTO till_chain (device_id, seq, digest, start_seq, start_digest) VALUES (?, ?, ?, 0, ?)
         ON CONFLICT (device_id) DO UPDATE SET seq = excluded.seq, digest = excluded.digest`,
      )
      .run(device_id, device_seq, digest, CHAIN_START);
  }

  /** What the edge has not taken yet, over all devices. */
  unsent(): Omit<OfflineUsage, 'since_ms'> & { oldest: string | null } {
    const row = this.#db
      .prepare(
        `SELECT count(*) FILTER (WHERE kind = 'sale') AS count, coalesce(sum(amount), 0) AS total,
           coalesce(sum(owed), 0) AS owed, min(at) AS oldest FROM till_document WHERE state = 'pending'`,
      )
      .get();
    if (row === undefined) return { count: 0, total: 0, owed: 0, oldest: null };
    return {
      count: integer(row, 'count'),
      total: integer(row, 'total'),
      owed: integer(row, 'owed'),
      oldest: row['oldest'] === null ? null : new Date(integer(row, 'oldest')).toISOString(),
    };
  }

  pendingCount(): number {
    const row = this.#db.prepare("SELECT count(*) AS n FROM till_document WHERE state = 'pending'").get();
    return row === undefined ? 0 : integer(row, 'n');
  }

  has(deviceId: string, seq: number): boolean {
    const row = this.#db
      .prepare('SELECT 1 FROM till_document WHERE device_id = ? AND device_seq = ?')
      .get(deviceId, seq);
    return row !== undefined;
  }

  refused(limit: number): KeptDocument[] {
    return this.#db
      .prepare("SELECT * FROM till_document WHERE state = 'refused' ORDER BY device_id, device_seq LIMIT ?")
      .all(limit)
      .map(keptOf);
  }

  /** The first row of the device that does not fit its chain, from a place in it on; null: all of it holds. */
  fault(deviceId: string, after?: ChainEnd): ChainFault | null {
    const chain = this.#chain(deviceId);
    if (chain === undefined) return null;
    const start = after ?? { seq: integer(chain, 'start_seq'), digest: text(chain, 'start_digest') };
    const rows = this.#db
      .prepare(
        `SELECT device_seq, previous, digest, body FROM till_document
         WHERE device_id = ? AND device_seq > ? ORDER BY device_seq`,
      )
      .iterate(deviceId, start.seq);
    let last = start;
    const walked = function* (): Generator<ChainRow> {
      for (const row of rows) {
        const one = chainRowOf(row);
        last = { seq: one.device_seq, digest: one.digest };
        yield one;
      }
    };
    const fault = firstFault(walked(), { device_seq: start.seq, digest: start.digest }, sha256);
    const column = this.#columnFault(deviceId, start.seq, fault?.device_seq ?? Number.MAX_SAFE_INTEGER);
    if (column !== null || fault !== null) return column ?? fault;
    const end = this.end(deviceId);
    if (last.seq !== end.seq) return { device_seq: last.seq + 1, fault: 'gap' };
    return last.digest === end.digest ? null : { device_seq: end.seq, fault: 'digest' };
  }

  /** What stands beside a digested text is for finding and counting it: it must say the same. */
  #columnFault(deviceId: string, after: number, below: number): ChainFault | null {
    const rows = this.#db
      .prepare(
        `SELECT device_seq, tx_id, kind, order_id, amount, owed, digest, body FROM till_document
         WHERE device_id = ? AND state = 'pending' AND device_seq > ? AND device_seq < ? ORDER BY device_seq`,
      )
      .iterate(deviceId, after, below);
    for (const row of rows) {
      const read = documentOf(row);
      const said = read === null ? null : columnsOf(read);
      const agrees =
        said !== null &&
        said.tx_id === row['tx_id'] &&
        said.kind === row['kind'] &&
        said.order_id === row['order_id'] &&
        said.amount === row['amount'] &&
        said.owed === row['owed'];
      if (!agrees) return { device_seq: integer(row, 'device_seq'), fault: 'body' };
    }
    return null;
  }

  /** As `fault`, from the first document on that has not left yet: what is looked at before it does. */
  faultOfPending(deviceId: string): ChainFault | null {
    const first = this.#db
      .prepare("SELECT min(device_seq) AS seq FROM till_document WHERE device_id = ? AND state = 'pending'")
      .get(deviceId);
    if (first === undefined || first['seq'] === null) return null;
    const before = integer(first, 'seq') - 1;
    const row = this.#db
      .prepare('SELECT digest FROM till_document WHERE device_id = ? AND device_seq = ?')
      .get(deviceId, before);
    return this.fault(deviceId, row === undefined ? undefined : { seq: before, digest: text(row, 'digest') });
  }

  /** Documents that wait, oldest first, below a row that must not leave; within a number of bytes, one at least. */
  pending(deviceId: string, limit: number, bytesMax: number, below: number | null): OfflineDocument[] {
    const rows = this.#db
      .prepare(
        `SELECT digest, body FROM till_document
         WHERE device_id = ? AND state = 'pending' AND device_seq < ? ORDER BY device_seq LIMIT ?`,
      )
      .iterate(deviceId, below ?? Number.MAX_SAFE_INTEGER, limit);
    const documents: OfflineDocument[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += Buffer.byteLength(text(row, 'body'));
      if (bytes > bytesMax && documents.length > 0) break;
      const document = documentOf(row);
      if (document === null) throw new Error('a document that cannot be read');
      documents.push(document);
    }
    return documents;
  }

  settle(
    document: { device_id: string; device_seq: number },
    state: 'taken' | 'refused',
    detail: string | null,
    atMs: number,
  ): void {
    this.#db
      .prepare(
        'UPDATE till_document SET state = ?, detail = ?, settled_at = ? WHERE device_id = ? AND device_seq = ?',
      )
      .run(state, detail, atMs, document.device_id, document.device_seq);
  }

  /** The edge misses these, or everything is to be sent again. Answers how many wait anew. */
  sendAgain(deviceId: string, seqs: readonly number[] | 'all'): number {
    const all = seqs === 'all';
    const { changes } = this.#db
      .prepare(
        `UPDATE till_document SET state = 'pending', detail = NULL, settled_at = NULL
         WHERE device_id = ? AND state <> 'pending' AND (? = 1 OR device_seq IN (SELECT value FROM json_each(?)))`,
      )
      .run(deviceId, all ? 1 : 0, JSON.stringify(all ? [] : seqs));
    return Number(changes);
  }

  /** Forgets the oldest documents of each device that the edge has had for long; the chain begins after them. */
  forgetTakenBefore(atMs: number): void {
    for (const deviceId of this.devices()) {
      const kept = this.#db
        .prepare(
          `SELECT min(device_seq) AS seq FROM till_document
           WHERE device_id = ? AND (state <> 'taken' OR settled_at >= ?)`,
        )
        .get(deviceId, atMs);
      const first =
        kept === undefined || kept['seq'] === null ? this.end(deviceId).seq + 1 : integer(kept, 'seq');
      const last = this.#db
        .prepare('SELECT digest FROM till_document WHERE device_id = ? AND device_seq = ?')
        .get(deviceId, first - 1);
      if (last === undefined) continue;
      this.#db
        .prepare('UPDATE till_chain SET start_seq = ?, start_digest = ? WHERE device_id = ?')
        .run(first - 1, text(last, 'digest'), deviceId);
      this.#db
        .prepare('DELETE FROM till_document WHERE device_id = ? AND device_seq < ?')
        .run(deviceId, first);
    }
  }

  #chain(deviceId: string): Row | undefined {
    return this.#db.prepare('SELECT * FROM till_chain WHERE device_id = ?').get(deviceId);
  }
}

function documentOf(row: Row): OfflineDocument | null {
  try {
    const body: unknown = JSON.parse(text(row, 'body'));
    const parsed = OfflineDocument.safeParse({ ...Object(body), digest: text(row, 'digest') });
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function columnsOf(document: OfflineDocument) {
  const { tx_id, kind, order_id = null } = document;
  const amount = document.kind === 'sale' ? document.totals.total : 0;
  const owed = document.kind === 'sale' ? amount - paidOf(document.payments) : 0;
  return { tx_id, kind, order_id, amount, owed };
}

const chainRowOf = (row: Row): ChainRow => ({
  device_seq: integer(row, 'device_seq'),
  previous: text(row, 'previous'),
  digest: text(row, 'digest'),
  body: text(row, 'body'),
});

const STATES = new Map<string, KeptDocument['state']>([
  ['pending', 'pending'],
  ['taken', 'taken'],
  ['refused', 'refused'],
]);

function keptOf(row: Row): KeptDocument {
  const state = STATES.get(text(row, 'state'));
  if (state === undefined) throw new Error('a document in no state');
  return {
    device_id: text(row, 'device_id'),
    device_seq: integer(row, 'device_seq'),
    tx_id: text(row, 'tx_id'),
    kind: text(row, 'kind') === 'sale' ? 'sale' : 'void',
    order_id: textOrNull(row, 'order_id'),
    state,
    detail: textOrNull(row, 'detail'),
  };
}
