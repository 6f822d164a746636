import type { ReceiptDocument } from './document.ts';
import { renderEscpos } from './escpos.ts';
import { renderHtml } from './html.ts';
import { layoutReceipt } from './layout.ts';
import { renderSvg } from './svg.ts';
import { renderText } from './text.ts';

/** What a receipt is served as; `json` is the document itself. */
export const RECEIPT_FORMATS = ['html', 'text', 'svg', 'escpos', 'json'] as const;

/** What a screen can show, and what the printers' code page can. */
const SCREEN = { columns: 48, charset: 'unicode' } as const;
const PAPER = { columns: 48, charset: 'cp858' } as const;

/** A receipt is shown, never run: names of items come from the catalogue. */
const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A receipt as the body of an answer and the headers that go with it. */
export function receiptAs(
  document: ReceiptDocument,
  format: Exclude<(typeof RECEIPT_FORMATS)[number], 'json'>,
): { body: string | ArrayBuffer; headers: Record<string, string> } {
  switch (format) {
    case 'html':
      return {
        body: renderHtml(layoutReceipt(document, SCREEN)),
        headers: { 'content-type': 'text/html; charset=UTF-8', 'content-security-policy': CSP },
      };
    case 'text':
      return {
        body: renderText(layoutReceipt(document, SCREEN)),
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      };
    case 'svg':
      return {
        body: renderSvg(layoutReceipt(document, SCREEN)),
        headers: { 'content-type': 'image/svg+xml', 'content-security-policy': CSP },
      };
    case 'escpos':
      return {
        body: Uint8Array.from(renderEscpos(layoutReceipt(document, PAPER))).buffer,
        headers: { 'content-type': 'application/octet-stream' },
      };
  }
}
