import { describe, expect, it } from 'vitest';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { Attempt, AttemptRequest } from '../gateway.ts';
import { fromTerminal, toTerminal } from './amount.ts';
import { adapterTo, newFake, requestOf } from './testing.ts';

let n = 0;
const atTerminal = () => {
  const fake = newFake();
  const gateway = adapterTo((request) => fake.fetch(request), { account: { methods: ['card_terminal'] } });
  n += 1;
  const instrument = { kind: 'terminal', terminal_id: 'P400Plus-123456789', service_id: `s${n}` } as const;
  return { fake, gateway, request: requestOf({ instrument, amount: 4_999, channel: 'kiosk' }) };
};
const unanswered = (request: AttemptRequest): Attempt => ({
  request,
  reference: null,
  refs: {},
  authorized: 0,
  captured: 0,
});

describe('a terminal of Adyen', () => {
  it('takes a card and names it', async () => {
    const { fake, gateway, request } = atTerminal();
    expect(await gateway.createAttempt(request)).toMatchObject({
      s: 'captured',
      amount: 4_999,
      currency: 'EUR',
      card: { brand: 'mc', last4: '0007', auth_code: '123456', entry_mode: 'ICC' },
      refs: { psp: expect.stringMatching(/^FAKE/) },
    });
    expect(fake.ctl.charges(request.payment_id)).toEqual([expect.objectContaining({ amount: 4_999 })]);
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('takes it once, though the answer was lost and the same is sent again', async () => {
    const { fake, gateway, request } = atTerminal();
    fake.ctl.next('commit_then_drop');
    expect(await gateway.createAttempt(request)).toMatchObject({ s: 'unknown' });
    const found = await gateway.getAttempt(unanswered(request));
    expect(found).toMatchObject({ s: 'captured', amount: 4_999 });
    expect(await gateway.createAttempt(request)).toEqual(found);
    expect(fake.ctl.charges(request.payment_id)).toHaveLength(1);
  });

  it('knows of nothing that never reached it', async () => {
    const { fake, gateway, request } = atTerminal();
    fake.ctl.next('drop_before_commit');
    await gateway.createAttempt(request);
    expect(await gateway.getAttempt(unanswered(request))).toEqual({ s: 'not_found' });
  });

  it('is followed while the shopper is at it, and stops when it is told to', async () => {
    const { fake, gateway, request } = atTerminal();
    fake.ctl.next('pending');
    await gateway.createAttempt(request);
    const waiting = await gateway.getAttempt(unanswered(request));
    expect(waiting).toMatchObject({ s: 'action_required', action: { type: 'terminal' } });
    expect(gateway.can.void_open).toBe(true);
    expect(await gateway.void(attemptOf(request, waiting), 'v')).toMatchObject({ s: 'cancelled' });
    expect(fake.ctl.movements).toEqual([]);
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('says what became of it in its own words', async () => {
    for (const [behaviour, outcome] of [
      ['decline', { s: 'declined', code: 'refusal' }],
      ['challenge', { s: 'cancelled' }],
      ['rate_limited', { s: 'error', code: 'busy' }],
      ['partial', { s: 'captured', amount: 2_499 }],
    ] as const) {
      const { fake, gateway, request } = atTerminal();
      fake.ctl.next(behaviour);
      expect(await gateway.createAttempt(request)).toMatchObject(outcome);
    }
  });

  it('is given back through its own name of the payment', async () => {
    const { fake, gateway, request } = atTerminal();
    const paid = await gateway.createAttempt(request);
    // The core keeps the first reference that it heard, which may have been ours.
    const attempt = { ...attemptOf(request, paid), reference: request.payment_id };
    const refund = refundOf(request, 1_000);
    expect(await gateway.refund(attempt, refund)).toMatchObject({ s: 'pending' });
    expect(fake.ctl.movements.at(-1)).toMatchObject({ reference: refund.refund_id, amount: 1_000 });
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('is asked for nothing that it cannot do', async () => {
    const { fake, gateway, request } = atTerminal();
    expect(await gateway.createAttempt({ ...request, capture: 'manual' })).toMatchObject({
      s: 'error',
      code: 'unsupported_capture',
    });
    expect(await gateway.createAttempt({ ...request, amount: 0 })).toMatchObject({ code: 'invalid_amount' });
    const long = { kind: 'terminal', terminal_id: 't', service_id: 'longer-than-ten' } as const;
    expect(await gateway.createAttempt({ ...request, instrument: long })).toMatchObject({
      code: 'invalid_service_id',
    });
    expect(fake.ctl.movements).toEqual([]);
  });

  it('reads decimals in major units, whatever the currency', () => {
    expect(toTerminal(4_999, 'EUR')).toBe(49.99);
    expect(toTerminal(500, 'JPY')).toBe(500);
    expect(toTerminal(5_125, 'KWD')).toBe(5.125);
    for (let minor = 1; minor < 20_000; minor += 7)
      expect(fromTerminal(toTerminal(minor, 'EUR') ?? 0, 'EUR')).toBe(minor);
    expect(fromTerminal(0.005, 'EUR')).toBe(0.5);
  });
});
