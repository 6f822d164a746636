import type { OfflineDocument } from '../../../shared/offline/document.ts';
import { MISSING_SHOWN_MAX } from '../../../shared/offline/wire.ts';
import type { Scope } from '../scope.ts';
import { first, type Sql, single } from '../sql.ts';

/** What is known of a place in a device's journal. */
export type KeptDocument = {
  device_seq: number;
  digest: string;
  previous: string;
  kind: 'sale' | 'void';
  standing: 'accepted' | 'suspected_duplicate' | 'quarantined';
  order_id: string | null;
};
const COLUMNS = 'device_seq, digest, previous, kind, standing, order_id';

export const documentAt = (sql: Sql, device: string, seq: number): KeptDocument | null =>
  first<KeptDocument>(
    sql,
    `SELECT ${COLUMNS} FROM offline_document WHERE device_id = ? AND device_seq = ?`,
    device,
    seq,
  );

/** The place whose document bears this transaction or order id, or null. */
export const documentNamed = (
  sql: Sql,
  names: { tx_id: string; order_id: string | null },
): KeptDocument | null =>
  first<KeptDocument>(
    sql,
    `SELECT ${COLUMNS} FROM offline_document WHERE tx_id = ? OR order_id = ?`,
    names.tx_id,
    names.order_id,
  );

/** Keeps a document in its place and moves the device's marks, in the caller's transaction. */
export function keepDocument(
  scope: Scope,
  agent: string,
  document: OfflineDocument,
  standing: KeptDocument['standing'],
): void {
  const { sql, now } = scope;
  const { device_id, device_seq } = document;
  sql.exec(
    `INSERT INTO offline_document
       (device_id, device_seq, tx_id, digest, previous, kind, standing, order_id, agent, document, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    device_id,
    device_seq,
    document.tx_id,
    document.digest,
    document.previous,
    document.kind,
    standing,
    document.kind === 'sale' && standing !== 'quarantined' ? document.order_id : null,
    agent,
    JSON.stringify(document),
    now,
  );
  sql.exec(
    `INSERT INTO offline_device (device_id, contiguous, last_seq, at) VALUES (?1, 0, ?2, ?3)
     ON CONFLICT (device_id) DO UPDATE SET last_seq = max(last_seq, ?2), at = ?3`,
    device_id,
    device_seq,
    now,
  );
  // The documents above the mark that now follow it without a gap.
  sql.exec(
    `UPDATE offline_device SET contiguous = contiguous + (
       SELECT count(*) FROM (
         SELECT device_seq - row_number() OVER (ORDER BY device_seq) AS base
         FROM offline_document AS above
         WHERE above.device_id = offline_device.device_id AND above.device_seq > offline_device.contiguous
       ) WHERE base = offline_device.contiguous
     ) WHERE device_id = ?`,
    device_id,
  );
}

/** The device's newest document that is here; 0 and null: none. */
export function lastDocument(sql: Sql, device: string): { last_seq: number; last_digest: string | null } {
  const row = first<{ device_seq: number; digest: string }>(
    sql,
    'SELECT device_seq, digest FROM offline_document WHERE device_id = ? ORDER BY device_seq DESC LIMIT 1',
    device,
  );
  return { last_seq: row?.device_seq ?? 0, last_digest: row?.digest ?? null };
}

/** The first sequence numbers of a device that never arrived although later ones did. */
export function missingOf(sql: Sql, device: string): number[] {
  const marks = first<{ contiguous: number; last_seq: number }>(
    sql,
    'SELECT contiguous, last_seq FROM offline_device WHERE device_id = ?',
    device,
  );
  if (marks === null || marks.contiguous === marks.last_seq) return [];
  return sql
    .exec<{ seq: number }>(
      `WITH RECURSIVE place (seq) AS (
         SELECT ?1 + 1 UNION ALL SELECT seq + 1 FROM place WHERE seq < min(?2, ?1 + ?4)
       )
       SELECT seq FROM place WHERE NOT EXISTS
         (SELECT 1 FROM offline_document WHERE device_id = ?3 AND device_seq = place.seq)
       ORDER BY seq LIMIT ?4`,
      marks.contiguous,
      marks.last_seq,
      device,
      MISSING_SHOWN_MAX,
    )
    .map(({ seq }) => seq);
}

/** How many documents of each standing a store holds. */
export const documentsOf = (sql: Sql): { sales: number; voids: number; quarantined: number } =>
  single(
    sql,
    `SELECT count(*) FILTER (WHERE kind = 'sale' AND standing <> 'quarantined') AS sales,
       count(*) FILTER (WHERE kind = 'void' AND standing <> 'quarantined') AS voids,
       count(*) FILTER (WHERE standing = 'quarantined') AS quarantined FROM offline_document`,
  );
