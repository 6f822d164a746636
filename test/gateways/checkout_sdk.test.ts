import { Checkout } from 'checkout-sdk-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckoutFake } from '../../edge/payment/checkout/fake.ts';
import { serveFake } from '../support/fake_server.ts';

/** The vendor's own client accepts what the fake answers: the fake speaks the vendor's format and not only ours. */
const KEY = `sk_sbox_${'a'.repeat(27)}`;
const fake = new CheckoutFake({
  secret_key: KEY,
  webhook_key: 'a webhook key of this test',
  webhook_url: 'https://shop.example/v1/webhooks/checkout/key',
  now: () => Date.now(),
});

const payment = (reference: string, capture: boolean) => ({
  source: { type: 'token', token: 'tok_of_the_form' },
  amount: 4_999,
  currency: 'GBP',
  reference,
  capture,
  '3ds': { enabled: true },
});

describe('the vendor’s client against the fake of Checkout.com', () => {
  let server: Awaited<ReturnType<typeof serveFake>>;
  let cko: Checkout;
  beforeAll(async () => {
    server = await serveFake(fake);
    cko = new Checkout(KEY, { host: server.url });
  });
  afterAll(() => server.close());

  it('charges once a key, and finds the payment by its reference', async () => {
    const first = await cko.payments.request(payment('pay_sdk_1', true), 'pay_sdk_1');
    const again = await cko.payments.request(payment('pay_sdk_1', true), 'pay_sdk_1');
    expect(first).toMatchObject({ approved: true, status: 'Authorized', requiresRedirect: false });
    expect(again).toMatchObject({ id: Reflect.get(first, 'id') });
    expect(fake.ctl.charges('pay_sdk_1')).toHaveLength(1);
    const list = await cko.payments.getPaymentList({ reference: 'pay_sdk_1' });
    expect(list).toMatchObject({ total_count: 1, data: [{ status: 'Captured' }] });
  });

  it('is sent to the bank’s page', async () => {
    fake.ctl.next('challenge');
    const asked = await cko.payments.request(payment('pay_sdk_2', true), 'pay_sdk_2');
    expect(asked).toMatchObject({ status: 'Pending', requiresRedirect: true });
    expect(Reflect.get(asked, 'redirectLink')).toContain(server.url);
  });

  it('captures a part, and sees its refund among the actions', async () => {
    const { id } = Object(await cko.payments.request(payment('pay_sdk_3', false), 'pay_sdk_3'));
    await cko.payments.capture(id, { amount: 3_000, reference: 'pay_sdk_3' }, 'capture_3');
    await cko.payments.refund(id, { amount: 1_000, reference: 'ref_sdk_3' }, 'refund_3');
    expect(await cko.payments.get(id)).toMatchObject({
      status: 'Partially Refunded',
      balances: { total_captured: 3_000, total_refunded: 1_000 },
    });
    const actions = Object.values(Object(await cko.payments.getActions(id)));
    expect(actions).toContainEqual(
      expect.objectContaining({ type: 'Refund', reference: 'ref_sdk_3', approved: true }),
    );
  });

  it('reads a refusal as the vendor’s own error', async () => {
    const broken = { ...payment('pay_sdk_4', true), currency: 'GBP', reference: 'x'.repeat(81) };
    await expect(cko.payments.request(broken, 'pay_sdk_4')).rejects.toMatchObject({
      name: 'ValidationError',
      http_code: 422,
    });
  });
});
