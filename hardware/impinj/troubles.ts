/** How long a line that could not be read is shown before it counts as over. */
const MALFORMED_SHOWN_MS = 10_000;

/** What is wrong with a reader that works all the same, as sentences for staff. */
export class StreamTroubles {
  readonly #named: readonly number[];
  readonly #missing = new Set<number>();
  #malformed: { what: string; untilMs: number } | null = null;

  /** Only antennas that the installer named are missed; readers tell of empty sockets too. */
  constructor(named: readonly number[]) {
    this.#named = named;
  }

  reset(): void {
    this.#missing.clear();
    this.#malformed = null;
  }

  antenna(antenna: number, connected: boolean): void {
    if (connected) this.#missing.delete(antenna);
    else if (this.#named.includes(antenna)) this.#missing.add(antenna);
  }

  malformed(what: string, nowMs: number): void {
    this.#malformed = { what, untilMs: nowMs + MALFORMED_SHOWN_MS };
  }

  /** Null when nothing is wrong. */
  describe(nowMs: number): string | null {
    if (this.#malformed !== null && this.#malformed.untilMs <= nowMs) this.#malformed = null;
    const sentences = [...this.#missing].map((antenna) => `Antenna ${antenna} is disconnected.`);
    if (this.#malformed !== null) {
      sentences.push(`The reader sent what cannot be read: ${this.#malformed.what}.`);
    }
    return sentences.length === 0 ? null : sentences.join(' ');
  }
}
