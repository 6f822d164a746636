import type { PositionFix } from '../../shared/api/common.ts';
import { whereabouts } from '../../shared/basket/geofence.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { Sql } from '../store/sql.ts';
import { audit, type BasketRow } from './rows.ts';

/** What a look at the shopper's position came to; null: the store does not look. */
export type Look = { blocked: boolean; found: BasketRow['whereabouts'] } | null;

/** Only who is surely elsewhere is stopped: a missing or rough fix is a warning. */
export function lookAround(
  { policies, position }: StoreConfig,
  step: 'scan' | 'checkout',
  fix: PositionFix | undefined,
): Look {
  const policy = policies.basket.geofence;
  if (policy.mode === 'off' || !policy.apply_to.includes(step)) return null;
  const found = whereabouts(fix, position, policy);
  return {
    blocked: policy.mode === 'block' && found === 'outside',
    found: found === 'inside' ? null : found,
  };
}

/** Keeps what was seen, in the caller's transaction. */
export function noteLook(sql: Sql, look: Look, step: 'scan' | 'checkout', nowMs: number): void {
  if (look === null) return;
  sql.exec('UPDATE basket SET whereabouts = ?', look.found);
  if (look.found !== null) audit(sql, nowMs, 'geofence', { step, found: look.found });
}
