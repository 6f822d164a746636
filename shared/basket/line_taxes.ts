import type { LineTax } from '../poslog/facts.ts';
import { type TaxBreakdown, type TaxLevel, taxOf } from '../tax/tax.ts';

/**
 * The frozen taxes of a sale, line by line. The rates are those of the breakdown that the basket was frozen with,
 * never the store's present ones. Null where the lines' taxes do not come to the frozen sum.
 */
export function lineTaxesOf(
  lines: readonly { line_id: string; tax_code: string; total: number }[],
  frozen: { taxes: readonly TaxBreakdown[]; tax: number },
  rules: { inclusive: boolean; rounding: 'line' | 'invoice' },
): LineTax[] | null {
  const table = new Map<string, TaxLevel[]>();
  for (const { tax_code, level_id, name, rate_ppm } of frozen.taxes)
    table.set(tax_code, [...(table.get(tax_code) ?? []), { id: level_id, name, rate_ppm }]);
  const taxed = taxOf(
    lines.map(({ line_id, tax_code, total }) => ({ line_id, tax_code, amount: total })),
    table,
    rules,
  );
  if (!taxed.ok || taxed.value.tax !== frozen.tax) return null;
  return taxed.value.lines.map(({ line_id, net, gross, levels }) => ({
    line_id,
    taxes: levels.map(({ name, rate_ppm, tax }) => ({
      name,
      rate_ppm,
      taxable: rules.inclusive ? gross : net,
      tax,
    })),
  }));
}
