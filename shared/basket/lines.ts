import { LINE_QUANTITY_MAX } from '../api/basket.ts';
import type { Item } from '../catalog/item.ts';
import { type LineId, LineId as LineIdSchema } from '../ids/index.ts';
import { err, ok, type Result } from '../result.ts';
import type { LineCharge } from './charge.ts';
import { BASKET_LINES_MAX, BASKET_UNITS_MAX } from './limits.ts';

/** A deposit and an add-on belong to another line and move with it. */
export type LineKind = 'item' | 'addon' | 'deposit';

/** What staff made a unit cost, in minor units, and why. The price before stays with the line. */
export interface PriceOverride {
  unit_price: number;
  reason: string;
}

/** What the rules need to know of a line. `item` is the snapshot that was taken when it was scanned. */
export interface HeldLine {
  line_id: string;
  item: Item;
  quantity: number;
  epc: string | null;
  /** Absent or null: the shelf's price, and a quantity that may change. */
  charge?: LineCharge | null | undefined;
  /** Absent: `item`. */
  kind?: LineKind | undefined;
  /** Of an add-on or a deposit: the line it belongs to, and how many of it stand for one unit of that. */
  parent_line_id?: string | null | undefined;
  per_parent?: number | null | undefined;
  override?: PriceOverride | null | undefined;
}

/** A line of a basket as it is kept; `n` counts the lines that the basket ever had. */
export interface PlacedLine extends HeldLine {
  n: number;
  line_id: LineId;
  gtin: string | null;
  charge: LineCharge | null;
  parent_line_id?: LineId | null | undefined;
  /** What the shopper asked for beside it: the name on a shirt, how a steak is done. */
  note?: string | null | undefined;
  /** How many the store's count had left when the item was scanned last; null or absent: not counted. */
  available?: number | null | undefined;
}

export const lineId = (n: number): LineId => LineIdSchema.parse(`lin_${n}`);

/** The store's own bounds of a basket, beside those of `limits.ts`; 0 units an item: none. */
export interface BasketLimits {
  max_quantity_per_item: number;
  max_lines: number;
  /** Whether more than the store's count has left may be in the basket. */
  blocks_on_stock?: boolean;
}
const NO_LIMITS: BasketLimits = { max_quantity_per_item: 0, max_lines: BASKET_LINES_MAX };

export interface Scanned {
  item: Item;
  epc: string | null;
  quantity: number;
  charge?: LineCharge | null;
  /** How many the store's count has left; null or absent: not counted. */
  available?: number | null | undefined;
}

type AddRefusal = {
  code:
    | 'epc_in_basket'
    | 'unit_in_basket'
    | 'quantity_limit'
    | 'quantity_fixed'
    | 'basket_full'
    | 'out_of_stock';
};
type ChangeRefusal = { code: 'not_found' | 'quantity_limit' | 'quantity_fixed' | 'out_of_stock' };

/** A new line, or an untagged one that grows to `quantity`. */
type Addition = { kind: 'new'; quantity: number } | { kind: 'merge'; line_id: string; quantity: number };

/**
 * Where a scanned thing goes. Untagged units of one item at the shelf's price share a line; every tag and every
 * labelled unit has a line of its own with quantity one. An item's own limit counts over all lines of the basket.
 */
export function addition(
  lines: readonly HeldLine[],
  scanned: Scanned,
  limits: BasketLimits = NO_LIMITS,
): Result<Addition, AddRefusal> {
  const { item, epc, quantity, charge = null } = scanned;
  if (epc !== null && lines.some((line) => line.epc === epc)) return err({ code: 'epc_in_basket' });
  if (lines.some((line) => isSameUnit(line, item, charge))) return err({ code: 'unit_in_basket' });
  const isOneOfAKind = epc !== null || charge !== null;
  if (isOneOfAKind && quantity !== 1) return err({ code: 'quantity_fixed' });
  const full = roomFor(lines, scanned, limits);
  if (full !== null) return err(full);
  const same = isOneOfAKind || standsAlone(item) ? undefined : lines.find((line) => sharesLine(line, item));
  if (same !== undefined) {
    const grown = same.quantity + quantity;
    if (grown > LINE_QUANTITY_MAX) return err({ code: 'quantity_limit' });
    return ok({ kind: 'merge', line_id: same.line_id, quantity: grown });
  }
  if (quantity > LINE_QUANTITY_MAX) return err({ code: 'quantity_limit' });
  const own = lines.filter(({ kind }) => kind !== 'deposit').length;
  if (own >= Math.min(BASKET_LINES_MAX, limits.max_lines)) return err({ code: 'basket_full' });
  return ok({ kind: 'new', quantity });
}

/**
 * The line whose quantity is set, if it may be; 0 takes it out. `quantity` is absolute. A deposit stays with its
 * line, and an add-on follows it: that one goes only by being taken out.
 */
export function change<L extends HeldLine & { available?: number | null | undefined }>(
  lines: readonly L[],
  lineId: string,
  quantity: number,
  limits: BasketLimits = NO_LIMITS,
): Result<L, ChangeRefusal> {
  const line = lines.find((one) => one.line_id === lineId);
  if (line === undefined) return err({ code: 'not_found' });
  if ((line.epc !== null || line.charge != null) && quantity > 1) return err({ code: 'quantity_fixed' });
  if (line.kind === 'deposit' || (line.kind === 'addon' && quantity > 0))
    return err({ code: 'quantity_fixed' });
  const more = quantity - line.quantity;
  if (quantity > LINE_QUANTITY_MAX || (more > 0 && exceeds(lines, line.item, more, limits))) {
    return err({ code: 'quantity_limit' });
  }
  if (more > 0 && runsOut(lines, line.item, { more, available: line.available, limits }))
    return err({ code: 'out_of_stock' });
  return ok(line);
}

/** Why the basket takes no more of a thing, or null. Limits come before the stock: a limit stays, stock comes back. */
export function roomFor(
  lines: readonly HeldLine[],
  { item, quantity, available }: Scanned,
  limits: BasketLimits = NO_LIMITS,
): { code: 'quantity_limit' | 'out_of_stock' } | null {
  if (exceeds(lines, item, quantity, limits)) return { code: 'quantity_limit' };
  return runsOut(lines, item, { more: quantity, available, limits }) ? { code: 'out_of_stock' } : null;
}

/** What is chosen beside it makes each piece its own thing. */
export const standsAlone = (item: Item): boolean => item.kind === 'with_addons';

const sharesLine = (line: HeldLine, item: Item): boolean =>
  line.epc === null &&
  line.charge == null &&
  line.override == null &&
  (line.kind ?? 'item') === 'item' &&
  line.item.id === item.id;

const isSameUnit = (line: HeldLine, item: Item, charge: LineCharge | null): boolean =>
  charge?.serial !== undefined && line.charge?.serial === charge.serial && line.item.id === item.id;

/** The units of a pack are priced one by one, so they count one by one where the whole basket is bounded. */
const unitsIn = (lines: readonly HeldLine[]): number =>
  lines.reduce(
    (sum, { kind, item, quantity }) => sum + (kind === 'deposit' ? 0 : unitsOf(item, quantity)),
    0,
  );
const unitsOf = (item: Item, quantity: number): number => quantity * (item.units_per_pack ?? 1);

/** Units of one item over all lines. */
export const heldOf = (lines: readonly HeldLine[], itemId: string): number =>
  lines
    .filter((line) => line.item.id === itemId && line.kind !== 'deposit')
    .reduce((sum, line) => sum + line.quantity, 0);

function exceeds(lines: readonly HeldLine[], item: Item, more: number, limits: BasketLimits): boolean {
  if (unitsIn(lines) + unitsOf(item, more) > BASKET_UNITS_MAX) return true;
  const most = [item.max_quantity, limits.max_quantity_per_item || undefined];
  const own = heldOf(lines, item.id);
  return most.some((limit) => limit !== undefined && own + more > limit);
}

const runsOut = (
  lines: readonly HeldLine[],
  item: Item,
  wanted: { more: number; available: number | null | undefined; limits: BasketLimits },
): boolean =>
  wanted.limits.blocks_on_stock === true &&
  wanted.available != null &&
  heldOf(lines, item.id) + wanted.more > wanted.available;
