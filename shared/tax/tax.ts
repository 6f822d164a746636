import { allocate } from '../money/allocate.ts';
import { proportion } from '../money/rounding.ts';
import { err, ok, type Result } from '../result.ts';

/** One tax of a code: a state, a county, half of a GST. Rates in parts per million: 4.875 % is 48 750. */
export interface TaxLevel {
  id: string;
  name: string;
  rate_ppm: number;
}

export interface TaxCode {
  code: string;
  levels: readonly TaxLevel[];
}

export type TaxTable = ReadonlyMap<string, readonly TaxLevel[]>;

/** What is taxed: a line's total in minor units, after all its discounts. */
export interface TaxableLine {
  line_id: string;
  tax_code: string;
  amount: number;
}

export interface TaxRules {
  /** The amounts contain the tax already. */
  inclusive: boolean;
  /** Round once a line, or once a tax code over the whole basket. */
  rounding: 'line' | 'invoice';
}

export interface LevelTax {
  level_id: string;
  name: string;
  rate_ppm: number;
  tax: number;
}

/** `gross = net + tax`; the levels' taxes sum to `tax`. */
export interface TaxedLine {
  line_id: string;
  tax_code: string;
  net: number;
  tax: number;
  gross: number;
  levels: LevelTax[];
}

/** One row per tax code and level. `taxable` is the net that the level's rate applies to. */
export interface TaxBreakdown extends LevelTax {
  tax_code: string;
  taxable: number;
}

export interface Taxes {
  net: number;
  tax: number;
  gross: number;
  lines: TaxedLine[];
  breakdown: TaxBreakdown[];
}

export type TaxError = { code: 'tax_code_unknown'; tax_code: string; line_id: string };

const PPM = 1_000_000;

export function taxTable(codes: readonly TaxCode[]): TaxTable {
  return new Map(codes.map(({ code, levels }) => [code, levels]));
}

/**
 * The taxes of a basket. With R the sum of a code's rates: exclusive `tax = round(net × R)`, inclusive
 * `net = round(gross / (1 + R))` and the tax is the rest; the levels share it by `allocate`. Lines keep their
 * order, the breakdown follows the first line of each code. A code that the table lacks is refused, never 0 %.
 */
export function taxOf(
  lines: readonly TaxableLine[],
  table: TaxTable,
  rules: TaxRules,
): Result<Taxes, TaxError> {
  const codes = new Map<string, { levels: readonly TaxLevel[]; positions: number[] }>();
  for (const [position, { line_id, tax_code }] of lines.entries()) {
    const levels = table.get(tax_code);
    if (levels === undefined) return err({ code: 'tax_code_unknown', tax_code, line_id });
    const code = codes.get(tax_code) ?? { levels, positions: [] };
    code.positions.push(position);
    codes.set(tax_code, code);
  }

  // taxes[position][level], filled code by code.
  const taxes: number[][] = lines.map(() => []);
  for (const { levels, positions } of codes.values()) {
    const amounts = positions.map((position) => lines[position]?.amount ?? 0);
    const shares =
      rules.rounding === 'line'
        ? amounts.map((amount) => levelTaxes(amount, levels, rules.inclusive))
        : invoiceTaxes(amounts, levels, rules.inclusive);
    for (const [i, position] of positions.entries()) taxes[position] = shares[i] ?? [];
  }

  const taxed = lines.map((line, position) =>
    taxedLine(line, table.get(line.tax_code) ?? [], taxes[position] ?? [], rules.inclusive),
  );
  const breakdown = [...codes].flatMap(([tax_code, { levels, positions }]) => {
    const own = positions.flatMap((position) => taxed[position] ?? []);
    const taxable = sum(own.map((line) => line.net));
    return levels.map((level, i) => ({
      tax_code,
      ...levelTax(level, sum(own.map((line) => line.levels[i]?.tax ?? 0))),
      taxable,
    }));
  });
  const total = (field: 'net' | 'tax' | 'gross') => sum(taxed.map((line) => line[field]));
  return ok({ net: total('net'), tax: total('tax'), gross: total('gross'), lines: taxed, breakdown });
}

function levelTaxes(amount: number, levels: readonly TaxLevel[], inclusive: boolean): number[] {
  const rates = levels.map((level) => level.rate_ppm);
  const rate = sum(rates);
  if (rate === 0) return rates.map(() => 0);
  const tax = inclusive ? amount - proportion(amount, PPM, PPM + rate) : proportion(amount, rate, PPM);
  return allocate(tax, rates);
}

/**
 * Rounds once for all lines of a code, then spreads each level over the lines, so that both the lines' taxes
 * and the levels' taxes sum to the same total. Inclusive tax never exceeds the line that contains it.
 */
function invoiceTaxes(
  amounts: readonly number[],
  levels: readonly TaxLevel[],
  inclusive: boolean,
): number[][] {
  const shares: number[][] = amounts.map(() => []);
  const room = [...amounts];
  for (const tax of levelTaxes(sum(amounts), levels, inclusive)) {
    for (const [i, share] of allocate(tax, amounts, inclusive ? room : undefined).entries()) {
      shares[i]?.push(share);
      room[i] = (room[i] ?? 0) - share;
    }
  }
  return shares;
}

function taxedLine(
  line: TaxableLine,
  levels: readonly TaxLevel[],
  taxes: readonly number[],
  inclusive: boolean,
): TaxedLine {
  const tax = sum(taxes);
  const net = inclusive ? line.amount - tax : line.amount;
  return {
    line_id: line.line_id,
    tax_code: line.tax_code,
    net,
    tax,
    gross: net + tax,
    levels: levels.map((level, i) => levelTax(level, taxes[i] ?? 0)),
  };
}

function levelTax(level: TaxLevel, tax: number): LevelTax {
  return { level_id: level.id, name: level.name, rate_ppm: level.rate_ppm, tax };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
