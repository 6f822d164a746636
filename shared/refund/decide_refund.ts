import type { CreateRefund, RefundLineAsk, RefundTax } from '../api/refund.ts';
import type { RefundPolicy } from '../config/refund_policy.ts';
import { LineId } from '../ids/index.ts';
import { err, ok, type Result } from '../result.ts';
import {
  amountOverLines,
  type HeldLine,
  type LineAmount,
  leftOf,
  paidShare,
  type Reprice,
  refundTaxes,
  repricedAmounts,
} from './line_amounts.ts';
import type { RefundableLine } from './refundable_lines.ts';
import {
  checkSplit,
  type LegShare,
  type RefundableLeg,
  type SpreadRefusal,
  spreadOverLegs,
} from './spread.ts';

/** What is known of the order at the moment of the decision; times in milliseconds since 1970. */
export interface RefundFacts {
  now_ms: number;
  /** Null: the sale is not committed. */
  completed_at_ms: number | null;
  lines: readonly RefundableLine[];
  /** Lines of the refunds that count, on their way or back. */
  held: readonly HeldLine[];
  /** Oldest first. */
  legs: readonly RefundableLeg[];
  policy: RefundPolicy;
  reprice: Reprice;
}

export interface RefundAsker {
  role: 'cashier' | 'manager' | 'admin';
  /** A second person has looked at it: limits do not count any more. */
  approved: boolean;
}

export interface PlannedLine extends LineAmount {
  taxes: RefundTax[];
  epcs: string[];
  return_to_stock: boolean;
}

/** What a refund will do. `requested`: it waits for a second person, and nothing is reserved. */
export interface RefundPlan {
  status: 'requested' | 'created';
  lines: PlannedLine[];
  amount: number;
  tax: number;
  legs: LegShare[];
  policy: 'paid_share' | 'reprice_remaining';
}

export type RefundRefusal =
  | SpreadRefusal
  | { code: 'not_paid' | 'refund_window_over' }
  | { code: 'not_refundable' | 'forbidden'; detail: string }
  | { code: 'quantity_refunded' | 'refund_exceeds_line'; line_id: string; left: number }
  | { code: 'invalid'; path: string; message: string };

const DAY_MS = 24 * 3_600_000;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const invalid = (path: string, message: string) => err({ code: 'invalid' as const, path, message });
const isGesture = ({ kind }: Pick<CreateRefund, 'kind'>) =>
  kind === 'goodwill' || kind === 'price_adjustment';

/**
 * Decides a refund whole: may it be asked for at all, what goes back for each line, over which payments, and whether
 * a second person must approve. The caller reserves what the plan says in the same transaction.
 */
export function decideRefund(
  facts: RefundFacts,
  ask: CreateRefund,
  asker: RefundAsker,
): Result<RefundPlan, RefundRefusal> {
  const allowed = mayAsk(facts, ask, asker);
  if (!allowed.ok) return allowed;
  const priced = linesOf(facts, ask);
  if (!priced.ok) return priced;
  const { lines, policy } = priced.value;
  const amount = sum(lines.map((line) => line.amount));
  const legs =
    ask.legs === undefined
      ? spreadOverLegs(facts.legs, amount, facts.policy.order_of_legs)
      : checkSplit(facts.legs, amount, ask.legs, facts.policy);
  if (!legs.ok) return legs;
  const tax = sum(lines.flatMap(({ taxes }) => taxes.map((level) => level.tax)));
  const status = needsApproval(facts.policy, amount, asker) ? 'requested' : 'created';
  return ok({ status, lines, amount, tax, legs: legs.value, policy });
}

function needsApproval(policy: RefundPolicy, amount: number, { role, approved }: RefundAsker): boolean {
  if (approved) return false;
  if (policy.four_eyes) return true;
  const limit =
    role === 'cashier' ? policy.cashier_limit : role === 'manager' ? policy.manager_limit : undefined;
  return limit !== undefined && amount > limit;
}

function mayAsk(
  { completed_at_ms, now_ms, policy, lines, held }: RefundFacts,
  ask: CreateRefund,
  asker: RefundAsker,
): Result<null, RefundRefusal> {
  if (completed_at_ms === null) return err({ code: 'not_paid' });
  if (isGesture(ask)) {
    if (asker.role === 'cashier') return err({ code: 'forbidden', detail: 'A manager decides that.' });
    if (ask.note === undefined || ask.note === '') return invalid('/note', 'say why');
  } else if (now_ms > completed_at_ms + policy.window_days * DAY_MS) {
    return err({ code: 'refund_window_over' });
  } else if (!policy.partial && (ask.kind !== 'full' || held.length > 0)) {
    return err({ code: 'not_refundable', detail: 'This store takes only whole orders back.' });
  }
  const left = lines.map((line) => leftOf(line, held));
  if (left.every(({ quantity, amount }) => quantity === 0 && amount === 0))
    return err({ code: 'not_refundable', detail: 'Everything went back already.' });
  return ok(null);
}

type Priced = Pick<RefundPlan, 'lines' | 'policy'>;

function linesOf(facts: RefundFacts, ask: CreateRefund): Result<Priced, RefundRefusal> {
  if (ask.kind === 'full') return everything(facts, ask);
  if (ask.kind === 'lines') return goods(facts, ask);
  if (ask.kind === 'price_adjustment' && ask.lines !== undefined)
    return adjusted(facts, ask.lines, ask.amount);
  if (ask.lines !== undefined) return invalid('/lines', 'only with lines or price_adjustment');
  if (ask.amount === undefined) return invalid('/amount', 'how much goes back');
  const { legs, lines, held } = facts;
  const available = sum(legs.map((leg) => leg.available));
  if (ask.amount > available) return err({ code: 'refund_exceeds_captured', available });
  const left = sum(lines.map((line) => leftOf(line, held).amount));
  if (ask.amount > left) return err({ code: 'refund_exceeds_captured', available: left });
  const amounts = amountOverLines(lines, held, ask.amount);
  return ok({ policy: 'paid_share', lines: amounts.map((one) => planned(facts, one, null)) });
}

function everything(facts: RefundFacts, ask: CreateRefund): Result<Priced, RefundRefusal> {
  if (ask.lines !== undefined || ask.amount !== undefined)
    return invalid(ask.lines === undefined ? '/amount' : '/lines', 'a full refund is of all that is left');
  const refused = facts.lines.find((line) => !line.refundable);
  if (refused !== undefined) return notTakenBack(refused.line_id);
  const back = { return_to_stock: ask.return_to_stock ?? false };
  const lines = facts.lines.flatMap((line) => {
    const { quantity, amount } = leftOf(line, facts.held);
    if (quantity === 0 && amount === 0) return [];
    const { share } = paidShare(line, facts.held, quantity);
    return [planned(facts, { line_id: line.line_id, quantity, share, amount }, back)];
  });
  return ok({ policy: 'paid_share', lines });
}

const notTakenBack = (line_id: string) =>
  err({ code: 'not_refundable' as const, detail: `${line_id} is not taken back.` });

/** Goods by line. An amount that staff name counts instead of the computed one, up to the line's money. */
function goods(facts: RefundFacts, ask: CreateRefund): Result<Priced, RefundRefusal> {
  if (ask.lines === undefined) return invalid('/lines', 'which goods come back');
  if (ask.amount !== undefined) return invalid('/amount', 'the lines have their amounts');
  const asked = withChildren(facts, ask.lines);
  for (const [at, one] of asked.entries()) {
    const checked = checkLine(facts, one, `/lines/${at}`);
    if (!checked.ok) return checked;
    if (one.quantity === 0) return invalid(`/lines/${at}/quantity`, 'how many come back');
  }
  if (new Set(asked.map(({ line_id }) => line_id)).size !== asked.length)
    return invalid('/lines', 'a line is named twice');
  const repriced =
    facts.policy.policy === 'reprice_remaining'
      ? repricedAmounts(facts.lines, facts.held, asked, facts.reprice)
      : null;
  const lines: PlannedLine[] = [];
  for (const one of asked) {
    const line = facts.lines.find(({ line_id }) => line_id === one.line_id);
    if (line === undefined) throw new Error('a line that was checked');
    const computed =
      repriced?.find(({ line_id }) => line_id === one.line_id) ?? paidShare(line, facts.held, one.quantity);
    const left = leftOf(line, facts.held).amount;
    const amount = one.amount ?? computed.amount;
    if (amount > left) return err({ code: 'refund_exceeds_line', line_id: one.line_id, left });
    lines.push(planned(facts, { ...one, share: computed.share, amount }, one));
  }
  return ok({ policy: repriced === null ? 'paid_share' : 'reprice_remaining', lines });
}

/** What belongs to a line (a deposit, an add-on) comes back with as many of it, unless it is named itself. */
function withChildren({ lines }: RefundFacts, asked: readonly RefundLineAsk[]): RefundLineAsk[] {
  const named = new Set<string>(asked.map(({ line_id }) => line_id));
  return asked.flatMap((one) => {
    const parent = lines.find(({ line_id }) => line_id === one.line_id);
    const children = lines.filter(
      ({ line_id, parent_line_id }) => parent_line_id === one.line_id && !named.has(line_id),
    );
    const own = children.flatMap((child): RefundLineAsk[] => {
      const quantity = Math.floor((child.quantity * one.quantity) / (parent?.quantity ?? 1));
      const line_id = LineId.parse(child.line_id);
      return quantity === 0 ? [] : [{ line_id, quantity, return_to_stock: one.return_to_stock }];
    });
    return [one, ...own];
  });
}

function checkLine(facts: RefundFacts, one: RefundLineAsk, path: string): Result<null, RefundRefusal> {
  const line = facts.lines.find(({ line_id }) => line_id === one.line_id);
  if (line === undefined) return invalid(`${path}/line_id`, 'the order has no such line');
  if (!line.refundable) return notTakenBack(line.line_id);
  const left = leftOf(line, facts.held).quantity;
  if (one.quantity > left) return err({ code: 'quantity_refunded', line_id: line.line_id, left });
  if ((one.epcs ?? []).some((epc) => epc !== line.epc))
    return invalid(`${path}/epcs`, 'not a tag of this line');
  return ok(null);
}

function adjusted(
  facts: RefundFacts,
  asked: readonly RefundLineAsk[],
  amount: number | undefined,
): Result<Priced, RefundRefusal> {
  if (amount !== undefined) return invalid('/amount', 'the lines have their amounts');
  const lines: PlannedLine[] = [];
  for (const [at, one] of asked.entries()) {
    const checked = checkLine(facts, one, `/lines/${at}`);
    if (!checked.ok) return checked;
    if (one.amount === undefined) return invalid(`/lines/${at}/amount`, 'how much goes back');
    if (one.quantity > 0 || one.return_to_stock)
      return invalid(`/lines/${at}`, 'no goods come back with a price adjustment');
    if (lines.some(({ line_id }) => line_id === one.line_id))
      return invalid('/lines', 'a line is named twice');
    const line = facts.lines.find(({ line_id }) => line_id === one.line_id);
    const left = line === undefined ? 0 : leftOf(line, facts.held).amount;
    if (one.amount > left) return err({ code: 'refund_exceeds_line', line_id: one.line_id, left });
    lines.push(planned(facts, { line_id: one.line_id, quantity: 0, share: 0, amount: one.amount }, null));
  }
  return ok({ policy: 'paid_share', lines });
}

/** `back` null: no goods move. */
function planned(
  { lines, held, policy }: RefundFacts,
  { line_id, quantity, share, amount }: LineAmount,
  back: { epcs?: string[] | undefined; return_to_stock: boolean } | null,
): PlannedLine {
  const line = lines.find((one) => one.line_id === line_id);
  if (line === undefined) throw new Error(`no line ${line_id}`);
  const own = line.epc === null || quantity === 0 ? [] : [line.epc];
  return {
    ...{ line_id, quantity, share, amount },
    taxes: refundTaxes(line, held, amount, policy.tax),
    epcs: back === null ? [] : (back.epcs ?? own),
    return_to_stock: back?.return_to_stock ?? false,
  };
}
