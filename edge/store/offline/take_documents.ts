import { canonicalJson } from '../../../shared/offline/canonical.ts';
import { digestOf } from '../../../shared/offline/chain.ts';
import type { OfflineDocument, OfflineSale } from '../../../shared/offline/document.ts';
import { sha256Hex } from '../../../shared/offline/sha256.ts';
import type { UploadAnswer, UploadResult } from '../../../shared/offline/wire.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Uploaded } from '../../../shared/rpc/agents.ts';
import { raiseIncident } from '../incidents.ts';
import { type Scope, wakeBy } from '../scope.ts';
import { first } from '../sql.ts';
import { faultsOf } from './check_document.ts';
import { documentAt, documentNamed, keepDocument, missingOf } from './documents.ts';
import { recordNumber } from './leases.ts';
import { sellDocument } from './sell_document.ts';
import { GAP_GRACE_MS } from './tell_gaps.ts';

type Verdict = Pick<UploadResult, 'status' | 'order_id' | 'detail'>;

/** One call's documents. A conflict of one that came alone is a refusal: a repeat of the call runs again. */
export function takeUpload(
  scope: Scope,
  agent: string,
  uploaded: readonly Uploaded[],
): Result<UploadAnswer, { code: 'conflict'; results: UploadResult[] }> {
  const results = takeDocuments(scope, agent, uploaded);
  const alone = results.length === 1 && results[0]?.status === 'conflict';
  return alone ? err({ code: 'conflict', results }) : ok({ results });
}

/**
 * Takes what tills sold by themselves, each document once by (device, sequence number) and digest, in the
 * caller's transaction. Answers each in the order given.
 */
export function takeDocuments(scope: Scope, agent: string, uploaded: readonly Uploaded[]): UploadResult[] {
  const verdicts = uploaded.map((one) => ({
    ...one.place,
    ...('document' in one ? takeDocument(scope, agent, one.document) : unreadable(scope, one)),
  }));
  const results = verdicts.map((verdict) => ({
    ...verdict,
    missing: missingOf(scope.sql, verdict.device_id),
  }));
  if (results.some(({ missing }) => missing.length > 0)) wakeBy(scope.after, scope.now + GAP_GRACE_MS);
  return results;
}

function takeDocument(scope: Scope, agent: string, document: OfflineDocument): Verdict {
  const { sql, config } = scope;
  const { device_id, device_seq, digest } = document;
  if (document.store_id !== config.store_id || document.retailer_id !== config.retailer_id)
    return { status: 'invalid', detail: 'it is of another store' };
  if (!isOurDevice(scope, device_id)) return { status: 'invalid', detail: 'no till of this store sold it' };
  const content = digestOf(document);
  if (content !== digest) return refused(scope, document, content, 'its digest is not its own');

  const known = documentAt(sql, device_id, device_seq);
  if (known?.digest === digest) {
    if (known.standing === 'quarantined') return { status: 'quarantined' };
    return { status: 'duplicate', ...(document.kind === 'sale' ? { order_id: document.order_id } : {}) };
  }
  const rival = known === null ? rivalOf(scope, document) : `another document stands at ${device_seq}`;
  if (rival !== null) return conflict(scope, document, rival);

  const faults = faultsOf(sql, document, config.currency);
  if (faults.length > 0) return quarantined(scope, agent, document, faults);
  if (document.kind === 'void') {
    keepDocument(scope, agent, document, 'accepted');
    voidNumbers(scope, document.tx_id, document);
    return { status: 'accepted' };
  }
  const twin = twinOf(scope, document);
  keepDocument(scope, agent, document, twin === null ? 'accepted' : 'suspected_duplicate');
  sellDocument(scope, document);
  const { order_id, number } = document;
  if (twin === null) return { status: 'accepted', order_id };
  raiseIncident(scope, 'suspected_duplicate', { order_id, number: number.text, device_id, ...twin });
  return { status: 'suspected_duplicate', order_id };
}

/** A till of the store, or one that was when it was given numbers. */
const isOurDevice = ({ sql, config }: Scope, device_id: string): boolean =>
  config.devices.some(({ id, kind }) => id === device_id && (kind === 'kiosk' || kind === 'agent')) ||
  first(sql, 'SELECT 1 AS found FROM register WHERE device_id = ?', device_id) !== null;

/** What already bears a name that this document claims for itself, in words, or null. */
function rivalOf({ sql }: Scope, document: OfflineDocument): string | null {
  const sale = document.kind === 'sale' ? document : null;
  if (documentNamed(sql, { tx_id: document.tx_id, order_id: sale?.order_id ?? null }) !== null)
    return 'its transaction or order stands in another place';
  if (sale === null) return null;
  const order = first(
    sql,
    'SELECT 1 AS found FROM orders WHERE order_id = ? OR basket_id = ?',
    sale.order_id,
    sale.basket_id,
  );
  if (order !== null) return 'an order with its id is there';
  const number = first(
    sql,
    `SELECT 1 AS found FROM leased_number WHERE device_id = ? AND epoch = ? AND value = ? AND record <> 'void'`,
    sale.device_id,
    sale.number.epoch,
    sale.number.value,
  );
  return number === null ? null : `another sale bears the number ${sale.number.text}`;
}

/** Remembers the sale's payment references. Another order that named one of them is this sale's twin. */
function twinOf({ sql }: Scope, sale: OfflineSale): { reference: string; twin: string } | null {
  let found: { reference: string; twin: string } | null = null;
  for (const payment of sale.payments) {
    if (payment.method === 'cash') continue;
    const { method, reference } = payment;
    const key = payment.method === 'card_terminal' ? `${payment.terminal_id} ${reference}` : reference;
    const [row] = sql.exec<{ order_id: string }>(
      `INSERT INTO offline_reference (reference, order_id) VALUES (?, ?)
       ON CONFLICT (reference) DO UPDATE SET order_id = order_id RETURNING order_id`,
      `${method} ${key}`,
      sale.order_id,
    );
    if (row !== undefined && row.order_id !== sale.order_id) found ??= { reference, twin: row.order_id };
  }
  return found;
}

function voidNumbers(
  scope: Scope,
  subject: string,
  range: { device_id: string; epoch: number; from: number; to: number },
): void {
  const { device_id, epoch, from, to } = range;
  for (let value = from; value <= to; value++)
    recordNumber(scope, { device_id, epoch, value }, 'void', subject);
}

/** Keeps its place and its number, and nothing else, until staff have looked at it. */
function quarantined(scope: Scope, agent: string, document: OfflineDocument, faults: string[]): Verdict {
  const detail = faults.join('; ').slice(0, DETAIL_CHARACTERS_MAX);
  keepDocument(scope, agent, document, 'quarantined');
  if (document.kind === 'sale') {
    const { number, device_id, tx_id } = document;
    recordNumber(scope, { device_id, epoch: number.epoch, value: number.value }, 'quarantined', tx_id);
  }
  raiseIncident(scope, 'offline_quarantined', { ...factsOf(document), why: detail });
  return { status: 'quarantined', detail };
}

const DETAIL_CHARACTERS_MAX = 1_000;

/** What stands under the document's names stays as it is; the document is kept beside it, once. */
function conflict(scope: Scope, document: OfflineDocument, why: string): Verdict {
  const original = documentAt(scope.sql, document.device_id, document.device_seq)?.order_id ?? '';
  keepRefused(scope, document, document.digest, () =>
    raiseIncident(scope, 'offline_conflict', { ...factsOf(document), why, original }),
  );
  return { status: 'conflict', detail: why };
}

function refused(scope: Scope, document: OfflineDocument, content: string, why: string): Verdict {
  keepRefused(scope, document, content, () =>
    raiseIncident(scope, 'offline_invalid', { ...factsOf(document), why }),
  );
  return { status: 'invalid', detail: why };
}

/** A document of another build, or none: nobody here can read it, but it is not lost. */
function unreadable(scope: Scope, one: Extract<Uploaded, { raw: unknown }>): Verdict {
  const { device_id, device_seq } = one.place;
  if (!isOurDevice(scope, device_id)) return { status: 'invalid', detail: 'no till of this store sold it' };
  const text = canonicalJson(one.raw);
  keepRefused(
    scope,
    one.place,
    sha256Hex(text),
    () =>
      raiseIncident(scope, 'offline_invalid', { device_id, device_seq: String(device_seq), why: one.why }),
    text,
  );
  return { status: 'invalid', detail: one.why };
}

/** The same again is kept once and raises nothing more. */
function keepRefused(
  { sql, now }: Scope,
  document: { device_id: string; device_seq: number },
  fingerprint: string,
  raise: () => string,
  text = JSON.stringify(document),
): void {
  const { device_id, device_seq } = document;
  const known = first(
    sql,
    'SELECT 1 AS found FROM offline_refused WHERE device_id = ? AND device_seq = ? AND fingerprint = ?',
    device_id,
    device_seq,
    fingerprint,
  );
  if (known !== null) return;
  sql.exec(
    'INSERT INTO offline_refused (device_id, device_seq, fingerprint, incident_id, document, at) VALUES (?, ?, ?, ?, ?, ?)',
    device_id,
    device_seq,
    fingerprint,
    raise(),
    text,
    now,
  );
}

/** What staff must know of a document that became no order. */
function factsOf(document: OfflineDocument): Record<string, string> {
  const { device_id, device_seq } = document;
  const place = { device_id, device_seq: String(device_seq) };
  if (document.kind === 'void') return place;
  const { order_id, number, totals, currency, completed_at } = document;
  return {
    ...place,
    offered_order: order_id,
    number: number.text,
    total: String(totals.total),
    currency,
    completed_at,
  };
}
