import { escapeXml } from './escape.ts';
import { runsLeft } from './labels.ts';
import { drawQr, QR_QUIET_MODULES } from './qr.ts';
import { CELL_DOTS, type Row, type Run, type Slip } from './slip.ts';
import { renderText } from './text.ts';

/** One style sheet for every slip, inline: the page is kept, mailed and printed without the network. */
const STYLE = `
:root{color-scheme:light}
body{margin:0;background:#f3f3f1;color:#000}
main{width:max-content;max-width:100%;box-sizing:border-box;margin:1rem auto;padding:1rem;background:#fff;overflow-x:auto;
font:14px/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
p{margin:0;white-space:pre;min-height:1.45em}
.center{text-align:center}.right{text-align:right}
b{font-weight:700}u{text-decoration:underline}
.w2{font-size:1.6em;line-height:1.3}.h2{display:inline-block;transform:scaleY(1.35);margin:.2em 0}.inv{background:#000;color:#fff}
hr{border:0;border-top:1px dashed #000;margin:.7em 0}
svg{display:inline-block;max-width:100%;height:auto}
@page{margin:8mm}
@media print{body{background:#fff}main{margin:0 auto;padding:0}hr,p,svg{break-inside:avoid}}
`;

/**
 * The slip as a complete HTML document: everything escaped, style inline, no script and no outside request.
 * The rows are laid out from the left whatever the language; text that runs to the left does so within its cells.
 */
export function renderHtml(slip: Slip, language = slip.language): string {
  const direction = runsLeft(language) ? ' dir="rtl"' : '';
  const body = slip.rows.map((row) => rowHtml(row, slip)).join('');
  return (
    `<!doctype html>\n<html lang="${escapeXml(language)}"${direction}>\n<head>\n<meta charset="utf-8">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n' +
    `<title>${escapeXml(slip.title)}</title>\n<style>${STYLE}</style>\n</head>\n` +
    `<body>\n<main dir="ltr" style="min-width:${slip.columns}ch">\n${body}</main>\n</body>\n</html>\n`
  );
}

function rowHtml(row: Row, slip: Slip): string {
  switch (row.kind) {
    case 'text':
      return paragraph(row.runs.map(runHtml).join(''), row.align);
    case 'rule':
      return '<hr>\n';
    case 'feed':
      return '<p></p>\n'.repeat(row.lines);
    case 'qr':
      return qrHtml(row, slip);
    case 'barcode':
    case 'logo':
    case 'image':
      if (row.kind === 'image' && row.of?.kind === 'text') return rowHtml(row.of, slip);
      return paragraph(escapeXml(renderText({ ...slip, rows: [row] }).trim()), row.align);
    case 'drawer':
    case 'cut':
      return '';
  }
}

function paragraph(inner: string, align: string): string {
  return align === 'left' ? `<p>${inner}</p>\n` : `<p class="${align}">${inner}</p>\n`;
}

/** A screen has no printer cells to fill, so enlarged text grows as type does instead of being stretched. */
function runHtml({ text, style }: Run): string {
  let html = escapeXml(text);
  if (style.bold) html = `<b>${html}</b>`;
  if (style.underline) html = `<u>${html}</u>`;
  const classes = [style.width > 1 ? 'w2' : style.height > 1 ? 'h2' : '', style.invert ? 'inv' : ''].filter(
    (name) => name !== '',
  );
  return classes.length === 0 ? html : `<span class="${classes.join(' ')}">${html}</span>`;
}

function qrHtml(row: Extract<Row, { kind: 'qr' }>, slip: Slip): string {
  const drawing = drawQr(row.data);
  if (drawing === null) return paragraph(escapeXml(renderText({ ...slip, rows: [row] }).trim()), row.align);
  const side = drawing.modules + 2 * QR_QUIET_MODULES;
  const width = (side * row.moduleDots) / CELL_DOTS;
  const svg =
    `<svg role="img" aria-label="QR code" viewBox="${-QR_QUIET_MODULES} ${-QR_QUIET_MODULES} ${side} ${side}" ` +
    `style="width:${width.toFixed(2)}ch" shape-rendering="crispEdges"><path d="${drawing.path}"/></svg>`;
  return paragraph(svg, row.align);
}
