import type { Order } from '../api/order.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * An order stands on five independent axes instead of in one status, so that a refund never hides that the
 * bag was checked. Payment is not among them: it follows from the attempts (shared/payment).
 */
export interface Axes {
  readonly status: Order['status'];
  readonly verification_status: Order['verification_status'];
  readonly refund_status: Order['refund_status'];
  readonly fulfilment_status: Order['fulfilment_status'];
  readonly receipt_status: Order['receipt_status'];
}

type Moves<S extends string> = Readonly<Record<S, readonly S[]>>;

export const AXIS_MOVES: { readonly [A in keyof Axes]: Moves<Axes[A]> } = {
  // A completed order is never cancelled, only refunded. Money that came after the cancelling is a sale all
  // the same: the ledger records it with an incident for staff.
  status: { created: ['completed', 'cancelled'], completed: [], cancelled: ['completed'] },
  verification_status: {
    not_required: ['pending'],
    pending: ['verified', 'failed'],
    verified: ['failed'],
    failed: ['verified'],
  },
  refund_status: { none: ['partial', 'full'], partial: ['full'], full: [] },
  fulfilment_status: {
    none: ['queued', 'quarantined'],
    queued: ['sent', 'failed'],
    sent: ['acked', 'failed'],
    acked: [],
    failed: ['queued'],
    // A person has looked at it and lets it go out.
    quarantined: ['queued'],
  },
  receipt_status: { not_sent: ['sent', 'failed'], sent: [], failed: ['sent'] },
};

export const NEW_ORDER: Axes = {
  status: 'created',
  verification_status: 'not_required',
  refund_status: 'none',
  fulfilment_status: 'none',
  receipt_status: 'not_sent',
};

interface IllegalMove {
  code: 'illegal_move';
  axis: keyof Axes;
  from: string;
  to: string;
}

/** Moves one axis and leaves the others alone. The same place again is no move and succeeds. */
export function moveAxis<A extends keyof Axes>(order: Axes, axis: A, to: Axes[A]): Result<Axes, IllegalMove> {
  const from = order[axis];
  if (from === to) return ok(order);
  const moves: Moves<string> = AXIS_MOVES[axis];
  return moves[from]?.includes(to)
    ? ok({ ...order, [axis]: to })
    : err({ code: 'illegal_move', axis, from, to });
}
