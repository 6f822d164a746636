import type { Charges } from './charges.ts';

/** Promotions under consideration, stretch upon stretch, and how a stretch falls into parts that share no free unit. */
export class Parts {
  stack = new Int32Array(64);
  top = 0;
  private parent = new Int32Array(64);
  private charges: readonly Charges[] = [];
  /** The place on the stack that was first seen at a run in this turn. */
  private owner = new Int32Array(0);
  private seen = new Int32Array(0);
  private turn = 0;

  /** For a problem of so many lots; the lists are used again. */
  begin(charges: readonly Charges[], lots: number): void {
    this.charges = charges;
    this.top = 0;
    if (lots <= this.seen.length && this.turn < TURNS_MAX) return;
    const room = Math.max(lots * 2, this.seen.length);
    this.owner = new Int32Array(room);
    this.seen = new Int32Array(room);
    this.turn = 0;
  }

  /** Puts every promotion at the bottom of the stack; answers how many there are. */
  all(count: number): number {
    this.top = 0;
    for (let v = 0; v < count; v++) this.push(v);
    return count;
  }

  push(v: number): void {
    if (this.top === this.stack.length) {
      this.stack = grown(this.stack);
      this.parent = grown(this.parent);
    }
    this.stack[this.top++] = v;
  }

  /**
   * Copies a stretch to the top, part by part in the order of their first promotions; answers where each part
   * ends. Null: it is one part, and nothing was copied.
   */
  split(from: number, to: number, free: ArrayLike<number>): number[] | null {
    const { owner, seen, parent } = this;
    const turn = ++this.turn;
    let parts = to - from;
    for (let i = from; i < to; i++) {
      parent[i] = i;
      const { runs } = this.charges[this.stack[i] ?? 0] ?? { runs: [] };
      for (let r = 0; r < runs.length; r++) {
        const run = runs[r] ?? 0;
        if ((free[run] ?? 0) === 0) continue;
        if (seen[run] !== turn) {
          seen[run] = turn;
          owner[run] = i;
          continue;
        }
        const a = this.root(owner[run] ?? 0);
        const b = this.root(i);
        if (a === b) continue;
        // The earlier one stays the root, so that parts come in the order of their first.
        if (a < b) parent[b] = a;
        else parent[a] = b;
        parts--;
      }
      if (parts === 1) return null;
    }
    const ends: number[] = [];
    for (let i = from; i < to; i++) {
      if (parent[i] !== i) continue;
      for (let j = i; j < to; j++) if (this.root(j) === i) this.push(this.stack[j] ?? 0);
      ends.push(this.top);
    }
    return ends;
  }

  private root(at: number): number {
    let place = at;
    while (this.parent[place] !== place) {
      const up = this.parent[place] ?? place;
      this.parent[place] = this.parent[up] ?? up;
      place = up;
    }
    return place;
  }
}

const TURNS_MAX = 2 ** 30;

function grown(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(list.length * 2);
  larger.set(list);
  return larger;
}
