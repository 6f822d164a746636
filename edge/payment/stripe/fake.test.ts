import { describe, expect, it } from 'vitest';
import { STRIPE_VERSION } from './account.ts';
import { API_KEY, newFake, TOKEN } from './testing.ts';

const HEADERS = {
  authorization: `Bearer ${API_KEY}`,
  'stripe-version': STRIPE_VERSION,
  'content-type': 'application/x-www-form-urlencoded',
  'idempotency-key': 'k',
};
const FORM = { amount: '100', currency: 'gbp', confirm: 'true', payment_method: TOKEN };

async function refusal(over: { headers?: Record<string, string>; form?: Record<string, string> }) {
  const fake = newFake();
  const headers = Object.entries({ ...HEADERS, ...over.headers }).filter(([, value]) => value !== '');
  const body = new URLSearchParams({ ...FORM, ...over.form }).toString();
  const request = new Request('https://stripe.test/v1/payment_intents', { method: 'POST', headers, body });
  const response = await fake.fetch(request);
  expect(fake.ctl.movements).toHaveLength(response.status === 200 ? 1 : 0);
  expect(fake.ctl.refusals).toHaveLength(response.status === 200 ? 0 : 1);
  const { error } = await response.json<{ error?: { type: string; code?: string; param?: string } }>();
  return { status: response.status, ...error };
}

describe('the fake of Stripe', () => {
  it('takes what Stripe takes', async () => {
    expect(await refusal({})).toEqual({ status: 200 });
  });

  it('refuses a stranger, another version, another body and a request without a key', async () => {
    expect(await refusal({ headers: { authorization: 'Bearer sk_test_wrong' } })).toMatchObject({
      status: 401,
    });
    expect(await refusal({ headers: { 'stripe-version': '2020-08-27' } })).toMatchObject({ status: 400 });
    expect(await refusal({ headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 400 });
    expect(await refusal({ headers: { 'idempotency-key': '' } })).toMatchObject({ status: 400 });
    expect(await refusal({ headers: { 'stripe-account': 'acct_9' } })).toMatchObject({ status: 403 });
  });

  it('refuses a parameter that is unknown, and names it', async () => {
    expect(await refusal({ form: { colour: 'red' } })).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      code: 'parameter_unknown',
      param: 'colour',
    });
    expect(await refusal({ form: { 'payment_method_types[0]': 'card' } })).toMatchObject({
      code: 'payment_method_types_no_longer_supported',
    });
  });

  it('refuses money that is no whole positive number, and a currency in capitals', async () => {
    for (const amount of ['0', '-1', '1.5', '1e3', '', '100000000'])
      expect(await refusal({ form: { amount } })).toMatchObject({ status: 400, param: 'amount' });
    expect(await refusal({ form: { currency: 'GBP' } })).toMatchObject({ status: 400, param: 'currency' });
    expect(await refusal({ form: { confirm: 'yes' } })).toMatchObject({ status: 400, param: 'confirm' });
  });
});
