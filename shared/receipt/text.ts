import { cellsOf, glyphsOf } from './cells.ts';
import { padded, trimmed, wrap } from './columns.ts';
import { type Align, PLAIN, type Row, type Slip } from './slip.ts';

/**
 * The slip as plain text, one "\n" after every line, no line wider than the paper and none with trailing
 * blanks. Enlarged text shows at normal size; a symbol shows as its data in brackets; the cut shows nothing.
 */
export function renderText(slip: Slip): string {
  return slip.rows
    .flatMap((row) => textLines(row, slip))
    .map((line) => `${line}\n`)
    .join('');
}

function textLines(row: Row, slip: Slip): string[] {
  switch (row.kind) {
    case 'text':
      return [aligned(row.runs.map((run) => run.text).join(''), row.align, slip)];
    case 'rule':
      return ['-'.repeat(slip.columns)];
    case 'feed':
      return Array.from({ length: row.lines }, () => '');
    case 'qr':
      return bracketed(`[QR ${row.data}]`, row.align, slip);
    case 'barcode':
      return bracketed(`[${row.symbology.toUpperCase()} ${row.data}]`, row.align, slip);
    case 'image':
      if (row.of !== undefined) return textLines(row.of, slip);
      return bracketed(`[image ${row.widthBytes * 8} x ${row.heightDots}]`, row.align, slip);
    case 'logo':
      return bracketed(`[${row.name}]`, row.align, slip);
    case 'drawer':
    case 'cut':
      return [];
  }
}

function aligned(text: string, align: Align, { columns }: Slip): string {
  const glyphs = glyphsOf(text, PLAIN, 'unicode');
  if (align === 'left' || cellsOf(glyphs) > columns) return text.replace(/ +$/, '');
  const line = trimmed(padded(glyphs, columns, align));
  return line.map((one) => one.text).join('');
}

function bracketed(text: string, align: Align, slip: Slip): string[] {
  const glyphs = glyphsOf(text, PLAIN, slip.charset);
  return wrap(glyphs, slip.columns).map((line) => aligned(line.map((one) => one.text).join(''), align, slip));
}
