import { type Bucket, take } from '../../shared/http/token_bucket.ts';
import * as limit from './limits.ts';

export type AdmissionRefusal = 'full' | 'address_full' | 'strangers' | 'guessing';

interface Place {
  open: number;
  strangers: number;
  refusals: Bucket | undefined;
}

/** One accepted connection, until it ends. */
export interface Admitted {
  /** It has signed in: no stranger any more. */
  known(): void;
  ended(): void;
}

/**
 * How many connections there may be, in all and from one address, before anything that they say is read.
 * An address whose sign-ins were refused too often waits until its bucket has filled again.
 */
export class Admission {
  readonly #now: () => number;
  readonly #places = new Map<string, Place>();
  #open = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get open(): number {
    return this.#open;
  }

  admit(address: string): Admitted | AdmissionRefusal {
    if (this.#open >= limit.CONNECTIONS_MAX) return 'full';
    const place = this.#places.get(address) ?? { open: 0, strangers: 0, refusals: undefined };
    if (place.open >= limit.CONNECTIONS_PER_ADDRESS_MAX) return 'address_full';
    if (place.strangers >= limit.STRANGERS_PER_ADDRESS_MAX) return 'strangers';
    if (place.refusals !== undefined && !this.#refusal(place).allowed) return 'guessing';
    this.#places.set(address, place);
    place.open += 1;
    place.strangers += 1;
    this.#open += 1;
    let stranger = true;
    let open = true;
    const known = (): void => {
      if (stranger) place.strangers -= 1;
      stranger = false;
    };
    const ended = (): void => {
      known();
      if (!open) return;
      open = false;
      place.open -= 1;
      this.#open -= 1;
      if (place.open === 0 && place.refusals === undefined) this.#places.delete(address);
    };
    return { known, ended };
  }

  /** A sign-in from this address was refused. */
  refused(address: string): void {
    const place = this.#places.get(address) ?? { open: 0, strangers: 0, refusals: undefined };
    this.#places.set(address, place);
    place.refusals = this.#refusal(place).bucket;
    if (this.#places.size <= limit.ADDRESSES_REMEMBERED_MAX) return;
    for (const [other, one] of this.#places) if (one.open === 0) this.#places.delete(other);
  }

  #refusal(place: Place) {
    return take(place.refusals, this.#now(), limit.REFUSED_SIGN_INS_PER_S, limit.REFUSED_SIGN_INS_BURST);
  }
}
