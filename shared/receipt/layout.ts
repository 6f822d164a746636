import { currencySign, formatMoney, type MoneyDisplay } from '../money/format.ts';
import { cleanText, glyphsOf, runsOf } from './cells.ts';
import { type Charset, repertoireOf, showable, transliterate } from './charset.ts';
import { type Column, gutterFor, isolated, pairRow, tableRow, trimmed, wrap } from './columns.ts';
import type { ReceiptDocument } from './document.ts';
import { type Labels, labelsOf, runsLeft } from './labels.ts';
import { qrModuleDots } from './qr.ts';
import { BOLD, markCopy, type PaperColumns, PLAIN, type Row, type Slip, type Style } from './slip.ts';

const PPM_PER_PERCENT = 10_000;
const PERCENT_DECIMALS = 4;
const QUANTITY_DECIMALS_MAX = 3;
const DETAIL_INDENT = '  ';

/** Name, quantity, unit price, total. With the gutter each set fills its paper exactly. */
const ITEM_CELLS: Readonly<Record<PaperColumns, readonly [number, number, number, number]>> = {
  48: [23, 4, 8, 10],
  42: [17, 4, 8, 10],
  32: [10, 3, 8, 8],
};

const TITLE: Style = { ...BOLD, width: 2, height: 2 };
const TOTAL: Style = { ...BOLD, height: 2 };
const HEADING: Style = TOTAL;

export interface LayoutOptions {
  readonly columns: PaperColumns;
  /** The printer's for a job that goes to paper or shows what paper will show; `unicode` (default) for screens. */
  readonly charset?: Charset;
}

/** Lays a receipt out once; every rendering draws these rows. Amounts are printed as stored. */
export function layoutReceipt(document: ReceiptDocument, options: LayoutOptions): Slip {
  const paper = new Paper(options.columns, options.charset ?? 'unicode', document);
  header(paper, document);
  if (document.kind !== 'payment') items(paper, document);
  if (document.kind !== 'gift') totals(paper, document);
  footer(paper, document);
  const slip: Slip = {
    columns: paper.columns,
    charset: paper.charset,
    title: `${document.store.name} ${document.order.number}`,
    codePage: 'always',
    language: document.language ?? 'en',
    rows: paper.rows,
  };
  return document.copy === true ? markCopy(slip) : slip;
}

/** Rows as they gather, with what every one of them needs to know. */
class Paper {
  readonly rows: Row[] = [];
  readonly columns: PaperColumns;
  readonly charset: Charset;
  readonly labels: Labels;
  readonly #currency: string;
  readonly #format: ReceiptDocument['number_format'];
  readonly #mirrored: boolean;
  readonly #display: MoneyDisplay;

  constructor(columns: PaperColumns, charset: Charset, document: ReceiptDocument) {
    this.columns = columns;
    this.charset = charset;
    this.labels = labelsOf(document.language);
    this.#currency = document.currency;
    this.#format = document.number_format;
    this.#mirrored = runsLeft(document.language);
    this.#display = this.#signFits() ? 'sign' : 'code';
  }

  /** A sign that would turn every sum into a picture is not worth it: the code says the same. */
  #signFits(): boolean {
    const sign = currencySign(this.#currency);
    const repertoire = repertoireOf(this.charset);
    if (sign === null || repertoire === null) return true;
    const spelt = transliterate(sign, repertoire);
    return showable(spelt, repertoire) && !spelt.includes('?');
  }

  glyphs(text: string, style: Style) {
    return glyphsOf(text, style, this.charset);
  }

  /** As much of a heading as its column has room for: headings may be cut, numbers never. */
  fitted(text: string, cells: number): string {
    let used = 0;
    const kept = this.glyphs(text, BOLD).filter((one) => {
      used += one.cells;
      return used <= cells;
    });
    return kept.map((one) => one.text).join('');
  }

  line(glyphs: Parameters<typeof runsOf>[0]): void {
    this.rows.push({ kind: 'text', align: 'left', runs: runsOf(glyphs) });
  }

  centered(text: string, style: Style): void {
    for (const line of wrap(this.glyphs(text.trim(), style), this.columns)) {
      this.rows.push({ kind: 'text', align: 'center', runs: runsOf(isolated(line)) });
    }
  }

  pair(label: string, value: string, style: Style = PLAIN): void {
    const [first, second] = this.#mirrored ? [value, label] : [label, value];
    const lines = pairRow(this.glyphs(first, style), this.glyphs(second, style), this.columns, style);
    for (const line of lines) this.line(trimmed(line));
  }

  /** A line below an item, set off from its edge. */
  detail(label: string, value = ''): void {
    this.pair(this.#mirrored ? `${label}${DETAIL_INDENT}` : `${DETAIL_INDENT}${label}`, value);
  }

  /** A paper that runs to the left has its first column at the right. */
  table(columns: readonly Column[], cells: readonly string[], style: Style): void {
    const glyphs = cells.map((cell) => this.glyphs(cell, style));
    const gutter = gutterFor(columns, this.columns);
    const lines = this.#mirrored
      ? tableRow(columns.map(mirrored).reverse(), [...glyphs].reverse(), gutter)
      : tableRow(columns, glyphs, gutter);
    for (const line of lines) this.line(line);
  }

  /** With the currency's sign: for the sums. */
  money(minor: number): string {
    return this.#written(formatMoney(minor, this.#currency, this.#display));
  }

  /** The bare number: for the columns, where the sign would only cost room. */
  number(minor: number): string {
    return this.#written(formatMoney(minor, this.#currency, 'none'));
  }

  #written(amount: string): string {
    const format = this.#format;
    if (format === undefined) return amount;
    return amount.replace(/[.,]/g, (mark) => (mark === '.' ? format.decimal : format.group));
  }
}

function mirrored(column: Column): Column {
  return { ...column, align: column.align === 'left' ? 'right' : 'left' };
}

function header(paper: Paper, { kind, store, order }: ReceiptDocument): void {
  paper.centered(store.name, TITLE);
  for (const line of store.address_lines) paper.centered(line, PLAIN);
  const { labels } = paper;
  if (store.tax_number !== undefined) paper.centered(`${labels.taxNumber} ${store.tax_number}`, PLAIN);
  paper.rows.push({ kind: 'rule' });
  if (kind !== 'sale') paper.centered(labels[kind], HEADING);
  paper.pair(labels.order, order.number, BOLD);
  if (order.original_number !== undefined) paper.pair(labels.original, order.original_number);
  if (order.fiscal_number !== undefined) paper.pair(labels.fiscal, order.fiscal_number);
  paper.pair(labels.date, order.local_time);
  if (order.return_by !== undefined) paper.pair(labels.returnBy, order.return_by);
}

function items(paper: Paper, document: ReceiptDocument): void {
  const [nameCells, quantityCells, priceCells, totalCells] = ITEM_CELLS[paper.columns];
  const columns: Column[] = [
    { cells: nameCells, align: 'left', numeric: false },
    ...[quantityCells, priceCells, totalCells].map(
      (cells): Column => ({ cells, align: 'right', numeric: true }),
    ),
  ];
  const { labels } = paper;
  const priced = document.kind !== 'gift';
  const row = (cells: readonly [string, string, string, string], style: Style): void =>
    paper.table(columns, priced ? cells : [cells[0], cells[1], '', ''], style);
  paper.rows.push({ kind: 'rule' });
  row(
    [
      labels.item,
      paper.fitted(labels.quantity, quantityCells),
      paper.fitted(labels.price, priceCells),
      paper.fitted(labels.amount, totalCells),
    ],
    BOLD,
  );
  for (const line of document.lines) {
    // The row shows the price before discounts, so that the discounts under it add up to the paper's sums.
    const before = paper.number(line.total + line.discount);
    const price = paper.number(line.unit_price);
    const count = amountOf(line.quantity, document.number_format?.decimal);
    // A weight too wide for its column stands beside its price: alone at the edge it would read as money.
    const inRow = count.length <= quantityCells;
    row([line.name, inRow ? count : '', price, before], PLAIN);
    if (!inRow) paper.detail(priced ? `${count} x ${price}` : count);
    paper.detail(line.gtin ?? line.sku);
    if (!priced) continue;
    let rest = line.discount;
    for (const promotion of line.promotions) {
      paper.detail(promotion.title, paper.number(-promotion.discount));
      rest -= promotion.discount;
    }
    if (rest !== 0) paper.detail(labels.discount, paper.number(-rest));
  }
  paper.rows.push({ kind: 'rule' });
}

function totals(paper: Paper, { kind, subtotal, discount, total, tax, payments }: ReceiptDocument): void {
  const { labels } = paper;
  const summed = kind !== 'payment';
  if (summed) {
    paper.pair(labels.subtotal, paper.money(subtotal));
    if (discount !== 0) paper.pair(labels.discount, paper.money(-discount));
    if (!tax.inclusive) taxLines(paper, tax, '');
  } else paper.rows.push({ kind: 'rule' });
  paper.pair(labels.total, paper.money(total), TOTAL);
  if (summed && tax.inclusive) taxLines(paper, tax, `${labels.includes} `);
  if (payments.length > 0) paper.rows.push({ kind: 'rule' });
  for (const payment of payments) paper.pair(payment.label || payment.method, paper.money(payment.amount));
}

function taxLines(paper: Paper, tax: ReceiptDocument['tax'], prefix: string): void {
  for (const line of tax.lines) {
    const rate = line.name.includes('%') ? '' : ` ${percent(line.rate_ppm)}`;
    paper.pair(
      `${prefix}${line.name}${rate} ${paper.labels.on} ${paper.number(line.taxable)}`,
      paper.number(line.tax),
    );
  }
  if (tax.lines.length === 0 && tax.total !== 0)
    paper.pair(`${prefix}${paper.labels.tax}`, paper.number(tax.total));
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
function amountOf(quantity: number, decimal = '.'): string {
  return String(Number(quantity.toFixed(QUANTITY_DECIMALS_MAX))).replace('.', decimal);
}
