/**
 * What all fake providers share: what they are told to do next, what they charged, and what they refused. A fake
 * speaks its provider's wire format and checks it strictly; nothing outside the tests and the demo knows of it.
 */
export type Behaviour =
  | 'approve'
  | 'decline'
  | 'decline_soft'
  /** The payer must do something first: 3-D Secure, a page, a PIN. */
  | 'challenge'
  | 'pending'
  /** The work is done, then the connection breaks. */
  | 'commit_then_drop'
  | 'drop_before_commit'
  /** A 5xx, nothing done. */
  | 'fail_before_commit'
  /** A 5xx, and yet it was done. */
  | 'fail_after_commit'
  | 'rate_limited'
  | 'wrong_amount'
  | 'wrong_currency'
  /** Half of it is approved. */
  | 'partial'
  | 'refund_pending'
  | 'refund_fails';

export interface FakeMovement {
  /** Our reference: a payment id or a refund id. */
  reference: string;
  kind: 'charge' | 'authorization' | 'capture' | 'void' | 'refund';
  amount: number;
  currency: string;
}

/** A provider that is spoken to by HTTP. A rejected promise is a broken connection. */
export interface FakeGateway {
  readonly ctl: FakeControl;
  fetch(request: Request): Promise<Response>;
}

export class FakeControl {
  readonly #next: Behaviour[] = [];
  readonly movements: FakeMovement[] = [];
  /** Requests that the real provider would have refused, with the reason: a test wants this empty. */
  readonly refusals: string[] = [];
  /** Idempotency keys in the order in which they came. */
  readonly keys: string[] = [];

  /** The next requests that create something behave so, one after the other; then it is `approve` again. */
  next(...behaviours: Behaviour[]): void {
    this.#next.push(...behaviours);
  }

  behaviour(): Behaviour {
    return this.#next.shift() ?? 'approve';
  }

  moved(movement: FakeMovement): void {
    this.movements.push(movement);
  }

  /** How often money was really taken under our reference: more than once is the bug that all this is about. */
  charges(reference: string): FakeMovement[] {
    return this.movements.filter(
      (one) => one.reference === reference && (one.kind === 'charge' || one.kind === 'capture'),
    );
  }

  refuse(reason: string): void {
    this.refusals.push(reason);
  }
}

/** Breaks the connection. */
export class Dropped extends Error {}
