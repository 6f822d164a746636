import type { Picks } from '../select/picks.ts';
import type { Charges } from './charges.ts';
import { wholeOf } from './score.ts';

/** Charges that differ by less than one point of the score may belong to plans of one score. */
const DIFFERENT = 1;
const TURNS_MAX = 2 ** 30;

/**
 * An upper bound for the score of any plan over the free units, from the promotions given. Promotions that can
 * still take all units they see set a base charge per unit; each of the others may add what it is worth above
 * that, for as many units as it can still take.
 */
export class Bound {
  /** The runs of the promotions asked for last; only the first of them, as `touch` answered. */
  touched = new Int32Array(0);
  private base = new Float64Array(0);
  private most = new Float64Array(0);
  private next = new Float64Array(0);
  /**
   * Of the last bound: whether every unit's largest charge belongs to one promotion alone. A plan that reaches
   * the bound then is the only one: whatever is as good gives each unit to the same promotion.
   */
  distinct = false;
  /** Of the last bound: the sum of every unit's largest charge. */
  all = 0;
  private seen = new Int32Array(0);
  private turn = 0;
  private charges: readonly Charges[] = [];
  private readonly limited: number[] = [];
  private readonly gains: number[] = [];
  private readonly counts: number[] = [];

  /** For a problem of so many lots; the lists are used again. */
  begin(charges: readonly Charges[], lots: number): void {
    this.charges = charges;
    if (lots <= this.seen.length && this.turn < TURNS_MAX) return;
    const room = Math.max(lots * 2, this.seen.length);
    this.base = new Float64Array(room);
    this.most = new Float64Array(room);
    this.next = new Float64Array(room);
    this.seen = new Int32Array(room);
    this.touched = new Int32Array(room);
    this.turn = 0;
  }

  /** What the last bound charges for the units of picks. */
  chargeOf({ runs, counts, length }: Picks): number {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += (counts[i] ?? 0) * (this.most[runs[i] ?? 0] ?? 0);
    return sum;
  }

  /** Lists the runs of a stretch of promotions in `touched`; answers how many there are. */
  touch(views: Int32Array, from: number, to: number): number {
    const { seen, touched } = this;
    const turn = ++this.turn;
    let count = 0;
    for (let i = from; i < to; i++) {
      const { runs } = this.charges[views[i] ?? 0] ?? { runs: [] };
      for (let r = 0; r < runs.length; r++) {
        const run = runs[r] ?? 0;
        if (seen[run] === turn) continue;
        seen[run] = turn;
        touched[count++] = run;
      }
    }
    return count;
  }

  of(views: Int32Array, from: number, to: number, free: ArrayLike<number>, left: ArrayLike<number>): number {
    const { base, most, next, seen, touched, limited } = this;
    const turn = ++this.turn;
    let count = 0;
    limited.length = 0;
    for (let i = from; i < to; i++) {
      const v = views[i] ?? 0;
      const own = this.charges[v];
      if (own === undefined) continue;
      const { runs, charges } = own;
      const room = (left[v] ?? 0) * own.size;
      let units = 0;
      for (let r = 0; r < runs.length; r++) units += free[runs[r] ?? 0] ?? 0;
      const isLimited = room < units || own.cap !== Number.POSITIVE_INFINITY;
      if (isLimited) limited.push(v);
      for (let r = 0; r < runs.length; r++) {
        const run = runs[r] ?? 0;
        const charge = charges[r] ?? 0;
        if (seen[run] !== turn) {
          seen[run] = turn;
          touched[count++] = run;
          most[run] = charge;
          next[run] = 0;
          base[run] = isLimited ? 0 : charge;
          continue;
        }
        if (charge > (most[run] ?? 0)) {
          next[run] = most[run] ?? 0;
          most[run] = charge;
        } else if (charge > (next[run] ?? 0)) next[run] = charge;
        if (!isLimited && charge > (base[run] ?? 0)) base[run] = charge;
      }
    }
    let all = 0;
    let sum = 0;
    this.distinct = true;
    for (let i = 0; i < count; i++) {
      const run = touched[i] ?? 0;
      const units = free[run] ?? 0;
      if (units > 0 && (most[run] ?? 0) > 0 && (most[run] ?? 0) - (next[run] ?? 0) < DIFFERENT) {
        this.distinct = false;
      }
      all += units * (most[run] ?? 0);
      sum += units * (base[run] ?? 0);
    }
    for (let i = 0; i < limited.length && sum < all; i++) {
      const v = limited[i] ?? 0;
      const own = this.charges[v];
      if (own !== undefined) sum += Math.min(own.cap, this.gain(own, (left[v] ?? 0) * own.size, free));
    }
    if (wholeOf(sum) < wholeOf(all)) this.distinct = false;
    this.all = all;
    return wholeOf(Math.min(all, sum));
  }

  /** The most that so many units can be worth above their base charge. */
  private gain({ runs, charges }: Charges, room: number, free: ArrayLike<number>): number {
    const { gains, counts, base } = this;
    gains.length = 0;
    counts.length = 0;
    let units = 0;
    let sum = 0;
    for (let r = 0; r < runs.length; r++) {
      const run = runs[r] ?? 0;
      const count = free[run] ?? 0;
      const gain = (charges[r] ?? 0) - (base[run] ?? 0);
      if (count === 0 || gain <= 0) continue;
      gains.push(gain);
      counts.push(count);
      units += count;
      sum += gain * count;
    }
    // The smallest gains are left out until the rest finds room.
    while (units > room) {
      let least = -1;
      for (let i = 0; i < gains.length; i++) {
        if ((counts[i] ?? 0) > 0 && (least === -1 || (gains[i] ?? 0) < (gains[least] ?? 0))) least = i;
      }
      const drop = Math.min(counts[least] ?? 0, units - room);
      if (least === -1 || drop <= 0) break;
      sum -= drop * (gains[least] ?? 0);
      counts[least] = (counts[least] ?? 0) - drop;
      units -= drop;
    }
    return sum;
  }
}
