import { createRoute, z } from '@hono/zod-openapi';
import { basketIdOfOrder } from '../../../shared/ids/index.ts';
import {
  layoutReceipt,
  ReceiptDocument,
  renderEscpos,
  renderHtml,
  renderSvg,
  renderText,
} from '../../../shared/receipt/index.ts';
import { refused } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App } from '../context.ts';
import { READ_REFUSALS, refusals } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { tillSaleOf } from '../till_sale.ts';
import { OrderPath, orderReaders } from './orders.ts';

/** What a screen can show, and what the printers' code page can. */
const SCREEN = { columns: 48, charset: 'unicode' } as const;
const PAPER = { columns: 48, charset: 'cp858' } as const;

/** A receipt is shown, never run: names of items come from the catalogue. */
const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const text = { schema: z.string() };

const read = createRoute({
  method: 'get',
  path: '/v1/orders/{order_id}/receipt',
  tags: ['Shoppers', 'Staff'],
  summary: 'The receipt, in the format that is needed',
  ...orderReaders,
  request: {
    params: OrderPath,
    query: z.object({ format: z.enum(['html', 'text', 'svg', 'escpos', 'json']).default('html') }),
  },
  responses: {
    200: {
      description: 'The receipt',
      content: {
        'text/html': text,
        'text/plain': text,
        'image/svg+xml': text,
        'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
        'application/json': { schema: ReceiptDocument },
      },
    },
    ...READ_REFUSALS,
    ...refusals(409, 422),
  },
});

export function receipts(app: App): void {
  app.openapi(read, async (c) => {
    const { order_id } = c.req.valid('param');
    const answer = await basketOf(c, basketIdOfOrder(order_id)).receipt(await callOf(c));
    const ofTill = answer.ok || answer.error.code !== 'not_found' ? null : await tillSaleOf(c, order_id);
    if (!answer.ok && ofTill === null) return refused(c, answer.error);
    const receipt = answer.ok ? answer.value.body : ofTill?.receipt;
    if (receipt === undefined) return refuse(c, 'not_found');
    switch (c.req.valid('query').format) {
      case 'html':
        c.header('content-security-policy', CSP);
        return c.html(renderHtml(layoutReceipt(receipt, SCREEN)));
      case 'text':
        return c.body(renderText(layoutReceipt(receipt, SCREEN)), 200, {
          'content-type': 'text/plain; charset=utf-8',
        });
      case 'svg':
        c.header('content-security-policy', CSP);
        return c.body(renderSvg(layoutReceipt(receipt, SCREEN)), 200, { 'content-type': 'image/svg+xml' });
      case 'escpos':
        return c.body(bytesOf(renderEscpos(layoutReceipt(receipt, PAPER))), 200, {
          'content-type': 'application/octet-stream',
        });
      case 'json':
        return c.json(receipt, 200);
    }
  });
}

const bytesOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
