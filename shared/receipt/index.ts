export { ReceiptDocument } from './document.ts';
export { renderEscpos } from './escpos.ts';
export { renderHtml } from './html.ts';
export { type LayoutOptions, layoutReceipt } from './layout.ts';
export { type MarkupOptions, parseMarkup } from './markup.ts';
export type { MarkupError, MarkupErrorCode } from './markup-tokens.ts';
export { type Charset, markCopy, type PaperColumns, type Row, type Slip } from './slip.ts';
export { renderSvg } from './svg.ts';
export { renderText } from './text.ts';
