import { packRows } from '../../shared/basket/audit.ts';
import { type PlacedLine, standsAlone } from '../../shared/basket/lines.ts';
import type { AuditedBasket } from '../../shared/basket/price.ts';
import { verificationNeed } from '../../shared/basket/verification.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { type Sql, single } from '../store/sql.ts';
import { addDuty } from './duty.ts';
import { overQuota } from './quota.ts';
import type { BasketRow, Line } from './rows.ts';
import type { Shelf } from './shelf_cache.ts';
import type { Trip } from './trip.ts';
import { followVerification } from './verification_rows.ts';

/** The lines as they were read and as they are to be; a line that is the same object is not written again. */
export interface LineChange {
  before: readonly Line[];
  after: readonly PlacedLine[];
  /** How many lines the basket ever had. */
  made: number;
  priced: AuditedBasket;
}

/**
 * Writes the lines and the price of exactly these lines, in the caller's transaction. Tags of lines that are gone are
 * freed, and what staff must look at follows. A basket that is used stays open.
 */
export function writeLines(trip: Trip, change: LineChange, shelf: Shelf, config: StoreConfig): void {
  const { sql } = trip;
  const { before, after, made } = change;
  const { rows, ...priced } = change.priced;
  const now = trip.now();
  const kept = new Map(after.map((line) => [line.n, line]));
  for (const { n, epc } of before) {
    if (kept.has(n)) continue;
    sql.exec('DELETE FROM line WHERE n = ?', n);
    if (epc !== null) addDuty(sql, 'release', epc, now);
  }
  const known = new Map(before.map((line) => [line.n, line]));
  for (const line of after) if (known.get(line.n) !== line) writeLine(sql, line);
  const { basket_id, purchase_type, revision } = single<
    Pick<BasketRow, 'basket_id' | 'purchase_type' | 'revision'>
  >(sql, 'SELECT basket_id, purchase_type, revision FROM basket');
  const need = verificationNeed(after, config.policies.basket.verification, basket_id);
  sql.exec(
    `UPDATE basket SET priced = ?, price_rows = ?, need = ?, revision = ?, lines_made = ?, shelf_version = ?, config_version = ?,
       updated_at = ?, expires_at = ?, over_quota = ?`,
    ...[JSON.stringify(priced), packRows(rows), JSON.stringify(need), revision + 1, made],
    ...[shelf.version, config.version],
    ...[now, now + ttlMs(purchase_type, config), JSON.stringify(overQuota(config, after))],
  );
  followVerification(sql, need, now);
}

/** How long a basket stays open without activity, in milliseconds. */
export const ttlMs = (purchaseType: string, { policies }: StoreConfig): number =>
  purchaseType === 'click_and_collect' ? policies.basket.click_and_collect_ttl_ms : policies.basket_ttl_ms;

function writeLine(sql: Sql, line: PlacedLine): void {
  const { kind = 'item', parent_line_id: parent, override, charge } = line;
  const alone = kind !== 'item' || override != null || standsAlone(line.item);
  sql.exec(
    `INSERT INTO line (n, item_id, item, gtin, epc, quantity, charge, kind, parent, per_parent, note, override,
       available, alone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (n) DO UPDATE SET item_id = excluded.item_id, item = excluded.item, gtin = excluded.gtin,
       quantity = excluded.quantity, per_parent = excluded.per_parent, override = excluded.override,
       available = excluded.available, alone = excluded.alone`,
    ...[line.n, line.item.id, JSON.stringify(line.item), line.gtin, line.epc, line.quantity],
    ...[charge === null ? null : JSON.stringify(charge), kind, parent == null ? null : lineNumber(parent)],
    ...[line.per_parent ?? null, line.note ?? null, override == null ? null : JSON.stringify(override)],
    ...[line.available ?? null, alone ? 1 : 0],
  );
}

const lineNumber = (lineId: string): number => Number(lineId.slice('lin_'.length));
