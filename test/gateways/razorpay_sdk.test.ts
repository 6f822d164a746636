import Razorpay from 'razorpay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RazorpayFake } from '../../edge/payment/upi/fake.ts';
import { serveFake } from '../support/fake_server.ts';

const KEYS = { key_id: 'rzp_key_of_the_test', key_secret: 'a key secret' };
const NOTES = { payment_id: 'pay_00000000-0000-7000-8000-000000000001_1' };

describe('Razorpay’s own client in front of our fake', () => {
  let fake: RazorpayFake;
  let client: Razorpay;
  let close: () => Promise<void>;
  beforeEach(async () => {
    fake = new RazorpayFake({ ...KEYS, webhook_secret: 'rzp_whsec', now: () => Date.now() });
    const served = await serveFake(fake);
    close = served.close;
    client = new Razorpay(KEYS);
    // It has no option for the address: its HTTP client is told.
    Object.assign(Reflect.get(Reflect.get(client, 'api'), 'rq').defaults, { baseURL: served.url });
  });
  afterEach(() => close());

  it('orders, asks a payer, captures and gives money back', async () => {
    const order = await client.orders.create({
      amount: 10_050,
      currency: 'INR',
      receipt: 'r1',
      notes: NOTES,
    });
    expect(await client.orders.all({ receipt: 'r1' })).toMatchObject({ count: 1 });
    const started = await client.payments.createUpi({
      amount: 10_050,
      currency: 'INR',
      order_id: order.id,
      email: 'till@shop.example',
      contact: '+911234567890',
      method: 'upi',
      ip: '192.0.2.7',
      referer: 'https://shop.example/',
      user_agent: 'a browser',
      notes: NOTES,
      upi: { flow: 'collect', vpa: 'payer.name@okbank', expiry_time: 5 },
    });
    expect(started).toMatchObject({ razorpay_payment_id: expect.stringMatching(/^pay_/) });
    const { items } = await client.orders.fetchPayments(order.id);
    expect(items).toMatchObject([{ status: 'captured', amount: 10_050, method: 'upi' }]);
    const refund = await client.payments.refund(items[0]?.id ?? '', { amount: 5_000, speed: 'normal' });
    expect(await client.refunds.fetch(refund.id)).toMatchObject({ status: 'processed', amount: 5_000 });
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('shows and closes a QR code, and hears why something is refused', async () => {
    const close_by = Math.floor(Date.now() / 1000) + 1_200;
    const asked = { type: 'upi_qr', usage: 'single_use', fixed_amount: true, payment_amount: 300 } as const;
    const code = await client.qrCode.create({ ...asked, name: 'A-7', close_by });
    await fake.scan(code.id);
    expect(await client.qrCode.fetchAllPayments(code.id)).toMatchObject({ items: [{ amount: 300 }] });
    expect(await client.qrCode.close(code.id)).toMatchObject({ status: 'closed' });
    await expect(
      client.qrCode.create({ ...asked, name: 'A-8', close_by: close_by - 1_100 }),
    ).rejects.toMatchObject({ statusCode: 400, error: { code: 'BAD_REQUEST_ERROR' } });
  });
});
