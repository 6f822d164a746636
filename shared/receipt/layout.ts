import { currencySign, formatMoney, type MoneyDisplay } from '../money/format.ts';
import { cleanText, glyphsOf, runsOf } from './cells.ts';
import { type Column, gutterFor, pairRow, tableRow, trimmed, wrap } from './columns.ts';
import type { ReceiptDocument } from './document.ts';
import { qrModuleDots } from './qr.ts';
import {
  BOLD,
  type Charset,
  markCopy,
  type PaperColumns,
  PLAIN,
  type Row,
  type Slip,
  type Style,
} from './slip.ts';

const PPM_PER_PERCENT = 10_000;
const PERCENT_DECIMALS = 4;
const QUANTITY_DECIMALS_MAX = 3;
const DETAIL_INDENT = '  ';

const LABELS = {
  order: 'Order',
  fiscal: 'Receipt no.',
  date: 'Date',
  taxNumber: 'Tax no.',
  item: 'Item',
  quantity: 'Qty',
  price: 'Price',
  amount: 'Total',
  subtotal: 'Subtotal',
  discount: 'Discount',
  total: 'TOTAL',
  tax: 'Tax',
  includes: 'Incl.',
} as const;

/** Name, quantity, unit price, total. With the gutter each set fills its paper exactly. */
const ITEM_CELLS: Readonly<Record<PaperColumns, readonly [number, number, number, number]>> = {
  48: [23, 4, 8, 10],
  42: [17, 4, 8, 10],
  32: [10, 3, 8, 8],
};

const TITLE: Style = { ...BOLD, width: 2, height: 2 };
const TOTAL: Style = { ...BOLD, height: 2 };

export interface LayoutOptions {
  readonly columns: PaperColumns;
  /** `cp858` for a job that goes to paper or shows what paper will show; `unicode` (default) for screens. */
  readonly charset?: Charset;
}

/** Lays a receipt out once; every rendering draws these rows. Amounts are printed as stored. */
export function layoutReceipt(document: ReceiptDocument, options: LayoutOptions): Slip {
  const paper = new Paper(options.columns, options.charset ?? 'unicode', document.currency);
  header(paper, document);
  items(paper, document);
  totals(paper, document);
  footer(paper, document);
  const slip: Slip = {
    columns: paper.columns,
    charset: paper.charset,
    title: `${document.store.name} ${document.order.number}`,
    codePage: 'always',
    rows: paper.rows,
  };
  return document.copy === true ? markCopy(slip) : slip;
}

/** Rows as they gather, with what every one of them needs to know. */
class Paper {
  readonly rows: Row[] = [];
  readonly columns: PaperColumns;
  readonly charset: Charset;
  readonly currency: string;
  readonly #display: MoneyDisplay;

  constructor(columns: PaperColumns, charset: Charset, currency: string) {
    this.columns = columns;
    this.charset = charset;
    this.currency = currency;
    const sign = currencySign(currency);
    const shown = sign === null ? '' : this.plain(sign);
    this.#display = shown.includes('?') ? 'code' : 'sign';
  }

  plain(text: string): string {
    return this.glyphs(text, PLAIN)
      .map((one) => one.text)
      .join('');
  }

  glyphs(text: string, style: Style) {
    return glyphsOf(text, style, this.charset);
  }

  line(glyphs: Parameters<typeof runsOf>[0]): void {
    this.rows.push({ kind: 'text', align: 'left', runs: runsOf(glyphs) });
  }

  centered(text: string, style: Style): void {
    for (const line of wrap(this.glyphs(text.trim(), style), this.columns)) {
      this.rows.push({ kind: 'text', align: 'center', runs: runsOf(line) });
    }
  }

  pair(label: string, value: string, style: Style = PLAIN): void {
    const lines = pairRow(this.glyphs(label, style), this.glyphs(value, style), this.columns, style);
    for (const line of lines) this.line(trimmed(line));
  }

  table(columns: readonly Column[], cells: readonly string[], style: Style): void {
    const glyphs = cells.map((cell) => this.glyphs(cell, style));
    for (const line of tableRow(columns, glyphs, gutterFor(columns, this.columns))) this.line(line);
  }

  /** With the currency's sign: for the sums. */
  money(minor: number): string {
    return formatMoney(minor, this.currency, this.#display);
  }

  /** The bare number: for the columns, where the sign would only cost room. */
  number(minor: number): string {
    return formatMoney(minor, this.currency, 'none');
  }
}

function header(paper: Paper, { store, order }: ReceiptDocument): void {
  paper.centered(store.name, TITLE);
  for (const line of store.address_lines) paper.centered(line, PLAIN);
  if (store.tax_number !== undefined) paper.centered(`${LABELS.taxNumber} ${store.tax_number}`, PLAIN);
  paper.rows.push({ kind: 'rule' });
  paper.pair(LABELS.order, order.number, BOLD);
  if (order.fiscal_number !== undefined) paper.pair(LABELS.fiscal, order.fiscal_number);
  paper.pair(LABELS.date, order.local_time);
}

function items(paper: Paper, document: ReceiptDocument): void {
  const [nameCells, quantityCells, priceCells, totalCells] = ITEM_CELLS[paper.columns];
  const columns: Column[] = [
    { cells: nameCells, align: 'left', numeric: false },
    ...[quantityCells, priceCells, totalCells].map(
      (cells): Column => ({ cells, align: 'right', numeric: true }),
    ),
  ];
  paper.rows.push({ kind: 'rule' });
  paper.table(columns, [LABELS.item, LABELS.quantity, LABELS.price, LABELS.amount], BOLD);
  for (const line of document.lines) {
    // The row shows the price before discounts, so that the discounts under it add up to the paper's sums.
    const before = paper.number(line.total + line.discount);
    const price = paper.number(line.unit_price);
    const count = amountOf(line.quantity);
    // A weight too wide for its column stands beside its price: alone at the edge it would read as money.
    const inRow = count.length <= quantityCells;
    paper.table(columns, [line.name, inRow ? count : '', price, before], PLAIN);
    if (!inRow) paper.pair(`${DETAIL_INDENT}${count} x ${price}`, '');
    paper.pair(`${DETAIL_INDENT}${line.gtin ?? line.sku}`, '');
    let rest = line.discount;
    for (const promotion of line.promotions) {
      paper.pair(`${DETAIL_INDENT}${promotion.title}`, paper.number(-promotion.discount));
      rest -= promotion.discount;
    }
    if (rest !== 0) paper.pair(`${DETAIL_INDENT}${LABELS.discount}`, paper.number(-rest));
  }
  paper.rows.push({ kind: 'rule' });
}

function totals(paper: Paper, { subtotal, discount, total, tax, payments }: ReceiptDocument): void {
  paper.pair(LABELS.subtotal, paper.money(subtotal));
  if (discount !== 0) paper.pair(LABELS.discount, paper.money(-discount));
  if (!tax.inclusive) taxLines(paper, tax, '');
  paper.pair(LABELS.total, paper.money(total), TOTAL);
  if (tax.inclusive) taxLines(paper, tax, `${LABELS.includes} `);
  if (payments.length > 0) paper.rows.push({ kind: 'rule' });
  for (const payment of payments) paper.pair(payment.label || payment.method, paper.money(payment.amount));
}

function taxLines(paper: Paper, tax: ReceiptDocument['tax'], prefix: string): void {
  for (const line of tax.lines) {
    const rate = line.name.includes('%') ? '' : ` ${percent(line.rate_ppm)}`;
    paper.pair(`${prefix}${line.name}${rate} on ${paper.number(line.taxable)}`, paper.number(line.tax));
  }
  if (tax.lines.length === 0 && tax.total !== 0)
    paper.pair(`${prefix}${LABELS.tax}`, paper.number(tax.total));
}

function footer(paper: Paper, { qr, footer_lines }: ReceiptDocument): void {
  if (qr !== undefined) {
    const data = cleanText(qr);
    const moduleDots = qrModuleDots(data, paper.columns);
    paper.rows.push({ kind: 'feed', lines: 1 }, { kind: 'qr', align: 'center', data, moduleDots });
  }
  if (footer_lines.length > 0) paper.rows.push({ kind: 'feed', lines: 1 });
  for (const line of footer_lines) paper.centered(line, PLAIN);
  paper.rows.push({ kind: 'feed', lines: 1 }, { kind: 'cut' });
}

/** Parts per million → "20%", "4.875%". */
function percent(ppm: number): string {
  const fraction = String(ppm % PPM_PER_PERCENT)
    .padStart(PERCENT_DECIMALS, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(ppm / PPM_PER_PERCENT);
  return fraction === '' ? `${whole}%` : `${whole}.${fraction}%`;
}

/** A quantity as people write it: "2", "0.452". */
function amountOf(quantity: number): string {
  return String(Number(quantity.toFixed(QUANTITY_DECIMALS_MAX)));
}
