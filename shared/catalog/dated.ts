import { err, ok } from '../result.ts';
import type { Answer, ItemRef, Resolution, ScanRules } from './resolution.ts';

/** Past its use-by date a thing is not sold; past its best-before date it is sold, and staff see it. */
export function dated<R extends ItemRef>(answer: Answer<R>, { now_local, policy }: ScanRules): Answer<R> {
  if (!answer.ok || answer.value.kind !== 'item') return answer;
  const found: Resolution<R> = answer.value;
  const { expiry, best_before, item } = found;
  if (expiry !== undefined && isPast(expiry, now_local))
    return err({ code: 'item_expired', expired: expiry, item });
  if (best_before === undefined || !isPast(best_before, now_local)) return answer;
  if (policy.best_before_passed === 'refuse')
    return err({ code: 'item_expired', expired: best_before, item });
  return ok({ ...found, best_before_passed: true });
}

/** A date lasts until its day is over, a time until it is struck. */
const isPast = (last: string, now_local: string): boolean => now_local.slice(0, last.length) > last;
