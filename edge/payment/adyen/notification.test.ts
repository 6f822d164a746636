import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { WebhookEvent } from '../gateway.ts';
import { base64Of, bytesOfHex, hmac } from '../hmac.ts';
import { type NotificationItem, signedText } from './notification.ts';
import { adapterTo, HMAC_KEY, MERCHANT, newFake, requestOf } from './testing.ts';

/** Not a literal: no TypeScript project owns the file. */
const VECTORS: string = '../../../test/vectors/signatures/adyen.json';
const vectors = z
  .array(z.object({ key: z.string(), message: z.string(), expected: z.string() }))
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

const path = '/v1/webhooks/adyen/x';
const gatewayTo = (fake = newFake(), over: Parameters<typeof adapterTo>[1] = {}) =>
  adapterTo((request) => fake.fetch(request), over);

async function signed(item: NotificationItem, hex = HMAC_KEY, live = 'false') {
  const key = bytesOfHex(hex);
  if (key === null) throw new Error('not hex');
  const hmacSignature = base64Of(await hmac(key, signedText(item)));
  const NotificationRequestItem = { ...item, additionalData: { hmacSignature } };
  const body = JSON.stringify({ live, notificationItems: [{ NotificationRequestItem }] });
  return { headers: new Headers(), body, path, now_ms: Date.now() };
}

const item = (over: Partial<NotificationItem>): NotificationItem => ({
  pspReference: 'FAKE000000000002',
  originalReference: 'FAKE000000000001',
  merchantAccountCode: MERCHANT,
  merchantReference: 'pay_7_1',
  amount: { value: 1_000, currency: 'EUR' },
  eventCode: 'CAPTURE',
  success: 'true',
  ...over,
});

async function eventOf(over: Partial<NotificationItem>): Promise<WebhookEvent | undefined> {
  const read = await gatewayTo().verifyWebhook(await signed(item(over)));
  if (!read.ok) throw new Error(read.error.code);
  return read.value.events[0];
}

describe('the signature of Adyen', () => {
  it('is the published one', async () => {
    expect(vectors).toHaveLength(2);
    for (const { key, message, expected } of vectors) {
      const [
        pspReference = '',
        original = '',
        merchantAccountCode = '',
        merchantReference = '',
        value,
        currency = '',
        eventCode = '',
      ] = message.split(':');
      const one = item({
        pspReference,
        originalReference: original === '' ? null : original,
        merchantAccountCode,
        merchantReference,
        amount: { value: Number(value), currency },
        eventCode,
      });
      expect(signedText(one)).toBe(message);
      const raw = await signed(one, key);
      expect(raw.body).toContain(expected);
      const account = { merchant: merchantAccountCode };
      const secrets = { hmac_key: `${HMAC_KEY.replace('4', '5')}, ${key}` };
      expect(await gatewayTo(newFake(), { account, secrets }).verifyWebhook(raw)).toMatchObject({ ok: true });
    }
  });

  it('covers each of the eight fields', async () => {
    const invalid = { ok: false, error: { code: 'invalid_signature' } };
    const raw = await signed(item({}));
    for (const [was, is] of [
      ['FAKE000000000002', 'FAKE000000000003'],
      ['FAKE000000000001', 'FAKE000000000004'],
      [MERCHANT, 'Somebody'],
      ['pay_7_1', 'pay_8_1'],
      ['1000', '1001'],
      ['EUR', 'USD'],
      ['CAPTURE', 'REFUND'],
      ['"success":"true"', '"success":"false"'],
    ] as const) {
      const tampered = { ...raw, body: raw.body.replace(was, is) };
      expect(tampered.body).not.toBe(raw.body);
      expect(await gatewayTo().verifyWebhook(tampered)).toEqual(invalid);
    }
    for (const body of ['', '{}', '{"live":"false","notificationItems":[]}'])
      expect(await gatewayTo().verifyWebhook({ ...raw, body })).toEqual(invalid);
  });

  it('must be for this merchant and this environment', async () => {
    const invalid = { ok: false, error: { code: 'invalid' } };
    expect(await gatewayTo().verifyWebhook(await signed(item({}), HMAC_KEY, 'true'))).toEqual(invalid);
    const foreign = await signed(item({ merchantAccountCode: 'Somebody' }));
    expect(await gatewayTo().verifyWebhook(foreign)).toEqual(invalid);
  });

  it('comes with a password where the account has one', async () => {
    const fake = newFake('user:of the tests');
    const secrets = { notification_user: 'user', notification_password: 'of the tests' };
    const gateway = gatewayTo(fake, { secrets });
    await gateway.createAttempt(requestOf());
    const [sent] = await fake.deliveries();
    if (sent === undefined) throw new Error('nothing was sent');
    const raw = { ...sent, path, now_ms: Date.now() };
    expect(await gateway.verifyWebhook(raw)).toMatchObject({ ok: true });
    for (const headers of [new Headers(), new Headers({ authorization: `Basic ${btoa('user:wrong')}` })])
      expect(await gateway.verifyWebhook({ ...raw, headers })).toEqual({
        ok: false,
        error: { code: 'invalid_signature' },
      });
  });
});

describe('the notifications of Adyen', () => {
  it('come several in one message, each an event of its own, and are accepted together', async () => {
    const fake = newFake();
    const gateway = gatewayTo(fake);
    const request = requestOf({ capture: 'manual' });
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    await gateway.capture(attempt, { amount: 10_000, key: 'c' });
    const refund = refundOf(request, 500);
    await gateway.refund(attempt, refund);
    const [sent, ...more] = await fake.deliveries({ batch: 3 });
    if (sent === undefined) throw new Error('nothing was sent');
    expect(more).toEqual([]);
    const read = await gateway.verifyWebhook({ ...sent, path, now_ms: Date.now() });
    if (!read.ok) throw new Error(read.error.code);
    expect(read.value.ack).toEqual({ status: 200, body: '[accepted]', content_type: 'text/plain' });
    const { payment_id } = request;
    const psp = attempt.reference;
    expect(read.value.events).toMatchObject([
      {
        event_id: `AUTHORISATION|${psp}|true`,
        payment_id,
        claims: { outcome: { s: 'authorized', amount: 12_000 } },
      },
      { type: 'CAPTURE', payment_id, reference: psp, claims: { outcome: { s: 'captured', amount: 10_000 } } },
      {
        kind: 'refund',
        payment_id: null,
        refund_id: refund.refund_id,
        reference: psp,
        claims: { refund: { s: 'succeeded' }, amount: 500, currency: 'EUR' },
      },
    ]);
  });

  it('say by the reference alone whether an authorisation has taken the money', async () => {
    const one = { eventCode: 'AUTHORISATION', originalReference: null };
    expect(await eventOf(one)).toMatchObject({
      payment_id: 'pay_7_1',
      claims: { outcome: { s: 'captured' } },
    });
    expect(await eventOf({ ...one, merchantReference: 'pay_7_1.manual' })).toMatchObject({
      payment_id: 'pay_7_1',
      claims: { outcome: { s: 'authorized' } },
    });
    expect(await eventOf({ ...one, success: 'false' })).toMatchObject({
      claims: { outcome: { s: 'declined' } },
    });
  });

  it('tell of what failed, of what was released, and of what ran out', async () => {
    for (const [eventCode, success, s] of [
      ['CAPTURE', 'false', 'error'],
      ['CAPTURE_FAILED', 'true', 'error'],
      ['CANCELLATION', 'true', 'voided'],
      ['CANCELLATION', 'false', 'error'],
      ['TECHNICAL_CANCEL', 'true', 'voided'],
      ['OFFER_CLOSED', 'true', 'expired'],
    ] as const)
      expect(await eventOf({ eventCode, success })).toMatchObject({
        kind: 'payment',
        claims: { outcome: { s } },
      });
    // Whether it was a cancel or a refund stands in an unsigned field.
    expect(await eventOf({ eventCode: 'CANCEL_OR_REFUND' })).not.toHaveProperty('claims');
  });

  it('tell of refunds that failed or came back, of disputes, and of what is no payment', async () => {
    for (const [eventCode, success] of [
      ['REFUND', 'false'],
      ['REFUND_FAILED', 'true'],
      ['REFUNDED_REVERSED', 'true'],
    ] as const)
      expect(await eventOf({ eventCode, success, merchantReference: 'ref_7' })).toMatchObject({
        kind: 'refund',
        refund_id: 'ref_7',
        claims: { refund: { s: 'failed' } },
      });
    expect(await eventOf({ eventCode: 'CHARGEBACK' })).toMatchObject({
      kind: 'dispute',
      payment_id: 'pay_7_1',
      reference: 'FAKE000000000001',
    });
    expect(await eventOf({ eventCode: 'REPORT_AVAILABLE', amount: null })).toMatchObject({ kind: 'other' });
  });
});
