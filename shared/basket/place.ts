import type { ScanResult } from '../api/basket.ts';
import type { Item } from '../catalog/item.ts';
import { err, ok, type Result } from '../result.ts';
import type { LineCharge } from './charge.ts';
import { settleChildren } from './children.ts';
import { addition, type BasketLimits, lineId, type PlacedLine } from './lines.ts';

export interface TakenThing {
  item: Item;
  gtin?: string | undefined;
  epc?: string | undefined;
  charge?: LineCharge | undefined;
  /** How many the store's count has left; null or absent: not counted. */
  available?: number | null | undefined;
}

/** What became of one code: it may be sold, or why it may not. */
export type Outcome<T extends TakenThing, R> = { code: string } & ({ taken: T } | { refusal: R });

type PlaceRefusal = Extract<ReturnType<typeof addition>, { ok: false }>['error'];

/**
 * Where each taken thing goes, one after the other, so that two of one item share a line here too. Deposits come
 * along by themselves.
 */
export function placeAll<T extends TakenThing, R extends { code: string; detail?: string }>(
  before: readonly PlacedLine[],
  outcomes: readonly Outcome<T, R>[],
  quantity: number,
  linesMade: number,
  limits?: BasketLimits,
) {
  let lines = [...before];
  let made = linesMade;
  const touched: { line: PlacedLine; taken: T }[] = [];
  const results: ScanResult[] = [];
  const refusals: (R | PlaceRefusal)[] = [];
  for (const outcome of outcomes) {
    const { code } = outcome;
    const line: Result<PlacedLine, R | PlaceRefusal> =
      'taken' in outcome
        ? lineFor(lines, outcome.taken, { quantity, n: made + 1 }, limits)
        : err(outcome.refusal);
    if (!line.ok || !('taken' in outcome)) {
      if (line.ok) continue;
      refusals.push(line.error);
      results.push({ code, problem: line.error });
      continue;
    }
    const { value } = line;
    made = Math.max(made, value.n);
    const settled = settleChildren([...lines.filter((one) => one.n !== value.n), value], made);
    ({ lines, made } = settled);
    touched.push({ line: value, taken: outcome.taken });
    results.push({ code, line_id: value.line_id });
  }
  return { lines, touched, results, refusals, made };
}

function lineFor(
  lines: readonly PlacedLine[],
  taken: TakenThing,
  { quantity, n }: { quantity: number; n: number },
  limits?: BasketLimits,
): Result<PlacedLine, PlaceRefusal> {
  const { item, gtin = null, epc = null, charge = null, available = null } = taken;
  const placed = addition(lines, { item, epc, quantity, charge, available }, limits);
  if (!placed.ok) return placed;
  const { value } = placed;
  if (value.kind === 'new')
    return ok({ n, line_id: lineId(n), item, gtin, epc, charge, available, quantity: value.quantity });
  const line = lines.find((one) => one.line_id === value.line_id);
  if (line === undefined) throw new Error(`no line ${value.line_id} to merge into`);
  // Untagged units share a line, so the newest scan's price and name count for all of them.
  return ok({ ...line, item, gtin: gtin ?? line.gtin, available, quantity: value.quantity });
}
