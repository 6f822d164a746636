import { describe, expect, it } from 'vitest';
import { API_KEY, MERCHANT, newFake } from './testing.ts';

const BODY = {
  merchantAccount: MERCHANT,
  amount: { value: 100, currency: 'EUR' },
  reference: 'pay_1',
  returnUrl: 'https://shop.test/back',
  paymentMethod: { type: 'scheme', encryptedCardNumber: 'encrypted' },
};
const HEADERS = { 'x-api-key': API_KEY, 'content-type': 'application/json', 'idempotency-key': 'k' };

async function refusal(over: { headers?: Record<string, string>; body?: object }) {
  const fake = newFake();
  const headers = Object.entries({ ...HEADERS, ...over.headers }).filter(([, value]) => value !== '');
  const body = JSON.stringify({ ...BODY, ...over.body });
  const response = await fake.fetch(
    new Request('https://adyen.test/v71/payments', { method: 'POST', headers, body }),
  );
  expect(fake.ctl.movements).toHaveLength(response.status === 200 ? 1 : 0);
  expect(fake.ctl.refusals).toHaveLength(response.status === 200 ? 0 : 1);
  const { errorCode } = await response.json<{ errorCode?: string }>();
  return { status: response.status, errorCode };
}

describe('the fake of Adyen', () => {
  it('takes what Adyen takes', async () => {
    expect(await refusal({})).toMatchObject({ status: 200 });
  });

  it('refuses a stranger, another merchant, another body and a request without a key', async () => {
    expect(await refusal({ headers: { 'x-api-key': 'wrong' } })).toMatchObject({ status: 401 });
    expect(await refusal({ body: { merchantAccount: 'Somebody' } })).toEqual({
      status: 403,
      errorCode: '901',
    });
    expect(await refusal({ headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 415 });
    expect(await refusal({ headers: { 'idempotency-key': '' } })).toMatchObject({ status: 422 });
    expect(await refusal({ headers: { 'idempotency-key': 'k'.repeat(65) } })).toMatchObject({ status: 422 });
  });

  it('refuses an unknown field, a card in clear, and money that is no whole positive number', async () => {
    expect(await refusal({ body: { colour: 'red' } })).toEqual({ status: 400, errorCode: '702' });
    const clear = { type: 'scheme', number: 'in clear' };
    expect(await refusal({ body: { paymentMethod: clear } })).toEqual({ status: 400, errorCode: '702' });
    for (const value of [0, -1, 1.5, '100'])
      expect(await refusal({ body: { amount: { value, currency: 'EUR' } } })).toMatchObject({ status: 422 });
    expect(await refusal({ body: { amount: { value: 1, currency: 'eur' } } })).toMatchObject({ status: 422 });
  });

  it('lets a terminal read nothing but the three messages', async () => {
    const fake = newFake();
    const message = { SaleToPOIRequest: { MessageHeader: { ServiceID: 'longer-than-ten' } } };
    const body = JSON.stringify(message);
    await fake.fetch(new Request('https://adyen.test/sync', { method: 'POST', headers: HEADERS, body }));
    expect(fake.ctl.refusals).toHaveLength(1);
  });
});
