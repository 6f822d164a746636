import { afterAll, beforeAll, expect, it } from 'vitest';
import { GenericCardFake } from '../../../edge/payment/generic_card/fake.ts';
import { signatureOf } from '../../../edge/payment/generic_card/signature.ts';
import { Payment } from '../../../shared/api/order.ts';
import { call, expectJson, expectProblem, Shopper } from '../../support/client.ts';
import { type OwnShop, ownShop } from '../../support/own_shop.ts';
import { priced, type Served, serveProviders } from '../../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../../support/sesame.ts';

/** A card provider whose messages come early, often, forged and late: an order is paid once or not at all. */
const SECRET = 'a secret of this scenario';
const fake = new GenericCardFake({ secret: SECRET, now: () => Date.now() });
const ITEM = priced('PC-1', 574);

let sesame: Sesame;
let served: Served[];
let shop: OwnShop;
const data = freshDataDir();
beforeAll(async () => {
  served = await serveProviders(data, [
    { gateway: 'generic_card', methods: ['card'], fake, secrets: { secret: SECRET } },
  ]);
  sesame = await startSesame({ data });
  shop = await ownShop(sesame, { items: [ITEM], providers: served });
});
afterAll(async () => {
  await sesame?.stop();
  for (const one of served ?? []) await one.close();
  removeDataDir(data);
});

async function ordered() {
  const shopper = await Shopper.enter(shop);
  const { id } = await shopper.openBasket();
  await shopper.scan(id, { code: 'PC-1' });
  return { shopper, order: await shopper.openOrder(id) };
}

/** The payer is on the provider's page. */
async function paying(shopper: Shopper, orderId: string): Promise<Payment> {
  const body = { gateway: 'generic_card', method: 'card' };
  const path = `/v1/orders/${orderId}/payments`;
  const payment = await expectJson(Payment, 201, shopper.call('POST', path, { body }));
  expect(payment).toMatchObject({ status: 'action_required', next_action: { type: 'redirect' } });
  return payment;
}

const hook = () => `/v1/webhooks/generic_card/${shop.account_keys['generic_card']}`;
const post = (raw: string, headers: Record<string, string>) =>
  call(shop.edge, 'POST', hook(), { raw, headers: { 'content-type': 'application/json', ...headers } });
/** The provider's own message that this payment was taken, as it was sent. */
async function captureOf({ id }: Payment) {
  const all = await fake.deliveries();
  const message = all.find(({ body }) => body.includes('payment.captured') && body.includes(id));
  if (message === undefined) throw new Error('the provider has said nothing');
  return { body: message.body, headers: Object.fromEntries(message.headers) };
}

it('refuses a forged message, takes the true one once though it comes five times before the phone is back', async () => {
  const { shopper, order } = await ordered();
  const payment = await paying(shopper, order.id);
  const forged = JSON.stringify({
    event_id: 'evt_forged',
    type: 'payment.captured',
    data: { id: 'gc_forged', reference: payment.id, amount_minor: 574, currency: 'GBP' },
  });
  const at = Math.floor(Date.now() / 1_000);
  for (const signature of [await signatureOf('another secret', at, forged), 'nonsense', ''])
    expect((await post(forged, { 'x-signature': signature })).status).toBe(401);
  expect(await shopper.order(order.id)).toMatchObject({ status: 'created', captured: 0 });
  expect(fake.ctl.charges(payment.id)).toEqual([]);

  fake.settle(payment.id);
  const { body, headers } = await captureOf(payment);
  const taken = await Promise.all([1, 2, 3, 4, 5].map(() => post(body, headers)));
  expect(taken.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const paid = await shopper.orderWhen(order.id, ({ status }) => status === 'completed');
  expect(paid).toMatchObject({ payment_status: 'captured', total: 574, captured: 574 });
  const confirm = shopper.call('POST', `/v1/payments/${payment.id}/confirm`, { body: {} });
  expect(await expectJson(Payment, 200, confirm)).toMatchObject({ status: 'captured', amount: 574 });
  expect((await post(body, headers)).status).toBe(200);
  const after = await shopper.order(order.id);
  expect([after.captured, after.receipt?.number, after.poslog]).toEqual([
    574,
    paid.receipt?.number,
    paid.poslog,
  ]);
  expect(fake.ctl.charges(payment.id)).toHaveLength(1);
});

it('gives money back by itself that was taken after the order was cancelled', async () => {
  const { shopper, order } = await ordered();
  const payment = await paying(shopper, order.id);
  for (const path of [`/v1/payments/${payment.id}/cancel`, `/v1/orders/${order.id}/cancel`]) {
    const cancelled = await shopper.call('POST', path);
    expect(cancelled.status, cancelled.text).toBe(200);
  }
  expect(await shopper.order(order.id)).toMatchObject({ status: 'cancelled', captured: 0 });
  fake.takeLate(payment.id);
  const { body, headers } = await captureOf(payment);
  expect((await post(body, headers)).status).toBe(200);
  const back = await until('the money to go back', async () =>
    fake.ctl.movements.find(({ kind, amount }) => kind === 'refund' && amount === 574),
  );
  expect(back.currency).toBe('GBP');
  expect((await post(body, headers)).status).toBe(200);
  expect(await shopper.order(order.id)).toMatchObject({ status: 'cancelled', receipt: null });
  expect(fake.ctl.movements.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
});

it('completes an order that is paid in two parts on the second one only', async () => {
  const { shopper, order } = await ordered();
  const part = async (amount: number) => {
    const body = { gateway: 'generic_card', method: 'card', amount, token: `tok_${amount}` };
    const paid = shopper.call('POST', `/v1/orders/${order.id}/payments`, { body });
    return expectJson(Payment, 201, paid);
  };
  expect(await part(300)).toMatchObject({ amount: 300, status: 'captured' });
  const half = await shopper.order(order.id);
  expect(half).toMatchObject({ status: 'created', captured: 300, receipt: null, exit_pass: null });
  expect(half.payment_status).toBe('partially_captured');
  const pass = shopper.call('GET', `/v1/orders/${order.id}/exit_pass`);
  expect(await expectProblem(409, pass)).toBe('not_paid');
  expect(await part(274)).toMatchObject({ amount: 274, status: 'captured' });
  const whole = await shopper.orderWhen(order.id, ({ status }) => status === 'completed');
  expect(whole).toMatchObject({ payment_status: 'captured', captured: 574 });
  expect(whole.payments.map(({ amount }) => amount)).toEqual([300, 274]);
  expect(whole.receipt).not.toBeNull();
});
