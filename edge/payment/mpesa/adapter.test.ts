import { describe, expect, it } from 'vitest';
import { attemptOf } from '../fake/contract_parts.ts';
import { mpesaGateway } from './adapter.ts';
import { darajaPassword, darajaTimestamp, ofDarajaTimestamp } from './protocol.ts';
import { securityCredential } from './security_credential.ts';
import { AT, behind, claimOf, contextOf, PHONE, request, SECRETS } from './testing.ts';

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
