import type { z } from 'zod';
import type { CreateRefund, Refund, RefundPreview, RefundReason } from '../../../../shared/api/refund.ts';
import { err, ok, type Result } from '../../../../shared/result.ts';
import { readMoney } from '../../promotions/form/amount.ts';
import { type Detail, unitsLeft } from '../data.ts';

export type Mode = Refund['kind'];

/** What is typed in the panel, as it is typed. */
export interface Draft {
  mode: Mode;
  /** Units by line; absent: none. */
  units: Readonly<Record<string, number>>;
  /** Lines whose goods are back on the shelf. */
  shelved: ReadonlySet<string>;
  amount: string;
  reason: z.infer<typeof RefundReason>;
  note: string;
  /** Money by payment, as typed; null: as the store spreads it. */
  split: Readonly<Record<string, string>> | null;
}

export const freshDraft = (mode: Mode): Draft => ({
  ...{ mode, units: {}, shelved: new Set<string>(), amount: '', note: '', split: null },
  reason:
    mode === 'goodwill' ? 'customer_service' : mode === 'price_adjustment' ? 'wrong_price' : 'changed_mind',
});

export type Ask = z.input<typeof CreateRefund>;
export const isGesture = (mode: Mode): boolean => mode === 'goodwill' || mode === 'price_adjustment';

/** Lines with the units of them that would come back. */
export function goodsOf(
  draft: Draft,
  order: Detail,
  refunds: readonly Refund[],
): { id: string; units: number }[] {
  if (draft.mode !== 'full' && draft.mode !== 'lines') return [];
  return order.lines.flatMap((line) => {
    const left = unitsLeft(line, refunds);
    const units = draft.mode === 'full' ? left : Math.min(left, draft.units[line.id] ?? 0);
    return units === 0 ? [] : [{ id: line.id, units }];
  });
}

/**
 * What the draft asks for, but for its split over payments; null: nothing is chosen yet; a sentence: what does not
 * fit. Where only some goods of a full refund are back on the shelf, its lines are named one by one.
 */
export function readAsk(draft: Draft, order: Detail, refunds: readonly Refund[]): Result<Ask | null, string> {
  const { mode, reason, shelved } = draft;
  const note = draft.note.trim();
  if (isGesture(mode) && note === '') return ok(null);
  const why = { reason, ...(note === '' ? {} : { note }) };
  const goods = goodsOf(draft, order, refunds);
  const back = goods.filter(({ id }) => shelved.has(id)).length;
  if (mode === 'full' && (back === 0 || back === goods.length))
    return ok({ kind: 'full', ...why, ...(back === 0 ? {} : { return_to_stock: true }) });
  if (mode === 'full' || mode === 'lines') {
    if (goods.length === 0) return ok(null);
    const lines = goods.map(({ id, units }) => ({
      ...{ line_id: id, quantity: units },
      return_to_stock: shelved.has(id),
    }));
    return ok({ kind: 'lines', ...why, lines });
  }
  if (draft.amount.trim() === '') return ok(null);
  const amount = readMoney(draft.amount, order.currency);
  if (!amount.ok) return amount;
  return amount.value === 0
    ? err('More than nothing must go back.')
    : ok({ kind: mode, ...why, amount: amount.value });
}

/** The parts over the payments as typed, which must sum to what goes back; null: as the store spreads it. */
export function readSplit(
  split: Draft['split'],
  plan: Pick<RefundPreview, 'amount' | 'payments' | 'currency'>,
  show: (minor: number) => string,
): Result<Ask['legs'] | null, string> {
  if (split === null) return ok(null);
  const legs: NonNullable<Ask['legs']> = [];
  for (const { payment_id, available } of plan.payments) {
    const typed = (split[payment_id] ?? '').trim();
    const amount = typed === '' ? ok(0) : readMoney(typed, plan.currency);
    if (!amount.ok) return amount;
    if (amount.value > available) return err(`At most ${show(available)} may go back over that payment.`);
    if (amount.value > 0) legs.push({ payment_id, amount: amount.value });
  }
  const sum = legs.reduce((total, { amount }) => total + amount, 0);
  if (sum === plan.amount) return ok(legs);
  return err(`The parts sum to ${show(sum)}, but ${show(plan.amount)} goes back.`);
}
