import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { AttemptRequest, GatewayContext, Outcome, RawWebhook, WebhookEvent } from '../gateway.ts';
import { mpesaGateway } from './adapter.ts';
import { MpesaFake } from './fake.ts';
import { darajaPassword, darajaTimestamp, ofDarajaTimestamp } from './protocol.ts';
import { securityCredential } from './security_credential.ts';

const AT = '2025-07-01T09:00:00.000Z';
const PHONE = '254708374149';
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CERTIFICATE = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();
/** A certificate made for this test; its key was thrown away. */
const X509 = `-----BEGIN CERTIFICATE-----
MIIDEzCCAfugAwIBAgIUHS2cmWU9FgF/tI+z9UvdycmDJNEwDQYJKoZIhvcNAQEL
BQAwGTEXMBUGA1UEAwwOZGFyYWphLmV4YW1wbGUwHhcNMjYxMTI4MTYyNDM3WhcN
MzYxMTI1MTYyNDM3WjAZMRcwFQYDVQQDDA5kYXJhamEuZXhhbXBsZTCCASIwDQYJ
KoZIhvcNAQEBBQADggEPADCCAQoCggEBANP4TBEYaM63QEftiksAKlUrYQhKpO4T
2jJ0873ZOWhqie4qUN5eZuyH+yjGFKf0NXPlshHP3pdDa34o0x+I2jvtFuqw29Is
Xnx3aaVnB3UH3a9nEhaeCarJNXYNDk0TIHbqrvHxVI+3VU0iVJs/EuXCdZ+kg0bY
OyoiIEuccm8Nd1s52SD8pN5IUC+cZ8g4GZxhTLGd+tYQ2RTpvdmx1/IZGVTMSLcv
XbgS4p/yoWYlYbARf7ay5v7n1uIPa9nOIbIRUzssuaVmg/c94wjQM2xB6VXNFZQi
xCs1AzCSeSEAVGfe9Wxl8nkut0nI1gpum9v66T1QYY94ogjX/oeAWx8CAwEAAaNT
MFEwHQYDVR0OBBYEFIl+M4vqg1JD80gQ5NyGWPin/tTEMB8GA1UdIwQYMBaAFIl+
M4vqg1JD80gQ5NyGWPin/tTEMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
BQADggEBAB7H+7efeCj5BQi5f+ngpU2olG9req2vWUH7BBz+uqHSEQDr62ideD7D
E+3jB0T3ZcPpfnJTyKTqYzyCHb+HkbTNz6ZN+E/lDo2QZqGckhbUXZ+FfcpGdHPq
ey/37wuvv/mSLJhkVf7w6jCsu/xCYWfKDG2EWDyisAUvxr8m0talxmt6yXaL0C9A
2zxoW4NphqAsRGr+utjCKU6Dd8nQkeSfiu5rjkqkTgQBKXXirpiKXOoqpukLw+3/
bbmf6sV0pbTgj43uUhM1jZEH8kkRJbZOfW5X9+deBZWOURAWFJAC8r+1EepbouvF
+7+xaR40VdJNHw91bPDFbivwwkSGqgQ=
-----END CERTIFICATE-----`;
const OPTIONS = {
  shortcode: '174379',
  passkey: 'passkey',
  consumer_key: 'the consumer',
  consumer_secret: 'a consumer secret',
  initiator: 'till_manager',
  initiator_password: 'an initiator password',
  private_key: RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  now: () => Date.parse(AT),
};
const SECRETS = {
  consumer_key: OPTIONS.consumer_key,
  consumer_secret: OPTIONS.consumer_secret,
  passkey: OPTIONS.passkey,
  callback_key: 'a key for callbacks',
  initiator_password: OPTIONS.initiator_password,
  certificate: CERTIFICATE,
};

const request = (over: Partial<AttemptRequest> = {}): AttemptRequest => ({
  payment_id: `pay_${crypto.randomUUID()}_1`,
  order_id: `ord_${crypto.randomUUID()}`,
  order_number: 'A-2025-000123',
  amount: 15_000,
  currency: 'KES',
  method: 'mpesa',
  capture: 'auto',
  instrument: { kind: 'msisdn', msisdn: '0708 374 149' },
  save_card: false,
  channel: 'web',
  shopper_id: 'shp_1',
  description: 'Order A-2025-000123',
  return_url: 'https://shop.example/pay',
  webhook_url: 'https://shop.example/v1/webhooks/mpesa/an-account-key',
  began_at: AT,
  ...over,
});

function contextOf(over: Partial<GatewayContext> = {}): GatewayContext {
  return {
    account: {
      gateway: 'mpesa',
      account_key: crypto.randomUUID(),
      environment: 'test',
      methods: ['mpesa'],
      settings: { shortcode: '174379', initiator: OPTIONS.initiator },
    },
    secrets: SECRETS,
    http: () => Promise.reject(new Error('no network')),
    now: () => Date.parse(AT),
    ...over,
  };
}

function behind(over: Partial<GatewayContext> = {}) {
  const fake = new MpesaFake(OPTIONS);
  const sent: { path: string; body: string }[] = [];
  const http = async (one: Request) => {
    sent.push({ path: new URL(one.url).pathname, body: await one.clone().text() });
    return fake.fetch(one);
  };
  const gateway = mpesaGateway(contextOf({ http, ...over }));
  if (gateway === null) throw new Error('the account is incomplete');
  const heard = async (): Promise<WebhookEvent[]> => {
    const events: WebhookEvent[] = [];
    for (const raw of fake.deliveries()) {
      const read = await gateway.verifyWebhook(raw);
      if (read.ok) events.push(...read.value.events);
    }
    return events;
  };
  return { fake, gateway, sent, heard };
}

const claimOf = (event: WebhookEvent | undefined): Outcome | undefined =>
  event?.claims !== undefined && 'outcome' in event.claims ? event.claims.outcome : undefined;

describe('M-Pesa: 150 shillings at the shortcode 174379', () => {
  it('pushes, is processing, hears the callback, is captured by the query, and hears it twice', async () => {
    const { fake, gateway, sent, heard } = behind();
    const asked = request();
    fake.ctl.next('pending');
    const pushed = await gateway.createAttempt(asked);
    expect(pushed).toMatchObject({ s: 'action_required', action: { type: 'push' } });
    const body = JSON.parse(sent.find(({ path }) => path.endsWith('processrequest'))?.body ?? '{}');
    expect(body).toMatchObject({
      Timestamp: '20250701120000',
      Password: btoa('174379passkey20250701120000'),
      TransactionType: 'CustomerPayBillOnline',
      Amount: 150,
      PartyA: PHONE,
      AccountReference: 'A2025000123',
      TransactionDesc: 'Order A202500',
    });
    const attempt = attemptOf(asked, pushed);
    expect(await gateway.getAttempt(attempt)).toEqual({ s: 'pending', reference: attempt.reference });

    fake.answer(asked.payment_id, '0');
    const [event] = await heard();
    expect(event).toMatchObject({
      gateway: 'mpesa',
      payment_id: asked.payment_id,
      reference: attempt.reference,
      occurred_at: AT,
    });
    expect(claimOf(event)).toMatchObject({ s: 'captured', amount: 15_000, refs: { receipt: 'NLJ7RT0001' } });
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'captured', amount: 15_000 });
    expect((await heard())[0]?.event_id).toBe(event?.event_id);
    expect(fake.ctl.charges(asked.payment_id)).toHaveLength(1);
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('passes on a callback of 149, which the core then refuses', async () => {
    const { fake, gateway, heard } = behind();
    const asked = request();
    fake.ctl.next('pending');
    await gateway.createAttempt(asked);
    fake.answer(asked.payment_id, '0');
    const [raw] = fake.deliveries();
    if (raw === undefined) throw new Error('no callback');
    const body = raw.body.replace('"Amount","Value":150', '"Amount","Value":149.0');
    const read = await gateway.verifyWebhook({ ...raw, body });
    if (!read.ok) throw new Error(read.error.code);
    const [lie] = read.value.events;
    expect(claimOf(lie)).toMatchObject({ s: 'captured', amount: 14_900 });
    expect(lie?.event_id).not.toBe((await heard())[0]?.event_id);
    expect(read.value.ack.body).toBe('{"ResultCode":0,"ResultDesc":"Accepted"}');
  });

  it.each([
    ['1032', 'cancelled'],
    ['1037', 'expired'],
    ['1019', 'expired'],
    ['1', 'declined'],
    ['2001', 'declined'],
    ['1001', 'declined'],
  ])('understands the result %s as %s, from query and callback', async (code, s) => {
    const { fake, gateway, heard } = behind();
    const asked = request();
    fake.ctl.next('pending');
    const attempt = attemptOf(asked, await gateway.createAttempt(asked));
    fake.answer(asked.payment_id, code);
    const said = await gateway.getAttempt(attempt);
    expect(said.s).toBe(s);
    expect(claimOf((await heard())[0])).toEqual(said);
    if (said.s === 'declined') expect(said.soft ?? false).toBe(code === '1001');
    expect(fake.ctl.charges(asked.payment_id)).toEqual([]);
  });

  it('refuses 150.50 before any call, and what is no Kenyan mobile number or shilling', async () => {
    const { gateway, sent } = behind();
    for (const amount of [15_050, 0, -100])
      expect(await gateway.createAttempt(request({ amount }))).toMatchObject({ code: 'invalid_amount' });
    expect(await gateway.createAttempt(request({ currency: 'UGX' }))).toMatchObject({
      code: 'invalid_currency',
    });
    for (const instrument of [{ kind: 'none' } as const, { kind: 'msisdn', msisdn: '0201234567' } as const])
      expect(await gateway.createAttempt(request({ instrument }))).toMatchObject({
        code: 'invalid_instrument',
      });
    expect(sent).toEqual([]);
  });
});

describe('M-Pesa when answers are lost', () => {
  it('never pushes again: it stays unknown, and the callback brings payment and prompt', async () => {
    const { fake, gateway, heard } = behind();
    const asked = request();
    fake.ctl.next('commit_then_drop');
    const lost = await gateway.createAttempt(asked);
    expect(lost).toEqual({ s: 'unknown', reason: 'unavailable' });
    const attempt = attemptOf(asked, lost);
    expect(await gateway.getAttempt(attempt)).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(fake.prompts(asked.payment_id)).toBe(1);
    const [event] = await heard();
    expect(event?.payment_id).toBe(asked.payment_id);
    const named = { ...attempt, reference: event?.reference ?? null };
    expect(await gateway.getAttempt(named)).toMatchObject({ s: 'captured', amount: 15_000 });
  });

  it('takes no 5xx for a refusal, and says so where the prompt was provably not sent', async () => {
    const { fake, gateway } = behind();
    fake.ctl.next('fail_after_commit', 'rate_limited');
    expect(await gateway.createAttempt(request())).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await gateway.createAttempt(request())).toMatchObject({ s: 'error', code: 'rate_limited' });
    const offline = mpesaGateway(contextOf());
    expect(await offline?.createAttempt(request())).toMatchObject({ s: 'error', code: 'unavailable' });
  });

  it('asks by the query where the callback never comes', async () => {
    const { fake, gateway } = behind();
    fake.silent = true;
    const asked = request();
    const pushed = await gateway.createAttempt(asked);
    expect(fake.deliveries()).toEqual([]);
    expect(await gateway.getAttempt(attemptOf(asked, pushed))).toMatchObject({ s: 'captured' });
  });

  it('fetches another token once where its own is refused, and keeps one otherwise', async () => {
    const { fake, gateway, sent } = behind();
    await gateway.createAttempt(request());
    await gateway.createAttempt(request());
    const tokens = () => sent.filter(({ path }) => path.startsWith('/oauth')).length;
    expect(tokens()).toBe(1);
    fake.revokeTokens();
    expect((await gateway.createAttempt(request())).s).toBe('action_required');
    expect(tokens()).toBe(2);
  });
});

describe('callbacks of M-Pesa', () => {
  const aCallback = async (): Promise<{ raw: RawWebhook; behindIt: ReturnType<typeof behind> }> => {
    const behindIt = behind();
    await behindIt.gateway.createAttempt(request());
    const [raw] = behindIt.fake.deliveries();
    if (raw === undefined) throw new Error('no callback');
    return { raw, behindIt };
  };
  const invalid = { ok: false, error: { code: 'invalid_signature' } };

  it('are believed only at an address that we gave out for this payment', async () => {
    const { raw, behindIt } = await aCallback();
    const { gateway } = behindIt;
    expect((await gateway.verifyWebhook({ ...raw, path: `${raw.path}?source=daraja` })).ok).toBe(true);
    const other = raw.path.replace(/pay_.{8}/, 'pay_00000000');
    for (const path of [other, raw.path.slice(0, -2), '/v1/webhooks/mpesa/an-account-key', '/'])
      expect(await gateway.verifyWebhook({ ...raw, path }), path).toEqual(invalid);
    const stranger = mpesaGateway(
      contextOf({ secrets: { ...SECRETS, callback_key: 'another key of a shop' } }),
    );
    expect(await stranger?.verifyWebhook(raw)).toEqual(invalid);
  });

  it('come from the listed addresses only, where an account lists them', async () => {
    const { raw } = await aCallback();
    const account = contextOf().account;
    const from = (source_ips: string) =>
      mpesaGateway(contextOf({ account: { ...account, settings: { ...account.settings, source_ips } } }));
    expect((await from('10.0.0.1, 196.201.214.200')?.verifyWebhook(raw))?.ok).toBe(true);
    expect(await from('10.0.0.1')?.verifyWebhook(raw)).toEqual(invalid);
  });

  it('say nothing of the money where the amount is missing, and nothing where they are unreadable', async () => {
    const { raw, behindIt } = await aCallback();
    const { gateway } = behindIt;
    const without = raw.body.replace(/\{"Name":"Amount"[^}]*\}/, '{"Name":"Amount"}');
    const read = await gateway.verifyWebhook({ ...raw, body: without });
    expect(read.ok && read.value.events[0]?.claims).toBeUndefined();
    expect(await gateway.verifyWebhook({ ...raw, body: '{}' })).toEqual({
      ok: false,
      error: { code: 'invalid' },
    });
  });

  it('carry no telephone number into references, outcomes or the log', async () => {
    const { raw, behindIt } = await aCallback();
    const asked = request();
    const outcome = await behindIt.gateway.createAttempt(asked);
    expect(raw.body).toContain(PHONE);
    const seen = JSON.stringify([outcome, await behindIt.heard(), raw.path]);
    for (const digits of [PHONE, PHONE.slice(3)]) expect(seen).not.toContain(digits);
  });
});

describe('a reversal', () => {
  const paid = async () => {
    const all = behind();
    const asked = request();
    const pushed = await all.gateway.createAttempt(asked);
    const attempt = { ...attemptOf(asked, pushed), captured: asked.amount, refs: { receipt: 'NLJ7RT0001' } };
    return { ...all, attempt, refund: refundOf(asked, asked.amount) };
  };
  const last = (events: WebhookEvent[]) => events.at(-1);

  it('gives the whole payment back, and hears of it at its own address', async () => {
    const { gateway, fake, heard, attempt, refund } = await paid();
    fake.ctl.next('refund_pending');
    const accepted = await gateway.refund(attempt, refund);
    if (accepted.s !== 'pending') throw new Error(accepted.s);
    expect(await gateway.getRefund(attempt, { ...refund, reference: accepted.reference })).toEqual(accepted);
    expect(fake.ctl.movements.filter((one) => one.kind === 'refund')).toEqual([]);
    fake.settleReversal(refund.refund_id);
    expect(last(await heard())).toMatchObject({
      kind: 'refund',
      refund_id: refund.refund_id,
      claims: { refund: { s: 'succeeded', reference: accepted.reference } },
    });
    expect(fake.ctl.movements.filter((one) => one.reference === refund.refund_id)).toEqual([
      { reference: refund.refund_id, kind: 'refund', amount: 15_000, currency: 'KES' },
    ]);
  });

  it('fails by its result, and a queue’s time-out claims nothing', async () => {
    const { gateway, fake, heard, attempt, refund, sent } = await paid();
    fake.ctl.next('refund_fails');
    await gateway.refund(attempt, refund);
    expect(last(await heard())).toMatchObject({ claims: { refund: { s: 'failed', code: 'R000001' } } });
    const body = JSON.parse(sent.find(({ path }) => path.includes('reversal'))?.body ?? '{}');
    const [raw] = fake.deliveries();
    if (raw === undefined) throw new Error('no callback');
    const read = await gateway.verifyWebhook({ ...raw, path: new URL(body.QueueTimeOutURL).pathname });
    expect(read).toMatchObject({ ok: true, value: { events: [{ type: 'reversal.queue_timeout' }] } });
    expect(read.ok && read.value.events[0]?.claims).toBeUndefined();
  });

  it('is not repeated after a lost answer, and refused where it cannot be made', async () => {
    const { gateway, fake, attempt, refund } = await paid();
    const part = { ...refund, amount: 5_000 };
    expect(await gateway.refund(attempt, part)).toMatchObject({ s: 'failed', code: 'full_only' });
    const nameless = { ...attempt, refs: {} };
    expect(await gateway.refund(nameless, refund)).toMatchObject({ s: 'failed', code: 'no_receipt' });
    fake.ctl.next('commit_then_drop');
    expect(await gateway.refund(attempt, refund)).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await gateway.getRefund(attempt, refund)).toEqual({ s: 'unknown', reason: 'unavailable' });
    const { initiator_password: _, ...secrets } = SECRETS;
    expect(mpesaGateway(contextOf({ secrets }))?.can.refund).toBe('none');
  });
});

describe('the words of Daraja', () => {
  it('are those of the published vectors', () => {
    expect(darajaPassword('174379', 'passkey', '20160216165627')).toBe(
      'MTc0Mzc5cGFzc2tleTIwMTYwMjE2MTY1NjI3',
    );
    expect(darajaTimestamp(Date.parse('2025-12-31T22:30:05.000Z'))).toBe('20260101013005');
    expect(ofDarajaTimestamp('20260101013005')).toBe('2025-12-31T22:30:05.000Z');
    expect(ofDarajaTimestamp('20260231000000')).toBeUndefined();
    expect(securityCredential('x', 'no certificate')).toBeNull();
  });

  it('encrypt under a certificate as Safaricom hands it out (X.509), not only under a bare key', () => {
    expect(securityCredential('an initiator password', X509)).toMatch(/^[A-Za-z0-9+/]{342}==$/);
  });

  it('is no gateway without its credentials or its shortcode', () => {
    const { account } = contextOf();
    expect(mpesaGateway(contextOf({ secrets: { ...SECRETS, passkey: '' } }))).toBeNull();
    expect(mpesaGateway(contextOf({ account: { ...account, settings: {} } }))).toBeNull();
    expect(mpesaGateway(contextOf({ account: { ...account, settings: { shortcode: 174_379 } } }))?.id).toBe(
      'mpesa',
    );
  });
});
