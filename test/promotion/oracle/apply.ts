import { combo, lineSpecial } from './bundle.ts';
import { buyAndGet } from './buy_and_get.ts';
import { easy, easyPlus } from './multi_buy.ts';
import { type Application, capped, type Ways } from './reward.ts';
import type { Rule } from './rule.ts';
import { basketThreshold, thresholdWithTarget } from './spend.ts';
import type { Unit } from './unit.ts';

/**
 * What one promotion makes of the units that it may touch, at most `wanted` times, within its
 * `max_discount`. Nothing is written: the same units give the same answer.
 */
export function applicationsOf(
  rule: Rule,
  units: readonly Unit[],
  wanted: number,
  ways: Ways,
): Application[] {
  return capped(rule, inFull(rule, units, wanted, ways), ways);
}

function inFull(rule: Rule, units: readonly Unit[], wanted: number, ways: Ways): Application[] {
  switch (rule.family) {
    case 'e':
      return easy(rule, units, wanted, ways);
    case 'p':
      return easyPlus(rule, units, ways);
    case 'c':
      return combo(rule, units, wanted, ways);
    case 'l':
      return lineSpecial(rule, units, wanted);
    case 'r':
    case 'm':
      return buyAndGet(rule, units, wanted, ways);
    case 'b':
      return basketThreshold(rule, units, ways);
    case 't':
      return thresholdWithTarget(rule, units, ways);
  }
}
