import type { StoreEvent } from '../../shared/events/index.ts';
import type { RecordedRefund, RecordRefund, RefundTrouble } from '../../shared/rpc/refunds.ts';
import { saleOf } from './commit_sale.ts';
import { raiseIncident } from './incidents.ts';
import { returnItems } from './offline/return_items.ts';
import { appendEvent } from './outbox.ts';
import { poslogFacts, poslogNumber } from './poslog_number.ts';
import { returnQuotas } from './quota.ts';
import { iso, type Scope } from './scope.ts';
import { allocate } from './series.ts';
import { first } from './sql.ts';
import { returnStock } from './stock.ts';

const NUMBER_DIGITS = 6;
/** Apart from every order's number at a glance. */
const NUMBER_PREFIX = 'R';

type Told = { told_at: string; told_status: string; answer: string | null };

/**
 * Takes a refund as it stands. With its success it gets a number of its own series, the goods that are physically back
 * are for sale again and gates alarm for them; all of it once. The cloud hears of every step.
 */
export function recordRefund(scope: Scope, told: RecordRefund): RecordedRefund {
  const { refund, order_id, order_number, payment_status, refund_status } = told;
  const known = first<Told>(
    scope.sql,
    'SELECT told_at, told_status, answer FROM refund WHERE refund_id = ?',
    refund.id,
  );
  if (known !== null && known.answer !== null) return JSON.parse(known.answer);
  const nothing = { number: null, credit_note_number: null, recorded_at: iso(scope.now), returned: [] };
  const isNew =
    known === null ||
    refund.updated_at > known.told_at ||
    (refund.updated_at === known.told_at && refund.status !== known.told_status);
  if (!isNew) return nothing;
  scope.sql.exec(
    `INSERT INTO refund (refund_id, order_id, told_at, told_status) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (refund_id) DO UPDATE SET told_at = ?3, told_status = ?4`,
    ...[refund.id, order_id, refund.updated_at, refund.status],
  );
  const answer = refund.status === 'succeeded' ? succeed(scope, told) : nothing;
  const { number, credit_note_number } = answer;
  appendEvent(scope, {
    type: EVENT_OF[refund.status],
    data: {
      refund: { ...refund, number, credit_note_number },
      order: { order_id, number: order_number, payment_status, refund_status },
      ...(refund.status === 'succeeded' ? poslogOf(scope, told) : {}),
    },
  });
  return answer;
}

const EVENT_OF = {
  requested: 'refund.created',
  approved: 'refund.created',
  created: 'refund.created',
  processing: 'refund.created',
  succeeded: 'refund.succeeded',
  partially_succeeded: 'refund.failed',
  rejected: 'refund.failed',
  failed: 'refund.failed',
} as const;

function succeed(
  scope: Scope,
  { refund, order_id, returned_epcs, credit_note, goods = [] }: RecordRefund,
): RecordedRefund {
  const number = allocate(scope, 'refund');
  const credit = credit_note ? allocate(scope, 'credit_note') : null;
  const { returned } = returnItems(scope, { order_id, epcs: returned_epcs });
  if (goods.length > 0) returnStock(scope, { refund_id: refund.id, goods });
  returnQuotas(scope, order_id, goods);
  const answer: RecordedRefund = {
    number: `${NUMBER_PREFIX}${padded(number.value)}`,
    credit_note_number: credit === null ? null : padded(credit.value),
    recorded_at: iso(scope.now),
    returned,
  };
  scope.sql.exec(
    `UPDATE refund SET number_epoch = ?, number_value = ?, credit_epoch = ?, credit_value = ?, answer = ?
     WHERE refund_id = ?`,
    ...[number.epoch, number.value, credit?.epoch ?? null, credit?.value ?? null],
    ...[JSON.stringify(answer), refund.id],
  );
  return answer;
}

/** Its own POSLog number and that of the sale it takes back; nothing where the sale has none, as of older builds. */
function poslogOf(
  scope: Scope,
  { refund, order_id }: RecordRefund,
): Pick<Extract<StoreEvent, { type: 'refund.succeeded' }>['data'], 'poslog' | 'original'> {
  const row = first<{ answer: string }>(scope.sql, 'SELECT answer FROM sale WHERE order_id = ?', order_id);
  const sale = row === null ? null : saleOf(row.answer);
  if (sale === null || sale.poslog === null || sale.business_date === null) return {};
  const number = poslogNumber(scope, { order_id, purpose: `refund:${refund.id}` });
  const poslog = poslogFacts(scope, number, { began: Date.parse(refund.created_at), ended: scope.now });
  const { workstation, number: sold } = sale.poslog;
  const { store_code } = poslog;
  return { poslog, original: { store_code, workstation, number: sold, business_date: sale.business_date } };
}

const padded = (value: number): string => String(value).padStart(NUMBER_DIGITS, '0');

/** Keeps trouble with money on its way back for staff, once. */
export function recordRefundTrouble(scope: Scope, { kind, ...detail }: RefundTrouble): void {
  const { leg_refund_id } = detail;
  const known = first(
    scope.sql,
    'SELECT 1 AS found FROM refund_trouble WHERE kind = ? AND leg_refund_id = ?',
    kind,
    leg_refund_id,
  );
  if (known !== null) return;
  scope.sql.exec(
    'INSERT INTO refund_trouble (kind, leg_refund_id, at) VALUES (?, ?, ?)',
    kind,
    leg_refund_id,
    scope.now,
  );
  raiseIncident(scope, kind, detail);
}
