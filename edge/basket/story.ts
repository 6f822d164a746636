import { ReceiptDocument } from '../../shared/receipt/document.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { RefundStaff, StaffReceipt } from '../../shared/rpc/refunds.ts';
import type { StoryStep } from '../../shared/rpc/story.ts';
import type { Sql } from '../store/sql.ts';
import type { Refusal } from './port.ts';
import { refundRow } from './refund_rows.ts';
import { basketOf, iso, orderOf } from './rows.ts';
import { refuse } from './trip.ts';

/** A trip that is longer than this tells its newest part. */
const STEPS_MAX = 500;

/** Whether the trip has an order within the reach of this member of staff. */
function reaches(sql: Sql, { retailer_id, store_id }: RefundStaff): boolean {
  const basket = basketOf(sql);
  const within = store_id === null || store_id === basket.store_id;
  return orderOf(sql) !== null && within && retailer_id === basket.retailer_id;
}

/** Every step of the trip as it was written down, oldest first. */
export function storyFor(sql: Sql, staff: RefundStaff): Result<StoryStep[], Refusal> {
  if (!reaches(sql, staff)) return refuse('not_found');
  const rows = sql.exec<{ at: number; what: string; detail: string }>(
    'SELECT at, what, detail FROM (SELECT * FROM audit ORDER BY n DESC LIMIT ?) ORDER BY n',
    STEPS_MAX,
  );
  return ok(rows.map(({ at, what, detail }) => ({ at: iso(at), what, detail })));
}

/** The receipt of the sale or of one of its refunds. */
export function receiptForStaff(
  sql: Sql,
  { staff, refund_id }: StaffReceipt,
): Result<ReceiptDocument, Refusal> {
  if (!reaches(sql, staff)) return refuse('not_found');
  const kept = refund_id === null ? orderOf(sql)?.receipt : refundRow(sql, refund_id)?.receipt;
  return kept == null ? refuse('not_found') : ok(ReceiptDocument.parse(JSON.parse(kept)));
}
