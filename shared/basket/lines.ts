import { LINE_QUANTITY_MAX } from '../api/basket.ts';
import type { Item } from '../catalog/item.ts';
import { err, ok, type Result } from '../result.ts';
import type { LineCharge } from './charge.ts';
import { BASKET_LINES_MAX, BASKET_UNITS_MAX } from './limits.ts';

/** What the rules need to know of a line. `item` is the snapshot that was taken when it was scanned. */
export interface HeldLine {
  line_id: string;
  item: Item;
  quantity: number;
  epc: string | null;
  /** Absent or null: the shelf's price, and a quantity that may change. */
  charge?: LineCharge | null | undefined;
}

type AddRefusal = {
  code: 'epc_in_basket' | 'unit_in_basket' | 'quantity_limit' | 'quantity_fixed' | 'basket_full';
};
type ChangeRefusal = { code: 'not_found' | 'quantity_limit' | 'quantity_fixed' };

/** A new line, or an untagged one that grows to `quantity`. */
type Addition = { kind: 'new'; quantity: number } | { kind: 'merge'; line_id: string; quantity: number };

/**
 * Where a scanned thing goes. Untagged units of one item at the shelf's price share a line; every tag and every
 * labelled unit has a line of its own with quantity one. An item's own limit counts over all lines of the basket.
 */
export function addition(
  lines: readonly HeldLine[],
  scanned: { item: Item; epc: string | null; quantity: number; charge?: LineCharge | null },
): Result<Addition, AddRefusal> {
  const { item, epc, quantity, charge = null } = scanned;
  if (epc !== null && lines.some((line) => line.epc === epc)) return err({ code: 'epc_in_basket' });
  if (lines.some((line) => isSameUnit(line, item, charge))) return err({ code: 'unit_in_basket' });
  const isOneOfAKind = epc !== null || charge !== null;
  if (isOneOfAKind && quantity !== 1) return err({ code: 'quantity_fixed' });
  if (exceeds(lines, item, quantity)) return err({ code: 'quantity_limit' });
  const same = isOneOfAKind ? undefined : lines.find((line) => sharesLine(line, item));
  if (same !== undefined) {
    const grown = same.quantity + quantity;
    if (grown > LINE_QUANTITY_MAX) return err({ code: 'quantity_limit' });
    return ok({ kind: 'merge', line_id: same.line_id, quantity: grown });
  }
  if (quantity > LINE_QUANTITY_MAX) return err({ code: 'quantity_limit' });
  if (lines.length >= BASKET_LINES_MAX) return err({ code: 'basket_full' });
  return ok({ kind: 'new', quantity });
}

/** The line whose quantity is set, if it may be; 0 takes it out. `quantity` is absolute. */
export function change<L extends HeldLine>(
  lines: readonly L[],
  lineId: string,
  quantity: number,
): Result<L, ChangeRefusal> {
  const line = lines.find((one) => one.line_id === lineId);
  if (line === undefined) return err({ code: 'not_found' });
  if ((line.epc !== null || line.charge != null) && quantity > 1) return err({ code: 'quantity_fixed' });
  const more = quantity - line.quantity;
  if (quantity > LINE_QUANTITY_MAX || (more > 0 && exceeds(lines, line.item, more))) {
    return err({ code: 'quantity_limit' });
  }
  return ok(line);
}

const sharesLine = (line: HeldLine, item: Item): boolean =>
  line.epc === null && line.charge == null && line.item.id === item.id;

const isSameUnit = (line: HeldLine, item: Item, charge: LineCharge | null): boolean =>
  charge?.serial !== undefined && line.charge?.serial === charge.serial && line.item.id === item.id;

function exceeds(lines: readonly HeldLine[], item: Item, more: number): boolean {
  const units = (of: readonly HeldLine[]) => of.reduce((sum, line) => sum + line.quantity, 0);
  if (units(lines) + more > BASKET_UNITS_MAX) return true;
  const own = units(lines.filter((line) => line.item.id === item.id));
  return item.max_quantity !== undefined && own + more > item.max_quantity;
}
