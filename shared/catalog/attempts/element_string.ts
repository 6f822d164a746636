import { bad } from '../find.ts';
import type { Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

export function byElementString<R extends ItemRef>(reading: Reading, _context: Context<R>): Verdict<R> {
  return reading.kind === 'gs1' ? bad('unsupported') : 'no_element_string';
}
