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

  give(): void {
    if (this.#timer === null) this.#set(true);
    else clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), this.#lengthMs);
  }

  end(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#set(false);
  }
}
