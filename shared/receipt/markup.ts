import { err, ok, type Result } from '../result.ts';
import { planBarcode } from './barcode.ts';
import { cleanText, type Glyph, glyphsOf, runsOf } from './cells.ts';
import type { Charset } from './charset.ts';
import { type Column, isolated, tableRow, wrap } from './columns.ts';
import { imageOfHex } from './markup_image.ts';
import {
  type MarkupError,
  type MarkupErrorCode,
  type MarkupToken,
  markupError,
  markupTokens,
} from './markup-tokens.ts';
import {
  BARCODE_HEIGHT_DOTS,
  BARCODE_HEIGHT_DOTS_MAX,
  BLOCKS,
  COLORS,
  millimetres,
  NUMBER,
  SIZES,
  SYMBOLOGIES,
} from './markup-words.ts';
import { qrModuleDots, qrModules } from './qr.ts';
import {
  type Align,
  DOTS_PER_MM,
  type PaperColumns,
  PLAIN,
  paperDots,
  type Row,
  type Slip,
  type Style,
} from './slip.ts';

export const MARKUP_CHARS_MAX = 65_536;
/** Eight shares of the narrowest paper are four cells, room for any character. */
export const MARKUP_COLUMNS_MAX = 8;
export interface MarkupOptions {
  readonly columns: PaperColumns;
  readonly charset?: Charset;
  readonly title?: string;
  /** Names of the pictures that the store keeps; none where it is left out. */
  readonly logos?: ReadonlySet<string>;
}

type Attributes = ReadonlyMap<string, string>;
type Step<T> = Result<T, MarkupError>;

/**
 * A document of the Epson markup dialect → a slip, laid out to the columns. Lines hold columns `[L] [C] [R]`
 * that share the width equally; `<b> <u> <font> <qrcode> <barcode> <cut/> <drawer/>` close on their line.
 * `<img>` names a logo of the store or holds the hexadecimal bytes of a raster picture. A slip is cut only where
 * the source says so.
 */
export function parseMarkup(source: string, options: MarkupOptions): Result<Slip, MarkupError> {
  const charset = options.charset ?? 'unicode';
  if (source.length > MARKUP_CHARS_MAX) {
    return err(markupError(source, 'too_long', 0, `At most ${MARKUP_CHARS_MAX} characters are read.`));
  }
  const rows: Row[] = [];
  const end = source.endsWith('\n') ? source.length - 1 : source.length;
  let from = 0;
  while (from <= end) {
    const feed = source.indexOf('\n', from);
    const to = feed < 0 || feed > end ? end : feed;
    const line = new MarkupLine(source, options, charset).read(from, to);
    if (!line.ok) return line;
    for (const row of line.value) rows.push(row);
    from = to + 1;
  }
  return ok({
    columns: options.columns,
    charset,
    title: options.title ?? 'Print job',
    codePage: 'when_needed',
    language: 'en',
    rows,
  });
}

/** Makes foreign text safe to splice into markup: whatever it says, it prints as it is written. */
export function escapeMarkup(text: string): string {
  return cleanText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('[', '[[');
}

interface OpenTag {
  readonly name: string;
  readonly at: number;
  readonly outer: Style;
}

class MarkupLine {
  readonly #source: string;
  readonly #paper: PaperColumns;
  readonly #charset: Charset;
  readonly #logos: ReadonlySet<string>;
  readonly #columns: { align: Align; explicit: boolean; glyphs: Glyph[] }[];
  readonly #rows: Row[] = [];
  readonly #after: Row[] = [];
  readonly #open: OpenTag[] = [];
  #style: Style = PLAIN;

  constructor(source: string, { columns, logos }: MarkupOptions, charset: Charset) {
    this.#source = source;
    this.#paper = columns;
    this.#logos = logos ?? new Set();
    this.#charset = charset;
    this.#columns = [{ align: 'left', explicit: false, glyphs: [] }];
  }

  read(from: number, to: number): Step<Row[]> {
    const tokens = markupTokens(this.#source, from, to);
    if (!tokens.ok) return tokens;
    const queue = tokens.value[Symbol.iterator]();
    for (const token of queue) {
      const step = this.#token(token, queue);
      if (!step.ok) return step;
    }
    const open = this.#open.at(-1);
    if (open !== undefined)
      return this.#fail('unclosed_tag', open.at, `<${open.name}> is not closed on its line.`);
    const blocks = this.#rows.length + this.#after.length;
    if (blocks === 0 || this.#columns.some((column) => column.glyphs.length > 0)) this.#flush();
    return ok([...this.#rows, ...this.#after]);
  }

  #fail(code: MarkupErrorCode, at: number, detail: string): { ok: false; error: MarkupError } {
    return err(markupError(this.#source, code, at, detail));
  }

  #token(token: MarkupToken, queue: Iterator<MarkupToken>): Step<null> {
    switch (token.kind) {
      case 'text':
        this.#columns.at(-1)?.glyphs.push(...glyphsOf(token.text, this.#style, this.#charset));
        return ok(null);
      case 'column': {
        const last = this.#columns.at(-1);
        if (last !== undefined && !last.explicit && last.glyphs.length === 0) this.#columns.pop();
        if (this.#columns.length === MARKUP_COLUMNS_MAX) {
          return this.#fail(
            'too_many_columns',
            token.at,
            `A line has at most ${MARKUP_COLUMNS_MAX} columns.`,
          );
        }
        this.#columns.push({ align: token.align, explicit: true, glyphs: [] });
        return ok(null);
      }
      case 'close': {
        const open = this.#open.pop();
        if (open?.name !== token.name) {
          return this.#fail(
            'unexpected_close',
            token.at,
            `</${token.name}> closes nothing that is open here.`,
          );
        }
        this.#style = open.outer;
        return ok(null);
      }
      case 'empty':
        if (token.name === 'cut' || token.name === 'drawer') return this.#block({ kind: token.name });
        return this.#fail('unknown_tag', token.at, `<${token.name}/> is not known.`);
      case 'open':
        if (BLOCKS.has(token.name)) return this.#symbol(token, queue);
        return this.#styleTag(token.name, token.attributes, token.at);
    }
  }

  #styleTag(name: string, attributes: Attributes, at: number): Step<null> {
    const outer = this.#style;
    if (name === 'b') this.#style = { ...outer, bold: true };
    else if (name === 'u') this.#style = { ...outer, underline: true };
    else if (name === 'font') {
      const font = this.#font(attributes, at);
      if (!font.ok) return font;
      this.#style = font.value;
    } else return this.#fail('unknown_tag', at, `<${name}> is not known.`);
    const strange = name === 'font' ? undefined : [...attributes.keys()][0];
    if (strange !== undefined) return this.#fail('bad_attribute', at, `<${name}> takes no ${strange}.`);
    this.#open.push({ name, at, outer });
    return ok(null);
  }

  #font(attributes: Attributes, at: number): Step<Style> {
    let style = this.#style;
    for (const [key, value] of attributes) {
      const size = key === 'size' ? SIZES.get(value) : undefined;
      const invert = key === 'color' ? COLORS.get(value) : undefined;
      if (size !== undefined) style = { ...style, width: size[0], height: size[1] };
      else if (invert !== undefined) style = { ...style, invert };
      else return this.#fail('bad_attribute', at, `<font> does not take ${key}='${value}'.`);
    }
    return ok(style);
  }

  /** Reads on to the closing tag: only text may stand inside a symbol. */
  #symbol(
    tag: MarkupToken & { name: string; attributes: Attributes },
    queue: Iterator<MarkupToken>,
  ): Step<null> {
    let data = '';
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      const token = next.value;
      if (token.kind === 'close' && token.name === tag.name) {
        const row = this.#blockRow(tag, data);
        return row.ok ? this.#block(row.value) : row;
      }
      if (token.kind !== 'text') return this.#fail('bad_data', token.at, `<${tag.name}> holds text alone.`);
      data += token.text;
    }
    return this.#fail('unclosed_tag', tag.at, `<${tag.name}> is not closed on its line.`);
  }

  #blockRow(tag: { name: string; attributes: Attributes; at: number }, data: string): Step<Row> {
    if (tag.name === 'qrcode') return this.#qr(cleanText(data), tag);
    return tag.name === 'barcode' ? this.#barcode(data, tag) : this.#image(data.trim(), tag);
  }

  #image(data: string, { attributes, at }: { attributes: Attributes; at: number }): Step<Row> {
    const strange = [...attributes.keys()][0];
    if (strange !== undefined) return this.#fail('bad_attribute', at, `<img> takes no ${strange}.`);
    if (this.#logos.has(data)) return ok({ kind: 'logo', align: this.#align, name: data });
    const image = imageOfHex(data, paperDots(this.#paper));
    if (!image.ok) return this.#fail('bad_data', at, `This picture cannot be printed: ${image.error}.`);
    return ok({ kind: 'image', align: this.#align, ...image.value });
  }

  get #align(): Align {
    return this.#columns.at(-1)?.align ?? 'left';
  }

  #qr(data: string, { attributes, at }: { attributes: Attributes; at: number }): Step<Row> {
    const modules = qrModules(data);
    if (data === '' || modules === null) return this.#fail('bad_data', at, 'No QR symbol holds this data.');
    let wish: number | undefined;
    for (const [key, value] of attributes) {
      const mm = key === 'size' ? millimetres(value) : null;
      if (mm === null) return this.#fail('bad_attribute', at, `<qrcode> does not take ${key}='${value}'.`);
      wish = Math.round((mm * DOTS_PER_MM) / modules);
    }
    const moduleDots = qrModuleDots(data, this.#paper, wish);
    return ok({ kind: 'qr', align: this.#align, data, moduleDots });
  }

  #barcode(data: string, { attributes, at }: { attributes: Attributes; at: number }): Step<Row> {
    let heightDots = BARCODE_HEIGHT_DOTS;
    let caption = true;
    const symbology = SYMBOLOGIES.get(attributes.get('type') ?? 'ean13');
    for (const [key, value] of attributes) {
      const mm = key === 'height' ? millimetres(value) : null;
      if (mm !== null)
        heightDots = Math.min(BARCODE_HEIGHT_DOTS_MAX, Math.max(1, Math.round(mm * DOTS_PER_MM)));
      else if (key === 'text' && (value === 'none' || value === 'below')) caption = value === 'below';
      else if (key !== 'type' || symbology === undefined) {
        return this.#fail('bad_attribute', at, `<barcode> does not take ${key}='${value}'.`);
      }
    }
    if (symbology === undefined) return this.#fail('bad_attribute', at, '<barcode> has an unknown type.');
    const plan = planBarcode(symbology, data, this.#paper);
    if (!plan.ok) return this.#fail('bad_data', at, `This barcode cannot be printed: ${plan.error}.`);
    return ok({ kind: 'barcode', align: this.#align, symbology, ...plan.value, heightDots, caption });
  }

  /** A symbol, a cut or a pulse stands on its own: text before it is printed first. */
  #block(row: Row): Step<null> {
    if (this.#columns.length > 1) this.#after.push(row);
    else {
      if (this.#columns.some((column) => column.glyphs.length > 0)) this.#flush();
      this.#rows.push(row);
    }
    return ok(null);
  }

  #flush(): void {
    const [only] = this.#columns;
    if (this.#columns.length === 1 && only !== undefined) {
      for (const line of wrap(fitted(only.glyphs, this.#paper), this.#paper)) {
        this.#rows.push({ kind: 'text', align: only.align, runs: runsOf(isolated(line)) });
      }
      only.glyphs = [];
      return;
    }
    const share = Math.max(1, Math.floor(this.#paper / this.#columns.length));
    const spare = Math.max(0, this.#paper - share * this.#columns.length);
    const last = this.#columns.length - 1;
    const columns = this.#columns.map(({ align, glyphs }, at): Column => {
      const text = glyphs.map((one) => one.text).join('');
      return { cells: at === last ? share + spare : share, align, numeric: NUMBER.test(text.trim()) };
    });
    const cells = this.#columns.map(({ glyphs }, at) => fitted(glyphs, columns[at]?.cells ?? share));
    for (const line of tableRow(columns, cells, 0)) {
      this.#rows.push({ kind: 'text', align: 'left', runs: runsOf(line) });
    }
  }
}

/** A glyph enlarged beyond its column goes back to normal width: no line may leave the paper. */
function fitted(glyphs: readonly Glyph[], width: number): Glyph[] {
  return glyphs.map((one) =>
    one.cells <= width
      ? one
      : { text: one.text, cells: one.cells / one.style.width, style: { ...one.style, width: 1 } },
  );
}
