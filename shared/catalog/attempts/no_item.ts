import { ok } from '../../result.ts';
import { readPass } from '../codes/passes.ts';
import type { Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** Passes, cards and coupons: read as what they are, so that nothing after takes one for an item. */
export function byPass<R extends ItemRef>(reading: Reading, { rules }: Context<R>): Verdict<R> {
  if (reading.source === 'rfid') return 'no_pass';
  const pass = readPass(reading.text, rules.policy.passes);
  return pass === null ? 'no_pass' : ok(pass);
}
