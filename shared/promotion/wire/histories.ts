import type { AppliedPromotion, Evaluation } from '../basket.ts';

/** What one promotion did to a unit, or to the units of a pack together. */
export interface Touch {
  applied: AppliedPromotion;
  /** Minor units; of a cashback or tender what is granted for it, the price stays. */
  discount: number;
  /** It was only needed: nothing came off, nothing was granted. */
  isTrigger: boolean;
}

/** What became of the units of one line that fared alike. */
export interface Fate {
  quantity: number;
  /** In the order of application; empty: no promotion used them. */
  touches: readonly Touch[];
}

/** Whether the discount of a promotion comes off the price. */
export const reducesPrice = ({ applies_as }: Pick<AppliedPromotion, 'applies_as'>): boolean =>
  applies_as === 'discount' || applies_as === 'poslog_exclusion';

/** The fates of each line's units, by the line's id: units with the same history are one. */
export function fatesOf({ lines, applied }: Evaluation): ReadonlyMap<string, Fate[]> {
  const touches = new Map(lines.map(({ line_id }): [string, Touch[][]] => [line_id, []]));
  for (const promotion of applied) {
    for (const { line_id, unit_index, discount, role } of promotion.units) {
      const line = touches.get(line_id);
      if (line === undefined) throw new RangeError(`a unit of the unknown line ${line_id}`);
      line[unit_index] ??= [];
      const own = line[unit_index];
      const last = own?.at(-1);
      if (last?.applied === promotion) {
        last.discount += discount;
        last.isTrigger &&= role === 'trigger' && discount === 0;
      } else {
        own?.push({ applied: promotion, discount, isTrigger: role === 'trigger' && discount === 0 });
      }
    }
  }
  const numbers = new Map(applied.map((promotion, n) => [promotion, n]));
  return new Map(
    lines.map(({ line_id, unit_discounts }) => {
      const line = touches.get(line_id) ?? [];
      const fates = new Map<string, Fate>();
      for (let unit = 0; unit < unit_discounts.length; unit++) {
        const own = line[unit] ?? [];
        const key = own
          .map((one) => `${numbers.get(one.applied)}:${one.discount}:${one.isTrigger}`)
          .join(' ');
        const known = fates.get(key);
        if (known === undefined) fates.set(key, { quantity: 1, touches: own });
        else known.quantity++;
      }
      return [line_id, [...fates.values()]];
    }),
  );
}
