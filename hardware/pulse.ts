/**
 * Switches an output on and, a while after the last request, off again. Requests in between only prolong it,
 * so a siren does not stutter while a tag stands in the lane.
 */
export class Pulse {
  readonly #set: (on: boolean) => void;
  readonly #lengthMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(set: (on: boolean) => void, lengthMs: number) {
    this.#set = set;
    this.#lengthMs = lengthMs;
  }

  get on(): boolean {
    return this.#timer !== null;
  }

  give(lengthMs: number = this.#lengthMs): void {
    if (this.#timer === null) this.#set(true);
    else clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), lengthMs);
  }

  end(): void {
    if (this.forget()) this.#set(false);
  }

  /** Leaves the output as it is: somebody else decides about it now. Answers whether a pulse was on its way. */
  forget(): boolean {
    if (this.#timer === null) return false;
    clearTimeout(this.#timer);
    this.#timer = null;
    return true;
  }
}
