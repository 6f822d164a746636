import { err, ok, type Result } from '../result.ts';
import { availableMinor, availableUnits, type Book, saleSign, unitsOf } from './book.ts';
import { clearOldestFirst, type Debt, owedAfterAdvance } from './debts.ts';

/** One payment on an account. `amount` and `captured` are minor units, the others units of the account. */
export interface Hold {
  payment_id: string;
  /** What was asked for; `amount` is what was there. */
  asked: number;
  amount: number;
  units: number;
  state: 'held' | 'captured' | 'released' | 'voided' | 'declined';
  reason: string | null;
  captured: number;
  captured_units: number;
  /** Minor units given back, over all refunds, and what that put on the account. */
  returned: number;
  returned_units: number;
}

export interface Returned {
  refund_id: string;
  payment_id: string;
  amount: number;
  /** What the shop has to give by hand: the part of a credit sale that was paid for already. */
  payout: number;
}

export type EntryKind = 'opening' | 'top_up' | 'repayment' | 'adjustment' | 'sale' | 'refund' | 'void';
/** One line of the journal; it is known by `entry_id` and never changes. */
export interface Entry {
  entry_id: string;
  kind: EntryKind;
  /** What it adds to the balance. */
  units: number;
  payment_id: string | null;
}

/** All that follows from a decision, to be written at once; nothing where it was made before. */
export interface Change {
  hold?: Hold;
  entry?: Entry;
  returned?: Returned;
  /** Debts as they stand then; of an unknown `entry_id` a new one. */
  debts?: Debt[];
}

export type LedgerRefusal =
  /** The same key came before with another amount. */
  | { code: 'key_reuse' }
  | { code: 'not_found' }
  | { code: 'amount_too_large' }
  | { code: 'not_captured' }
  | { code: 'insufficient_funds' }
  | { code: 'wrong_kind' };

type Decision<T> = Result<{ value: T; change: Change }, LedgerRefusal>;
const same = <T>(value: T): Decision<T> => ok({ value, change: {} });

/** Sets money aside for a payment. `partial`: what is there will do. What is refused is remembered too. */
export function hold(
  book: Book,
  known: Hold | null,
  { payment_id, amount, partial }: { payment_id: string; amount: number; partial: boolean },
): Decision<Hold> {
  // A payment that was called off before it came keeps no amount.
  if (known !== null)
    return known.asked === amount || known.asked === 0 ? same(known) : err({ code: 'key_reuse' });
  const available = availableMinor(book);
  const taken = available >= amount ? amount : partial ? available : 0;
  const declined = (reason: string): Decision<Hold> => written(blank(payment_id, amount, 'declined', reason));
  if (book.status === 'blocked') return declined('blocked');
  if (taken === 0) return declined('insufficient_funds');
  return written({
    ...blank(payment_id, amount, 'held', null),
    amount: taken,
    units: unitsOf(book, taken),
  });
}

/** Takes `amount` of what is held; the rest is free again. Once: a second call changes nothing. */
export function capture(
  book: Book,
  known: Hold | null,
  debts: readonly Debt[],
  amount: number,
): Decision<Hold> {
  if (known === null) return err({ code: 'not_found' });
  if (known.state !== 'held') return same(known);
  if (amount < 1 || amount > known.amount) return err({ code: 'amount_too_large' });
  const units = amount === known.amount ? known.units : unitsOf(book, amount);
  const taken: Hold = { ...known, state: 'captured', captured: amount, captured_units: units };
  const entry = entryOf('sale', known.payment_id, saleSign(book) * units, known.payment_id);
  return ok({ value: taken, change: { hold: taken, entry, ...debtsAfter(book, debts, entry) } });
}

/**
 * Calls a payment off. What was held is free; what was taken goes back whole, as if the sale had never been. One
 * that never came is remembered, so that a late request for it finds the door shut.
 */
export function release(
  book: Book,
  known: Hold | null,
  debts: readonly Debt[],
  payment_id: string,
): Decision<Hold> {
  if (known === null) return written(blank(payment_id, 0, 'released', null));
  if (known.state === 'held') return written({ ...known, state: 'released' });
  if (known.state !== 'captured') return same(known);
  const voided: Hold = {
    ...known,
    state: 'voided',
    returned: known.captured,
    returned_units: known.captured_units,
  };
  if (known.returned === known.captured) return written(voided);
  const { units, change } = giveBack(book, known, debts, known.captured - known.returned);
  const entry = entryOf('void', payment_id, units, payment_id);
  return ok({ value: voided, change: { hold: voided, entry, ...change } });
}

/**
 * Gives a part of what was taken back, once a `refund_id`. Of a sale on credit what is still owed is taken off
 * first; only the rest is the customer's, and is paid out by other means (`payout`).
 */
export function refund(
  book: Book,
  known: Hold | null,
  earlier: Returned | null,
  debts: readonly Debt[],
  { refund_id, payment_id, amount }: { refund_id: string; payment_id: string; amount: number },
): Decision<Returned> {
  if (earlier !== null)
    return earlier.amount === amount && earlier.payment_id === payment_id
      ? same(earlier)
      : err({ code: 'key_reuse' });
  if (known === null) return err({ code: 'not_found' });
  if (known.state !== 'captured') return err({ code: 'not_captured' });
  if (amount < 1 || known.returned + amount > known.captured) return err({ code: 'amount_too_large' });

  const own = debts.find(({ entry_id }) => entry_id === `sale.${payment_id}`);
  const owed = book.kind === 'credit' ? Math.min(own?.owed ?? 0, amount) : 0;
  const units = book.kind === 'credit' ? -owed : unitsBack(known, amount);
  const returned: Returned = {
    refund_id,
    payment_id,
    amount,
    payout: book.kind === 'credit' ? amount - owed : 0,
  };
  const after: Hold = {
    ...known,
    returned: known.returned + amount,
    returned_units: known.returned_units + Math.abs(units),
  };
  const reduced = own === undefined || owed === 0 ? [] : [{ ...own, owed: own.owed - owed }];
  return ok({
    value: returned,
    change: {
      hold: after,
      returned,
      debts: reduced,
      ...(units === 0 ? {} : { entry: entryOf('refund', refund_id, units, payment_id) }),
    },
  });
}

/**
 * Money or points that come or go by other ways than a payment: an opening, a top-up, a repayment, an adjustment.
 * `units` is what happens to the balance.
 */
export function post(
  book: Book,
  earlier: Entry | null,
  debts: readonly Debt[],
  entry: Entry,
): Decision<Entry> {
  if (earlier !== null)
    return earlier.units === entry.units && earlier.kind === entry.kind
      ? same(earlier)
      : err({ code: 'key_reuse' });
  if (entry.kind === 'top_up' && book.kind === 'credit') return err({ code: 'wrong_kind' });
  if (entry.kind === 'repayment' && book.kind !== 'credit') return err({ code: 'wrong_kind' });
  const taken = saleSign(book) * entry.units;
  if (taken > availableUnits(book)) return err({ code: 'insufficient_funds' });
  return ok({ value: entry, change: { entry, ...debtsAfter(book, debts, entry) } });
}

function debtsAfter(book: Book, debts: readonly Debt[], entry: Entry): Pick<Change, 'debts'> {
  if (book.kind !== 'credit') return {};
  if (entry.units < 0) return { debts: clearOldestFirst(debts, -entry.units) };
  return { debts: [{ entry_id: entry.entry_id, owed: owedAfterAdvance(book.balance, entry.units) }] };
}

/** What a sale still owes is dropped; what was paid for it pays for other sales. */
function giveBack(
  book: Book,
  known: Hold,
  debts: readonly Debt[],
  amount: number,
): { units: number; change: Pick<Change, 'debts'> } {
  if (book.kind !== 'credit') return { units: unitsBack(known, amount), change: {} };
  const id = `sale.${known.payment_id}`;
  const own = debts.find(({ entry_id }) => entry_id === id);
  const owed = Math.min(own?.owed ?? 0, amount);
  const others = clearOldestFirst(
    debts.filter(({ entry_id }) => entry_id !== id),
    amount - owed,
  );
  const reduced = own === undefined ? [] : [{ ...own, owed: own.owed - owed }];
  return { units: -amount, change: { debts: [...reduced, ...others] } };
}

/** In proportion over all refunds together: whoever gets all her money back gets all her points back. */
function unitsBack(known: Hold, amount: number): number {
  const whole = BigInt(known.returned + amount) * BigInt(known.captured_units);
  return Number(whole / BigInt(known.captured)) - known.returned_units;
}

const written = (value: Hold): Decision<Hold> => ok({ value, change: { hold: value } });

const entryOf = (
  kind: 'sale' | 'void' | 'refund',
  key: string,
  units: number,
  payment_id: string,
): Entry => ({
  entry_id: `${kind}.${key}`,
  kind,
  units,
  payment_id,
});

const blank = (payment_id: string, asked: number, state: Hold['state'], reason: string | null): Hold => ({
  payment_id,
  asked,
  amount: 0,
  units: 0,
  state,
  reason,
  captured: 0,
  captured_units: 0,
  returned: 0,
  returned_units: 0,
});
