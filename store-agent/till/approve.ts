import type { Basket } from '../../shared/api/basket.ts';
import { needsVerification } from '../../shared/basket/view.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type Caller, changing, type TillContext } from './context.ts';
import { openTrip } from './lines.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Trip } from './trip.ts';
import { ageNeeded, basketOf } from './view_trip.ts';

/** Staff have looked at shopper and basket: she may have what it holds now. A kiosk alone may not. */
export function approve(till: TillContext, caller: Caller, basketId: string): Result<Basket, Refusal> {
  if (caller.staff_id === null) return refuse('forbidden');
  const open = openTrip(till, caller, basketId);
  if (!open.ok) return open;
  const { trip } = open.value;
  const minimum_age = ageNeeded(trip.lines);
  if (!needsVerification(trip.lines)) return ok(basketOf(trip, till.storeId, till.now()));
  const at = new Date(till.now()).toISOString();
  const approval = {
    kind: minimum_age > 0 ? 'age' : 'item',
    minimum_age,
    staff_id: caller.staff_id,
    at,
  } as const;
  const approved: Trip = {
    ...trip,
    approvals: [...trip.approvals, approval].slice(-50),
    updated_at: till.now(),
  };
  return changing(till, (tables) => {
    tables.trips.put(approved);
    return ok(basketOf(approved, till.storeId, till.now()));
  });
}
