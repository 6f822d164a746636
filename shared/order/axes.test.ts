import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AXIS_MOVES, type Axes, moveAxis, NEW_ORDER } from './axes.ts';

const steps = Object.entries<Readonly<Record<string, readonly string[]>>>(AXIS_MOVES).flatMap(
  ([axis, moves]) =>
    Object.keys(moves).flatMap((from) => Object.keys(moves).map((to) => ({ axis, from, to, moves }))),
);

describe('the axes of an order', () => {
  it.each(steps)('$axis: $from → $to is decided by the table', ({ axis, from, to, moves }) => {
    const order = { ...NEW_ORDER, [axis]: from };
    const moved = moveAxis(order, axis as keyof Axes, to as never);
    const legal = from === to || moves[from]?.includes(to);
    if (legal) expect(moved).toEqual({ ok: true, value: { ...order, [axis]: to } });
    else expect(moved).toEqual({ ok: false, error: { code: 'illegal_move', axis, from, to } });
  });

  it('never leave the table in random walks, and a completed order stays completed', () => {
    const step = fc.constantFrom(...steps.map(({ axis, to }) => ({ axis, to })));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (walk) => {
        let order: Axes = NEW_ORDER;
        let completed = false;
        for (const { axis, to } of walk) {
          const before = order;
          const moved = moveAxis(order, axis as keyof Axes, to as never);
          if (moved.ok) order = moved.value;
          const changed = Object.keys(order).filter(
            (a) => order[a as keyof Axes] !== before[a as keyof Axes],
          );
          expect(changed.length).toBeLessThanOrEqual(1);
          completed ||= order.status === 'completed';
          if (completed) expect(order.status).toBe('completed');
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
