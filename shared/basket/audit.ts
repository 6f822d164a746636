import type { AuditRow } from '../api/audit.ts';
import { allocate } from '../money/allocate.ts';
import type { AppliedPromotion, Evaluation } from '../promotion/basket.ts';
import type { TaxedLine } from '../tax/tax.ts';
import { askedPriceOf, type LineToPrice, unitPriceOf } from './line_price.ts';

interface TouchedUnit {
  class: AuditRow['class'];
  promotions: string[];
}

/** The rows of a basket as it was just evaluated, in the order of its lines. */
export function auditRows(
  lines: readonly LineToPrice[],
  evaluation: Evaluation,
  taxed: readonly TaxedLine[],
): AuditRow[] {
  const touched = touchedUnits(evaluation.applied);
  const discounts = new Map(evaluation.lines.map((line) => [line.line_id, line.unit_discounts]));
  return lines.flatMap((line, position) =>
    withTaxes(
      rowsOf(line, discounts.get(line.line_id) ?? [], touched.get(line.line_id)),
      taxed[position]?.levels.map(({ tax }) => tax) ?? [],
    ),
  );
}

type Untaxed = Omit<AuditRow, 'tax' | 'taxes'>;

function rowsOf(
  line: LineToPrice,
  discounts: readonly number[],
  touched: ReadonlyMap<number, TouchedUnit> | undefined,
): Untaxed[] {
  const asked = askedPriceOf(line);
  const price = unitPriceOf(line);
  const alike = new Map<string, { count: number; discount: number } & TouchedUnit>();
  if (touched === undefined)
    alike.set('', { count: line.quantity, discount: 0, class: 'nopromo', promotions: [] });
  else
    for (let unit = 0; unit < line.quantity; unit++) {
      const { class: kind, promotions } = touched.get(unit) ?? { class: 'nopromo', promotions: [] };
      const discount = discounts[unit] ?? 0;
      const key = `${kind} ${discount} ${promotions.join(' ')}`;
      const known = alike.get(key);
      if (known === undefined) alike.set(key, { count: 1, discount, class: kind, promotions });
      else known.count++;
    }
  return [...alike.values()].map(({ count, discount, class: kind, promotions }) => ({
    line_id: line.line_id,
    class: kind,
    count,
    original: asked * count,
    modified: (price - discount) * count,
    savings: discount * count,
    override: (asked - price) * count,
    promotions,
  }));
}

/** The line's tax, level by level, over its rows. */
function withTaxes(rows: readonly Untaxed[], levels: readonly number[]): AuditRow[] {
  const weights = rows.map(({ modified }) => modified);
  const shares = levels.map((tax) => allocate(tax, weights));
  return rows.map((row, i) => {
    const taxes = shares.map((share) => share[i] ?? 0);
    return { ...row, tax: sum(taxes), taxes };
  });
}

/** What took each unit, by line and place; only what comes off the price counts. */
function touchedUnits(applied: readonly AppliedPromotion[]): Map<string, Map<number, TouchedUnit>> {
  const touched = new Map<string, Map<number, TouchedUnit>>();
  for (const promotion of applied) {
    if (promotion.applies_as !== 'discount' || promotion.discount === 0) continue;
    const own = classesOf(promotion);
    for (const { line_id, unit_index, discount, application } of promotion.units) {
      if (discount === 0) continue;
      const line = touched.get(line_id) ?? new Map<number, TouchedUnit>();
      touched.set(line_id, line);
      const unit = line.get(unit_index) ?? { class: own(application), promotions: [] };
      line.set(unit_index, unit);
      if (!unit.promotions.includes(promotion.promotion_id)) unit.promotions.push(promotion.promotion_id);
    }
  }
  return touched;
}

function classesOf({ family, units }: AppliedPromotion): (application: number) => AuditRow['class'] {
  if (family === 'basket_threshold' || family === 'basket_threshold_target') return () => 'basket';
  const sizes = new Map<number, number>();
  for (const { application } of units) sizes.set(application, (sizes.get(application) ?? 0) + 1);
  return (application) => (sizes.get(application) === 1 ? 'item' : 'group');
}

type PackedRow = [
  line_id: string,
  kind: AuditRow['class'],
  count: number,
  original: number,
  modified: number,
  override: number,
  taxes: number[],
  promotions: string[],
];

/** The rows as they are kept with every change of a basket: short, and without what follows from the rest. */
export const packRows = (rows: readonly AuditRow[]): string =>
  JSON.stringify(
    rows.map(
      (row): PackedRow => [
        row.line_id,
        row.class,
        row.count,
        row.original,
        row.modified,
        row.override,
        row.taxes,
        row.promotions,
      ],
    ),
  );

export function unpackRows(packed: string): AuditRow[] {
  const rows: PackedRow[] = JSON.parse(packed);
  return rows.map(([line_id, kind, count, original, modified, override, taxes, promotions]) => ({
    line_id,
    class: kind,
    count,
    original,
    modified,
    savings: original - modified - override,
    override,
    tax: sum(taxes),
    taxes,
    promotions,
  }));
}

/** The sums that a basket shows, as far as the rows must agree with them. */
interface Shown {
  lines: readonly { line_id: string; discount: number; total: number }[];
  subtotal: number;
  discount: number;
  tax: number;
  total: number;
}

/**
 * Whether rows, lines and totals agree to the minor unit; answers every disagreement, none where all is well. The
 * rows are the truth of what was paid for each unit: receipts, taxes and refunds stand on them.
 */
export function checkAudit(
  rows: readonly AuditRow[],
  lines: readonly LineToPrice[],
  shown: Shown,
  { prices_include_tax }: { prices_include_tax: boolean },
): string[] {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const byLine = new Map<string, AuditRow[]>();
  for (const row of rows) byLine.set(row.line_id, [...(byLine.get(row.line_id) ?? []), row]);
  const known = new Set(lines.map(({ line_id }) => line_id));
  for (const line_id of byLine.keys()) expect(known.has(line_id), `${line_id}: rows without a line`);
  const totals = new Map(shown.lines.map((line) => [line.line_id, line]));
  for (const line of lines) {
    const own = byLine.get(line.line_id) ?? [];
    const total = totals.get(line.line_id);
    expect(total !== undefined, `${line.line_id}: no price`);
    expect(sumOf(own, 'count') === line.quantity, `${line.line_id}: units`);
    expect(sumOf(own, 'modified') === total?.total, `${line.line_id}: total`);
    expect(sumOf(own, 'savings') === total?.discount, `${line.line_id}: discount`);
    const discountable =
      line.kind !== 'deposit' && line.override == null && line.charge?.promotable !== false;
    expect(discountable || sumOf(own, 'savings') === 0, `${line.line_id}: discounted and must not be`);
  }
  for (const row of rows) {
    expect(row.savings === row.original - row.modified - row.override, `${row.line_id}: savings`);
    expect(row.modified >= 0, `${row.line_id}: below zero`);
    expect(row.savings >= 0, `${row.line_id}: dearer by a promotion`);
    expect(sum(row.taxes) === row.tax, `${row.line_id}: tax levels`);
    expect([row.original, row.modified, row.tax].every(Number.isSafeInteger), `${row.line_id}: not whole`);
  }
  const total = (field: SummedField) => sumOf(rows, field);
  expect(total('original') - total('savings') - total('override') === total('modified'), 'sums');
  expect(total('original') - total('override') === shown.subtotal, 'subtotal');
  expect(total('savings') === shown.discount, 'discount');
  expect(total('tax') === shown.tax, 'tax');
  expect(payable(rows, prices_include_tax) === shown.total, 'total');
  return faults;
}

/** What the rows come to, in minor units: what must be captured, over all tenders. */
export const payable = (rows: readonly AuditRow[], pricesIncludeTax: boolean): number =>
  sumOf(rows, 'modified') + (pricesIncludeTax ? 0 : sumOf(rows, 'tax'));

type SummedField = 'count' | 'original' | 'modified' | 'savings' | 'override' | 'tax';

const sumOf = (rows: readonly AuditRow[], field: SummedField): number =>
  rows.reduce((total, row) => total + row[field], 0);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
