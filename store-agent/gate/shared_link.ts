const LINKED = 0;
const WATCHED = 1;
const WORDS = 2;

/** What the gate thread has to know at each decision, in memory that both threads see. */
export class SharedLink {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array;
  readonly #heardAt: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(WORDS * 4 + 8)) {
    this.buffer = buffer;
    this.#flags = new Int32Array(buffer, 0, WORDS);
    this.#heardAt = new BigInt64Array(buffer, WORDS * 4, 1);
  }

  linked(): boolean {
    return Atomics.load(this.#flags, LINKED) === 1;
  }

  setLinked(linked: boolean): void {
    Atomics.store(this.#flags, LINKED, linked ? 1 : 0);
  }

  /** When the edge was last heard, in milliseconds since the epoch. */
  heardAtMs(): number | null {
    const at = Number(Atomics.load(this.#heardAt, 0));
    return at === 0 ? null : at;
  }

  setHeardAt(ms: number): void {
    Atomics.store(this.#heardAt, 0, BigInt(ms));
  }

  /** Whether somebody looks at the floor page, so that each read is worth telling. */
  watched(): boolean {
    return Atomics.load(this.#flags, WATCHED) === 1;
  }

  setWatched(watched: boolean): void {
    Atomics.store(this.#flags, WATCHED, watched ? 1 : 0);
  }
}
