import type { SetKind } from '../rule.ts';

/**
 * What a promotion takes: units or classes of equal units ("runs") with how many of each, application by
 * application, and each application's discount. One list is filled over and over, since a search takes often:
 * entries from `length` on, and applications from `applications` on, are old.
 */
export class Picks {
  length = 0;
  applications = 0;
  readonly runs: number[] = [];
  readonly counts: number[] = [];
  /** 0: discounted or could be; 1: only needed. */
  readonly roles: number[] = [];
  /** What one unit is worth to the discount, as its view says. */
  readonly worth: number[] = [];
  /** Where each application ends in the lists above. */
  readonly ends: number[] = [];
  /** What each takes off, and what it would without the promotion's cap. */
  readonly discounts: number[] = [];
  readonly uncapped: number[] = [];

  clear(): void {
    this.length = 0;
    this.applications = 0;
  }

  add(run: number, count: number, role: 0 | 1, worth: number): void {
    const at = this.length++;
    this.runs[at] = run;
    this.counts[at] = count;
    this.roles[at] = role;
    this.worth[at] = worth;
  }

  /** Takes back what was added after `length`. */
  truncate(length: number): void {
    this.length = length;
  }

  close(discount: number): void {
    const at = this.applications++;
    this.ends[at] = this.length;
    this.discounts[at] = discount;
    this.uncapped[at] = discount;
  }

  /** Over all applications. */
  discount(): number {
    let sum = 0;
    for (let a = 0; a < this.applications; a++) sum += this.discounts[a] ?? 0;
    return sum;
  }

  units(): number {
    let sum = 0;
    for (let at = 0; at < this.length; at++) sum += this.counts[at] ?? 0;
    return sum;
  }

  /**
   * Keeps the applications below a cap over all of them: the one that crosses it gets what is left, and later
   * ones are not made.
   */
  cap(most: number): void {
    let room = most;
    for (let a = 0; a < this.applications; a++) {
      const discount = this.discounts[a] ?? 0;
      if (discount < room) {
        room -= discount;
        continue;
      }
      const kept = room > 0 || discount === 0 ? a + 1 : a;
      if (room > 0) this.discounts[a] = Math.min(discount, room);
      this.applications = kept;
      this.length = this.ends[kept - 1] ?? 0;
      if (kept === 0) this.length = 0;
      return;
    }
  }
}

/**
 * What a set gets off: `sum` is of its units' own discounts or, for an amount or price of the whole, of what
 * they cost. -1: the set cannot be discounted.
 */
export function setDiscount(kind: SetKind, value: number, sum: number, least: 0 | 1): number {
  const discount =
    kind === 'each' ? sum : kind === 'amount' ? (value <= sum ? value : -1) : value < sum ? sum - value : -1;
  return discount < least ? -1 : discount;
}
