import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deviceNumberText,
  type HeldLease,
  NumberLease,
  nextNumber,
  numbersLeft,
  numbersToLease,
  unusedOf,
} from './lease.ts';
import { mayTrade, OfflinePolicy, offlineLeft } from './limits.ts';

const RUNS = { numRuns: 200, seed: 952 };
const policy = OfflinePolicy.parse({ max_sale: 100, max_total: 250, max_count: 3, max_minutes: 10 });
const cut = { count: 0, total: 0, owed: 0, since_ms: 1_000 };

describe('limits of selling without a line', () => {
  it('does not limit while the line is up', () => {
    expect(offlineLeft(policy, { ...cut, since_ms: null }, 5)).toBeNull();
    expect(mayTrade({ ...policy, enabled: false }, { ...cut, since_ms: null }, 1_000, 5).ok).toBe(true);
  });

  it.each([
    ['a sale of the limit', cut, 100, 1_000, null],
    ['one minor unit more', cut, 101, 1_000, 'offline_sale_limit'],
    ['what is left in total', { ...cut, total: 200 }, 50, 1_000, null],
    ['more than that', { ...cut, total: 200 }, 51, 1_000, 'offline_total_limit'],
    ['the last of the count', { ...cut, count: 2 }, 1, 1_000, null],
    ['one more', { ...cut, count: 3 }, 1, 1_000, 'offline_count_limit'],
    ['the last millisecond', cut, 1, 600_999, null],
    ['after it', cut, 1, 601_000, 'offline_time_limit'],
  ])('%s', (_, usage, amount, now, code) => {
    const verdict = mayTrade(policy, usage, amount, now);
    expect(verdict.ok ? null : verdict.error.code).toBe(code);
  });

  it('says what is left, and lets through exactly that', () => {
    const usage = fc.record({
      count: fc.nat(5),
      total: fc.nat(300),
      owed: fc.nat(100),
      since_ms: fc.nat(2_000),
    });
    fc.assert(
      fc.property(usage, fc.nat(700_000), fc.integer({ min: 0, max: 300 }), (used, now, amount) => {
        const left = offlineLeft(policy, used, now);
        if (left === null) throw new Error('the line is cut');
        const within = left.ms > 0 && left.count > 0 && amount <= left.sale;
        expect(mayTrade(policy, used, amount, now).ok).toBe(within);
      }),
      RUNS,
    );
  });
});

describe('numbers by lease', () => {
  const lease = (from: number, to: number, next = from): HeldLease => ({
    ...NumberLease.parse({
      lease_id: `lse_${from}`,
      device_id: 'ksk_00000000-0000-7000-8000-000000000001',
      register: 1,
      epoch: 0,
      from,
      to,
    }),
    next,
  });

  it('uses leases up one after the other, asks in time and says what was left over', () => {
    const leases = [lease(1, 50, 51), lease(51, 100, 99)];
    expect(numbersLeft(leases)).toBe(2);
    expect(nextNumber(leases)).toMatchObject({ ok: true, value: { lease_id: 'lse_51', next: 99 } });
    expect(numbersToLease(leases, { lease_size: 50, lease_low_water: 2 })).toBe(48);
    expect(numbersToLease(leases, { lease_size: 50, lease_low_water: 1 })).toBe(0);
    expect(leases.map(unusedOf)).toEqual([null, { from: 99, to: 100 }]);
    expect(nextNumber([lease(1, 50, 51)])).toEqual({ ok: false, error: { code: 'numbers_exhausted' } });
    expect(nextNumber([])).toEqual({ ok: false, error: { code: 'numbers_exhausted' } });
  });

  it('never asks for more than a lease may hold, and for one at least', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(10_000), fc.nat(10_000), (left, lease_size, lease_low_water) => {
        const asked = numbersToLease([lease(1, 100, 101 - left)], { lease_size, lease_low_water });
        expect(asked === 0).toBe(left > lease_low_water);
        expect(asked).toBeLessThanOrEqual(10_000);
      }),
      RUNS,
    );
  });

  it('prints them with the prefix and the register', () => {
    expect(deviceNumberText('EX', 2, 42)).toBe('EX-K2-000042');
    expect(deviceNumberText('EX-', 2, 42)).toBe('EX-K2-000042');
  });
});
