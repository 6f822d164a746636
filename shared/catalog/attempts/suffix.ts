import { distinct, only } from '../find.ts';
import type { Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

const DIGITS_MIN = 8;

/** For shops that come from a system which did so; it needs one hit, and even then it can be the wrong one. */
export function bySuffix<R extends ItemRef>(reading: Reading, { lookup, rules }: Context<R>): Verdict<R> {
  if (!rules.policy.legacy_suffix_match) return 'switched_off';
  if (!/^[0-9]+$/.test(reading.text) || reading.text.length < DIGITS_MIN) return 'too_short';
  const items = distinct(lookup.bySuffix?.(reading.text) ?? []);
  return items.length === 1 ? only(items, 'legacy_suffix', {}) : 'not_one_hit';
}
