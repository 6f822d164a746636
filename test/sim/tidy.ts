import { legsOf } from '../../edge/basket/rows.ts';
import { incidentsOf } from './check.ts';
import type { SimProvider } from './provider.ts';
import type { Random } from './random.ts';
import type { Actor } from './steps.ts';
import type { SimStore } from './store.ts';
import type { SimTrip } from './trip.ts';

/** What waits at the provider comes to its end there. */
export function settleAll(provider: SimProvider, random: Random): void {
  for (const reference of new Set(provider.fake.ctl.keys))
    provider.fake.settle(reference, random.chance(0.7) ? 'approve' : 'decline');
}

/** Staff look after the payments that they were told of. */
export function lookAfter(actor: Actor, trip: SimTrip, store: SimStore, random: Random): void {
  const incidents = incidentsOf(store);
  for (const { payment_id, state } of legsOf(trip.tables)) {
    const doubtful = state === 'pending' && incidents.has(`${payment_id} payment_amount_mismatch`);
    if (doubtful && random.chance(0.7)) actor.cancel(payment_id);
  }
}
