/**
 * The general purpose inputs of a reader, as edges. A level that is asked for after a reconnect is told only
 * where it differs from what was known, so an edge that fell into the gap is told late and none is told twice.
 */
export class Inputs {
  readonly #levels = new Map<number, boolean>();
  readonly #tell: (port: number, on: boolean) => void;

  constructor(tell: (port: number, on: boolean) => void) {
    this.#tell = tell;
  }

  /** The reader told of an edge. */
  edge(port: number, on: boolean): void {
    if (this.#levels.get(port) === on) return;
    this.#levels.set(port, on);
    this.#tell(port, on);
  }

  /** The reader was asked. An input that is off and was never heard of has no news. */
  level(port: number, on: boolean): void {
    if (on || this.#levels.has(port)) this.edge(port, on);
    else this.#levels.set(port, false);
  }
}
