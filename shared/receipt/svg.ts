import { barcodeModules } from './barcode.ts';
import { runCells } from './cells.ts';
import { RIGHT_TO_LEFT } from './columns.ts';
import { escapeXml } from './escape.ts';
import { graphemeCells, graphemes } from './graphemes.ts';
import { bitmapPath, drawQr, QR_QUIET_MODULES } from './qr.ts';
import { type Align, CELL_DOTS, CELL_HEIGHT_DOTS, paperDots, type Row, type Run, type Slip } from './slip.ts';

const MARGIN_DOTS = 24;
const LINE_GAP_DOTS = 6;
const BASELINE_DOTS = 19;
const FONT_DOTS = 20;
/** Size of the type and where its line stands: an ideograph fills its two cells, stacked marks need room above. */
const PLAIN_TYPE = [FONT_DOTS, BASELINE_DOTS] as const;
const WIDE = [24, 22] as const;
const STACKED_TYPE = [18, 22] as const;
const CAPTION_DOTS = 30;
const CUT_DOTS = 18;
const LOGO_BOX_DOTS = 240;
/** Scripts whose marks stand on and under their letters, and whose letters join: a word is drawn whole. */
const STACKED = /[\u0900-\u0eff\u1780-\u17ff]/;
/** A preview shows at half the printer's 203 dpi: about life size on a 96 dpi screen. */
const SCREEN_SCALE = 0.5;

interface Drawn {
  readonly svg: string;
  readonly height: number;
}

/** The slip as one SVG document: escaped, monospaced, nothing fetched, real QR symbols. */
export function renderSvg(slip: Slip): string {
  const width = paperDots(slip.columns);
  let y = MARGIN_DOTS;
  let body = '';
  for (const row of slip.rows) {
    const { svg, height } = drawRow(row, width, slip);
    if (svg !== '') body += `<g transform="translate(0 ${y})">${svg}</g>\n`;
    y += height;
  }
  const outer = width + 2 * MARGIN_DOTS;
  const height = y + MARGIN_DOTS;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${outer * SCREEN_SCALE}" height="${height * SCREEN_SCALE}" ` +
    `viewBox="${-MARGIN_DOTS} 0 ${outer} ${height}" role="img" ` +
    `font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_DOTS}">\n` +
    `<title>${escapeXml(slip.title)}</title>\n` +
    `<rect x="${-MARGIN_DOTS}" width="${outer}" height="${height}" fill="#fff"/>\n${body}</svg>\n`
  );
}

/** One row, its own top at 0, on paper so many dots wide. */
export function drawRow(row: Row, paper: number, slip: Slip): Drawn {
  switch (row.kind) {
    case 'text':
      return textRow(row.runs, row.align, paper);
    case 'rule':
      return {
        svg: `<path d="M0 15H${paper}" stroke="#000" stroke-width="2" stroke-dasharray="8 4"/>`,
        height: lineHeight(1),
      };
    case 'feed':
      return { svg: '', height: row.lines * lineHeight(1) };
    case 'qr':
      return qrRow(row, paper, slip);
    case 'barcode':
      return barcodeRow(row, paper);
    case 'image':
      return imageRow(row, paper);
    case 'logo':
      return box(row.name, LOGO_BOX_DOTS, lineHeight(1), row.align, paper);
    case 'drawer':
      return { svg: '', height: 0 };
    case 'cut':
      return {
        svg: `<path d="M0 9H${paper}" stroke="#888" stroke-width="2" stroke-dasharray="2 10"/>`,
        height: CUT_DOTS,
      };
  }
}

function lineHeight(multiple: number): number {
  return CELL_HEIGHT_DOTS * multiple + LINE_GAP_DOTS;
}

function offset(align: Align, width: number, paper: number): number {
  const room = Math.max(0, paper - width);
  return align === 'left' ? 0 : align === 'right' ? room : Math.floor(room / 2);
}

function textRow(runs: readonly Run[], align: Align, paper: number): Drawn {
  const tallest = Math.max(1, ...runs.map((run) => run.style.height));
  const width = runs.reduce((sum, run) => sum + runCells(run), 0) * CELL_DOTS;
  let x = offset(align, width, paper);
  let svg = '';
  for (const run of runs) {
    svg += textRun(run, x, tallest);
    x += runCells(run) * CELL_DOTS;
  }
  return { svg, height: lineHeight(tallest) };
}

/**
 * Viewers differ in what they do with several blanks in a row, so each piece between them is placed by
 * itself; `textLength` pins it to its cells, whatever font the viewer has.
 */
function textRun({ text, style }: Run, x: number, tallest: number): string {
  const top = (tallest - style.height) * CELL_HEIGHT_DOTS;
  const dots = (part: string) => runCells({ text: part, style }) * CELL_DOTS;
  const scale = style.width > 1 || style.height > 1 ? ` scale(${style.width} ${style.height})` : '';
  const look =
    (style.bold ? ' font-weight="bold"' : '') +
    (style.underline ? ' text-decoration="underline"' : '') +
    (style.invert ? ' fill="#fff"' : '');
  const height = style.height * CELL_HEIGHT_DOTS;
  let svg = style.invert ? `<rect x="${x}" y="${top}" width="${dots(text)}" height="${height}"/>` : '';
  for (const match of text.matchAll(/[^ ]+(?: [^ ]+)*/g)) {
    let left = x + dots(text.slice(0, match.index));
    for (const { piece, wide } of pieces(match[0])) {
      const shown = piece.trim();
      const from = left + dots(piece.slice(0, piece.indexOf(shown)));
      left += dots(piece);
      if (shown === '') continue;
      const [fontDots, baseline] = wide ? WIDE : STACKED.test(shown) ? STACKED_TYPE : PLAIN_TYPE;
      const size = fontDots === FONT_DOTS ? '' : ` font-size="${fontDots}"`;
      svg +=
        `<text transform="translate(${from} ${top})${scale}" y="${baseline}"` +
        `${size} textLength="${dots(shown) / style.width}" lengthAdjust="spacingAndGlyphs"${look}>${escapeXml(shown)}</text>`;
    }
  }
  return svg;
}

/** Ideographs apart from narrow letters, so that each stands in its own cells; what runs to the left or stacks its marks stays whole. */
function pieces(text: string): { piece: string; wide: boolean }[] {
  const whole = !/[^\p{ASCII}]/u.test(text) || RIGHT_TO_LEFT.test(text) || STACKED.test(text);
  if (whole) return [{ piece: text, wide: false }];
  const found: { piece: string; wide: boolean }[] = [];
  for (const piece of graphemes(text)) {
    const wide = graphemeCells(piece) === 2 && !/\p{Emoji_Presentation}|\ufe0f/u.test(piece);
    const last = found.at(-1);
    if (last?.wide === wide) last.piece += piece;
    else found.push({ piece, wide });
  }
  return found;
}

function barcodeRow(row: Extract<Row, { kind: 'barcode' }>, paper: number): Drawn {
  const modules = barcodeModules(row.symbology, row.data);
  if (modules === null)
    return box(`${row.symbology} ${row.data}`, row.heightDots * 2, row.heightDots, row.align, paper);
  const width = modules.length * row.moduleDots;
  const x = offset(row.align, width, paper);
  const path = bitmapPath(modules.length, 1, (at) => modules.charAt(at) === '1');
  const bars = `<path transform="translate(${x} 0) scale(${row.moduleDots} ${row.heightDots})" shape-rendering="crispEdges" d="${path}"/>`;
  if (!row.caption) return { svg: bars, height: row.heightDots };
  const caption =
    `<text x="${x + width / 2}" y="${row.heightDots + BASELINE_DOTS + LINE_GAP_DOTS}" text-anchor="middle">` +
    `${escapeXml(row.data)}</text>`;
  return { svg: bars + caption, height: row.heightDots + CAPTION_DOTS };
}

function qrRow(row: Extract<Row, { kind: 'qr' }>, paper: number, slip: Slip): Drawn {
  const drawing = drawQr(row.data);
  if (drawing === null) return box('QR', paper, lineHeight(1), 'left', paper);
  const size = drawing.modules * row.moduleDots;
  const quiet = QR_QUIET_MODULES * row.moduleDots;
  const x = offset(row.align, size, paperDots(slip.columns));
  return {
    svg: `<path transform="translate(${x} ${quiet}) scale(${row.moduleDots})" shape-rendering="crispEdges" d="${drawing.path}"/>`,
    height: size + 2 * quiet,
  };
}

function imageRow(row: Extract<Row, { kind: 'image' }>, paper: number): Drawn {
  const width = row.widthBytes * 8;
  const path = bitmapPath(width, row.heightDots, (x, y) => {
    const byte = row.bits[y * row.widthBytes + (x >> 3)] ?? 0;
    return ((byte >> (7 - (x & 7))) & 1) === 1;
  });
  const x = offset(row.align, width, paper);
  return {
    svg: `<path transform="translate(${x} 0)" shape-rendering="crispEdges" d="${path}"/>`,
    height: row.heightDots,
  };
}

/** A symbol that the preview does not draw: a grey box of its size with what it says. */
function box(label: string, width: number, height: number, align: Align, paper: number): Drawn {
  const x = offset(align, width, paper);
  const middle = x + width / 2;
  return {
    svg:
      `<rect x="${x}" width="${width}" height="${height}" fill="#ccc"/>` +
      `<text x="${middle}" y="${height + BASELINE_DOTS + LINE_GAP_DOTS}" text-anchor="middle">${escapeXml(label)}</text>`,
    height: height + CAPTION_DOTS,
  };
}
