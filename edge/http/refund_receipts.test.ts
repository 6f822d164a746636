import { env } from 'cloudflare:test';
import { beforeAll, expect, it } from 'vitest';
import type { Order } from '../../shared/api/order.ts';
import { basketIdOfOrder } from '../../shared/ids/index.ts';
import { ReceiptDocument } from '../../shared/receipt/index.ts';
import { unwrap } from '../../shared/result.ts';
import { openShop, type Shop, shirt } from '../basket/test/fixture.ts';
import { newRefundId, staffOf } from '../basket/test/refunds.ts';
import { buy, codeOf, enter, expectJson, type Guest } from './test/fixture.ts';

let shop: Shop;
let guest: Guest;
let order: Order;
beforeAll(async () => {
  shop = await openShop({ refund: { cashier_limit: 100_000 } });
  guest = await enter(shop);
  order = await buy(guest, { code: 'COLA' }, { code: 'COLA' }, { epc: shirt(1) });
});

it('a refund has a receipt of its own in every format, for who may read the order', async () => {
  const refund = unwrap(
    await env.BASKET.getByName(basketIdOfOrder(order.id)).requestRefund({
      staff: staffOf(shop),
      refund_id: newRefundId(),
      body_hash: '',
      ask: {
        kind: 'lines',
        reason: 'faulty',
        // The first line is the two colas, the second the shirt, which is back.
        lines: order.lines.map(({ id }, at) => ({ line_id: id, quantity: 1, return_to_stock: at === 1 })),
      },
    }),
  );
  const path = `/v1/orders/${order.id}/refunds/${refund.id}/receipt`;
  const read = (format: string, token = guest.token) =>
    guest.call('GET', `${path}?format=${format}`, { token });
  const document = await expectJson(ReceiptDocument, 200, read('json'));
  expect(document).toMatchObject({
    kind: 'refund',
    total: 524 + 1999,
    order: { number: refund.number, original_number: order.number },
    lines: [{ total: 524 }, { total: 1999, epc: shirt(1) }],
    payments: [{ label: 'Card', amount: 2523 }],
  });
  expect(document.tax.total).toBe(document.tax.lines.reduce((sum, { tax }) => sum + tax, 0));
  for (const format of ['html', 'text', 'svg'])
    for (const said of ['REFUND', refund.number ?? '', order.number, 'Item COLA'])
      expect((await read(format)).text).toContain(said);
  expect((await read('escpos')).status).toBe(200);
  expect(await codeOf(404, read('text', (await enter(shop)).token))).toBe('not_found');
  const other = `/v1/orders/${order.id}/refunds/${newRefundId()}/receipt`;
  expect(await codeOf(404, guest.call('GET', other))).toBe('not_found');
});
