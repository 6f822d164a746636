import { createRoute, z } from '@hono/zod-openapi';
import { basketIdOfOrder, RefundId } from '../../../shared/ids/index.ts';
import { RECEIPT_FORMATS, ReceiptDocument, receiptAs } from '../../../shared/receipt/index.ts';
import { refused } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App } from '../context.ts';
import { READ_REFUSALS, refusals } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { tillSaleOf } from '../till_sale.ts';
import { OrderPath, orderReaders } from './orders.ts';

const text = { schema: z.string() };
const Formats = z.object({ format: z.enum(RECEIPT_FORMATS).default('html') });
const inAnyFormat = (description: string) => ({
  description,
  content: {
    'text/html': text,
    'text/plain': text,
    'image/svg+xml': text,
    'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
    'application/json': { schema: ReceiptDocument },
  },
});

const read = createRoute({
  method: 'get',
  path: '/v1/orders/{order_id}/receipt',
  tags: ['Shoppers', 'Staff'],
  summary: 'The receipt, in the format that is needed',
  ...orderReaders,
  request: { params: OrderPath, query: Formats },
  responses: { 200: inAnyFormat('The receipt'), ...READ_REFUSALS, ...refusals(409, 422) },
});

const readRefund = createRoute({
  method: 'get',
  path: '/v1/orders/{order_id}/refunds/{refund_id}/receipt',
  tags: ['Shoppers', 'Staff'],
  summary: 'The receipt of money that went back, in the format that is needed',
  ...orderReaders,
  request: { params: OrderPath.extend({ refund_id: RefundId }), query: Formats },
  responses: { 200: inAnyFormat('The receipt'), ...READ_REFUSALS, ...refusals(409, 422) },
});

export function receipts(app: App): void {
  app.openapi(read, async (c) => {
    const { order_id } = c.req.valid('param');
    const answer = await basketOf(c, basketIdOfOrder(order_id)).receipt(await callOf(c));
    const ofTill = answer.ok || answer.error.code !== 'not_found' ? null : await tillSaleOf(c, order_id);
    if (!answer.ok && ofTill === null) return refused(c, answer.error);
    const receipt = answer.ok ? answer.value.body : ofTill?.receipt;
    if (receipt === undefined) return refuse(c, 'not_found');
    const { format } = c.req.valid('query');
    if (format === 'json') return c.json(receipt, 200);
    const { body, headers } = receiptAs(receipt, format);
    return c.body(body, 200, headers);
  });

  app.openapi(readRefund, async (c) => {
    const { order_id, refund_id } = c.req.valid('param');
    const answer = await basketOf(c, basketIdOfOrder(order_id)).refundReceipt(await callOf(c), refund_id);
    if (!answer.ok) return refused(c, answer.error);
    const { format } = c.req.valid('query');
    if (format === 'json') return c.json(answer.value.body, 200);
    const { body, headers } = receiptAs(answer.value.body, format);
    return c.body(body, 200, headers);
  });
}
