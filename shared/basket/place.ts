import type { ScanResult } from '../api/basket.ts';
import type { Item } from '../catalog/item.ts';
import { type LineId, LineId as LineIdSchema } from '../ids/index.ts';
import { err, ok, type Result } from '../result.ts';
import type { LineCharge } from './charge.ts';
import { addition, type HeldLine } from './lines.ts';

/** A line of a basket as it is kept; `n` counts the lines that the basket ever had. */
export interface PlacedLine extends HeldLine {
  n: number;
  line_id: LineId;
  gtin: string | null;
  charge: LineCharge | null;
}

export const lineId = (n: number): LineId => LineIdSchema.parse(`lin_${n}`);

export interface TakenThing {
  item: Item;
  gtin?: string | undefined;
  epc?: string | undefined;
  charge?: LineCharge | undefined;
}

/** What became of one code: it may be sold, or why it may not. */
export type Outcome<T extends TakenThing, R> = { code: string } & ({ taken: T } | { refusal: R });

type PlaceRefusal = Extract<ReturnType<typeof addition>, { ok: false }>['error'];

/** Where each taken thing goes, one after the other, so that two of one item share a line here too. */
export function placeAll<T extends TakenThing, R extends { code: string; detail?: string }>(
  before: readonly PlacedLine[],
  outcomes: readonly Outcome<T, R>[],
  quantity: number,
  linesMade: number,
) {
  let lines = [...before];
  let made = linesMade;
  const touched: { line: PlacedLine; taken: T }[] = [];
  const results: ScanResult[] = [];
  const refusals: (R | PlaceRefusal)[] = [];
  for (const outcome of outcomes) {
    const { code } = outcome;
    const line: Result<PlacedLine, R | PlaceRefusal> =
      'taken' in outcome ? lineFor(lines, outcome.taken, quantity, made + 1) : err(outcome.refusal);
    if (!line.ok || !('taken' in outcome)) {
      if (line.ok) continue;
      refusals.push(line.error);
      results.push({ code, problem: line.error });
      continue;
    }
    const { value } = line;
    made = Math.max(made, value.n);
    lines = [...lines.filter((one) => one.n !== value.n), value].sort((a, b) => a.n - b.n);
    touched.push({ line: value, taken: outcome.taken });
    results.push({ code, line_id: value.line_id });
  }
  return { lines, touched, results, refusals, made };
}

function lineFor(
  lines: readonly PlacedLine[],
  taken: TakenThing,
  quantity: number,
  n: number,
): Result<PlacedLine, PlaceRefusal> {
  const { item, gtin = null, epc = null, charge = null } = taken;
  const placed = addition(lines, { item, epc, quantity, charge });
  if (!placed.ok) return placed;
  const { value } = placed;
  if (value.kind === 'new')
    return ok({ n, line_id: lineId(n), item, gtin, epc, charge, quantity: value.quantity });
  const line = lines.find((one) => one.line_id === value.line_id);
  if (line === undefined) throw new Error(`no line ${value.line_id} to merge into`);
  // Untagged units share a line, so the newest scan's price and name count for all of them.
  return ok({ ...line, item, gtin: gtin ?? line.gtin, quantity: value.quantity });
}
