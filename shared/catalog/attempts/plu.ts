import { only } from '../find.ts';
import type { Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** Produce by its international number: 3000 to 4999, with a leading 9 where it is organic. */
const PLU = /^9?[34][0-9]{3}$/;

/** Only people enter one: a camera that sees four digits has seen a part of something else. */
export function byPlu<R extends ItemRef>(reading: Reading, { lookup }: Context<R>): Verdict<R> {
  if (!PLU.test(reading.text)) return 'no_plu';
  if (reading.source !== 'typed' && reading.source !== 'kiosk') return 'wrong_source';
  const items = lookup.byCode(`plu:${reading.text}`);
  return items.length === 0 ? 'not_in_catalogue' : only(items, 'plu', {});
}
