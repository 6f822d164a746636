import { z } from '@hono/zod-openapi';
import { RefundPreview } from '../../../shared/api/refund.ts';
import { listOf } from '../../../shared/http/list.ts';
import { OrderId, RefundId } from '../../../shared/ids/index.ts';
import { layoutReceipt, ReceiptDocument, renderText } from '../../../shared/receipt/index.ts';
import type { StaffReceipt } from '../../../shared/rpc/refunds.ts';
import { storyOf } from '../../order/story.ts';
import { StoryEntry } from '../../order/story_text.ts';
import { askOrder } from '../../refund/ask_order.ts';
import { refundStaff } from '../../refund/staff.ts';
import type { App, Ctx } from '../context.ts';
import { refuse, refused } from '../refuse.ts';
import { guarded, guardedWrite, jsonAnswer, jsonBody, refusal, STAFF } from '../route.ts';
import { deskOf, RefundAsk, refusedRead } from './refunds.ts';

const OrderPath = z.object({ order_id: OrderId });
const AWAY = { 503: refusal('The store cannot be reached right now') } as const;

const story = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders/{order_id}/story',
  tags: ['Orders'],
  summary: 'Every step of an order’s basket, payments and refunds, in words',
  description:
    'What the order’s own object wrote down, as it stands at this moment: attempts, what providers said and when they did not answer, money given back. Empty for what a till sold by itself.',
  request: { params: OrderPath },
  responses: {
    200: jsonAnswer(listOf(StoryEntry.openapi('StoryEntry')), 'Oldest first, the newest 500'),
    ...AWAY,
  },
});

const preview = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/orders/{order_id}/refund_previews',
  tags: ['Refunds'],
  summary: 'What a refund would give back, for which goods and over which payments',
  description: 'Decided as the refund itself would be, at this moment, and nothing is written or reserved.',
  request: { params: OrderPath, body: jsonBody(RefundAsk) },
  responses: { 200: jsonAnswer(RefundPreview.openapi('RefundPreview'), 'What it would do') },
});

const paper = {
  200: { description: 'The receipt', content: { 'text/plain': { schema: z.string() } } },
  ...AWAY,
} as const;

const receipt = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders/{order_id}/receipt',
  tags: ['Orders'],
  summary: 'The receipt of an order as text',
  description: 'Not of what a till sold by itself: it gave out the paper.',
  request: { params: OrderPath },
  responses: paper,
});

const refundReceipt = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders/{order_id}/refunds/{refund_id}/receipt',
  tags: ['Refunds'],
  summary: 'The receipt of money that went back, as text',
  request: { params: OrderPath.extend({ refund_id: RefundId }) },
  responses: paper,
});

export function orderStory(app: App): void {
  app.openapi(story, async (c) => {
    const found = await storyOf(deskOf(c), c.req.valid('param').order_id);
    return found.ok ? c.json({ data: found.value, has_more: false }, 200) : refusedRead(c, found.error);
  });

  app.openapi(preview, async (c) => {
    const request = { staff: refundStaff(c.get('principal')), ask: c.req.valid('json') };
    const plan = await askOrder(deskOf(c), c.req.valid('param').order_id, (basket) =>
      basket.previewRefund(request),
    );
    return plan.ok ? c.json(RefundPreview.parse(plan.value), 200) : refused(c, plan.error);
  });

  app.openapi(receipt, (c) => paperOf(c, c.req.valid('param').order_id, null));
  app.openapi(refundReceipt, (c) => {
    const { order_id, refund_id } = c.req.valid('param');
    return paperOf(c, order_id, refund_id);
  });
}

const SCREEN = { columns: 42, charset: 'unicode' } as const;

async function paperOf(c: Ctx, orderId: OrderId, refund_id: StaffReceipt['refund_id']) {
  const staff = refundStaff(c.get('principal'));
  const found = await askOrder(deskOf(c), orderId, (basket) => basket.receiptForStaff({ staff, refund_id }));
  if (found.ok) return c.text(renderText(layoutReceipt(ReceiptDocument.parse(found.value), SCREEN)), 200);
  return found.error.code === 'store_unavailable' ? refuse(c, 'store_unavailable') : refuse(c, 'not_found');
}
