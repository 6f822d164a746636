import type { Deposit, Item } from '../catalog/item.ts';
import { lineId, type PlacedLine } from './lines.ts';

/** The deposit of an item as a thing that is sold: its own article or, without one, the item's. */
export function depositItem({ id, sku, category }: Item, deposit: Deposit): Item {
  return {
    id: deposit.item_id ?? id,
    sku: deposit.sku ?? sku,
    name: deposit.name,
    gtins: [],
    codes: [],
    category,
    unit_price: deposit.amount,
    tax_code: deposit.tax_code,
    sold_by: 'each',
    tagged: false,
  };
}

/**
 * The lines with all that belongs to them: whose parent is gone goes too, quantities follow the parents', and
 * every line whose item bears a deposit has one. `made` counts the lines that the basket ever had. Lines that stay
 * as they were are the same objects.
 */
export function settleChildren(
  lines: readonly PlacedLine[],
  made: number,
): { lines: PlacedLine[]; made: number } {
  let count = made;
  const settled = new Map<string, PlacedLine>();
  const deposits = new Map<string, PlacedLine>();
  // A child is younger than its parent, so one pass in the order of their numbers meets the parent first.
  for (const line of [...lines].sort((a, b) => a.n - b.n)) {
    const followed = follow(line, settled);
    if (followed === null) continue;
    settled.set(line.line_id, followed);
    if (line.kind === 'deposit' && line.parent_line_id != null) deposits.set(line.parent_line_id, followed);
  }
  for (const parent of [...settled.values()]) {
    const { deposit } = parent.item;
    if (parent.kind === 'deposit' || deposit === undefined || deposits.has(parent.line_id)) continue;
    count++;
    const child = depositOf(parent, deposit, count);
    settled.set(child.line_id, child);
  }
  return { lines: [...settled.values()].sort((a, b) => a.n - b.n), made: count };
}

/** Null: its parent is gone, or bears no deposit any more. */
function follow(line: PlacedLine, settled: ReadonlyMap<string, PlacedLine>): PlacedLine | null {
  if (line.parent_line_id == null) return line;
  const parent = settled.get(line.parent_line_id);
  if (parent === undefined) return null;
  const { deposit } = parent.item;
  if (line.kind === 'deposit') {
    if (deposit === undefined) return null;
    const now = depositOf(parent, deposit, line.n);
    return isSameDeposit(line, now) ? line : { ...line, ...now };
  }
  const quantity = parent.quantity * (line.per_parent ?? 1);
  return quantity === line.quantity ? line : { ...line, quantity };
}

function depositOf(parent: PlacedLine, deposit: Deposit, n: number): PlacedLine {
  return {
    n,
    line_id: lineId(n),
    item: depositItem(parent.item, deposit),
    gtin: null,
    epc: null,
    charge: null,
    quantity: parent.quantity * deposit.containers,
    kind: 'deposit',
    parent_line_id: parent.line_id,
    per_parent: deposit.containers,
  };
}

/** The newest scan's deposit counts for all units of its line, as its price does. */
const isSameDeposit = (line: PlacedLine, now: PlacedLine): boolean =>
  line.quantity === now.quantity &&
  line.per_parent === now.per_parent &&
  line.item.unit_price === now.item.unit_price &&
  line.item.tax_code === now.item.tax_code &&
  line.item.id === now.item.id &&
  line.item.sku === now.item.sku &&
  line.item.name === now.item.name;
