import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExitCheckPolicy } from '../config/order_policy.ts';
import { drawOf, exitCheckOf } from './exit_check.ts';

const policy = (more: Partial<ExitCheckPolicy> = {}) => ExitCheckPolicy.parse(more);
const plain = { restrictions: [] };
const wine = { restrictions: [{ kind: 'age' as const, minimum_age: 18 }] };
const reduced = { restrictions: [], price_from: 'markdown' as const };
const id = (n: number) => `ord_00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

it('lets everybody go where the store asks for nothing', () => {
  expect(exitCheckOf({ id: id(1), lines: [plain, wine, reduced] }, policy())).toBeNull();
});

it('says why it looks: always, an age, a reduced label', () => {
  expect(exitCheckOf({ id: id(1), lines: [plain] }, policy({ always: true }))).toBe('always');
  expect(exitCheckOf({ id: id(1), lines: [plain, wine] }, policy({ age: true, markdown: true }))).toBe('age');
  expect(exitCheckOf({ id: id(1), lines: [reduced] }, policy({ age: true, markdown: true }))).toBe(
    'markdown',
  );
  expect(exitCheckOf({ id: id(1), lines: [plain] }, policy({ age: true, markdown: true }))).toBeNull();
});

it('draws as often as it is told to, also among ids that follow one another', () => {
  const orders = Array.from({ length: 20_000 }, (_, n) => ({ id: id(n), lines: [plain] }));
  for (const rate_ppm of [50_000, 500_000]) {
    const drawn = orders.filter((order) => exitCheckOf(order, policy({ rate_ppm })) === 'chance').length;
    // Five standard deviations of a binomial distribution.
    const expected = (orders.length * rate_ppm) / 1_000_000;
    const spread = 5 * Math.sqrt(expected * (1 - rate_ppm / 1_000_000));
    expect(Math.abs(drawn - expected)).toBeLessThan(spread);
  }
});

it('answers the same order the same way however often it is asked, and draws within its bounds', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 1_000_000 }), (text, rate_ppm) => {
      const order = { id: text, lines: [plain] };
      const first = exitCheckOf(order, policy({ rate_ppm }));
      expect(exitCheckOf(order, policy({ rate_ppm }))).toBe(first);
      expect(first).toBe(drawOf(text) < rate_ppm ? 'chance' : null);
      expect(drawOf(text)).toBeGreaterThanOrEqual(0);
      expect(drawOf(text)).toBeLessThan(1_000_000);
    }),
    { seed: 20_260_701, numRuns: 300 },
  );
});
