import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Order, PayLink, Payment } from '../../shared/api/order.ts';
import { call, expectJson } from '../support/client.ts';
import { Kiosk } from '../support/kiosk.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

/** Goods leave on trust with the line cut; the debt is paid from a phone by the link on the paper. */
const Receipt = z.looseObject({ qr: z.string() });

let sesame: Sesame;
const data = freshDataDir();
beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

const setLine = (state: 'up' | 'cut') => call(sesame.floor, 'POST', '/demo/line', { body: { state } });

it('is paid once the shop has told of it', async () => {
  const kiosk = new Kiosk(sesame);
  await until('the till to open', async () => (await kiosk.get('/v1/till')).text.includes('"closed":null'));
  await setLine('cut');
  await until('the line to be cut', async () => (await kiosk.get('/v1/till')).text.includes('"link":"down"'));
  const basket = await kiosk.basketWith([{ code: sesame.samples.codes[0] }]);
  const order = await kiosk.openOrder(basket.id);
  const tender = { gateway: 'pay_later', method: 'link' };
  await expectJson(Payment, 201, kiosk.post(`/v1/orders/${order.id}/payments`, tender));
  const { qr } = await expectJson(Receipt, 200, kiosk.get(`/v1/orders/${order.id}/receipt?format=json`));
  const link = new URL(qr);
  expect(link.origin).toBe(sesame.edge);
  const [, , store_id, order_id] = link.pathname.split('/');
  const body = { store_id, order_id, reference: link.hash.slice(1) };
  expect((await call(sesame.edge, 'POST', '/v1/pay_links', { body })).status).toBe(404);

  await setLine('up');
  const opened = await until('the edge to know the debt', async () => {
    const reply = await call(sesame.edge, 'POST', '/v1/pay_links', { body });
    return reply.status === 201 ? PayLink.parse(reply.json) : null;
  });
  expect(opened.order).toMatchObject({ id: order.id, total: order.total, captured: 0 });
  const { token } = opened;
  const card = { gateway: 'test', method: 'card' };
  await expectJson(
    Payment,
    201,
    call(sesame.edge, 'POST', `/v1/orders/${order.id}/payments`, { token, body: card }),
  );
  await until('the debt to be paid', async () => {
    const now = await expectJson(Order, 200, call(sesame.edge, 'GET', `/v1/orders/${order.id}`, { token }));
    return now.payment_status === 'captured' && now.captured === order.total;
  });
}, 120_000);
