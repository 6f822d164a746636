import { currencyExponent } from '../money/currency.ts';
import type { PosTransaction } from './transaction.ts';
import { decimal } from './xml.ts';

const COLUMNS = [
  'store_code',
  'workstation',
  'number',
  'business_date',
  'ended_at',
  'transaction',
  'line',
  'type',
  'item_id',
  'pos_item_id',
  'description',
  'quantity',
  'unit_price',
  'amount',
  'tax',
  'currency',
  'reference',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

/** The first line of a file. */
export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/**
 * A transaction as lines of a CSV file (RFC 4180): one for every item and tender; a void is one line without either.
 * Amounts have the currency's decimal places; what is taken back is negative.
 */
export function poslogCsv(transaction: PosTransaction): string {
  const { kind, currency, number, store_code, workstation, business_date, ended_at } = transaction;
  const sign = kind === 'return' ? -1 : 1;
  const money = (minor: number): string => decimal(minor * sign, currencyExponent(currency));
  const head = {
    store_code,
    workstation,
    number: String(number),
    business_date,
    ended_at,
    transaction: kind,
    currency,
  };
  const items = transaction.items.map(
    (item): Row => ({
      type: item.kind,
      item_id: item.item_id,
      pos_item_id: item.pos_item_id,
      description: harmless(item.description),
      quantity: String(item.quantity * sign),
      unit_price: decimal(item.regular_unit_price, currencyExponent(currency)),
      amount: money(item.extended),
      tax: money(item.taxes.reduce((sum, { amount }) => sum + amount, 0)),
      reference: item.serial ?? '',
    }),
  );
  const tenders = transaction.tenders.map(
    (tender): Row => ({
      type: `tender ${tender.type}`,
      amount: money(tender.amount - tender.change),
      reference: harmless(tender.reference),
    }),
  );
  const rows: Row[] = kind === 'void' ? [{ type: 'void', amount: money(0) }] : [...items, ...tenders];
  return rows
    .map((row, i) => ({ ...head, line: String(i + 1), ...row }))
    .map((row: Row) => `${COLUMNS.map((column) => quoted(row[column] ?? '')).join(',')}\r\n`)
    .join('');
}

const quoted = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** A spreadsheet takes a text that begins so for a formula. */
const harmless = (value: string): string => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
