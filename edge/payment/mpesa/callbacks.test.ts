import { describe, expect, it } from 'vitest';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { RawWebhook, WebhookEvent } from '../gateway.ts';
import { mpesaGateway } from './adapter.ts';
import { behind, contextOf, PHONE, request, SECRETS } from './testing.ts';

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
      payment_id: attempt.request.payment_id,
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
