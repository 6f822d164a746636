import type { FloorDecision, FloorEvent } from './http/floor_schema.ts';

export const DECISIONS_SHOWN_MAX = 50;

/** What the store floor shows and the disk does not keep: the latest decisions, and who is watching. */
export class Activity {
  readonly #decisions: FloorDecision[] = [];
  readonly #watchers = new Set<(event: FloorEvent) => void>();
  #onWatched: (watched: boolean) => void = () => {};

  /** Newest first. */
  decisions(): readonly FloorDecision[] {
    return this.#decisions;
  }

  emit(event: FloorEvent): void {
    if (event.event === 'decision') {
      this.#decisions.unshift(event.data);
      if (this.#decisions.length > DECISIONS_SHOWN_MAX) this.#decisions.pop();
    }
    for (const watcher of this.#watchers) watcher(event);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Answers how to stop watching. */
  watch(watcher: (event: FloorEvent) => void): () => void {
    this.#watchers.add(watcher);
    this.#tellWatched();
    return () => {
      this.#watchers.delete(watcher);
      this.#tellWatched();
    };
  }

  /** Hears whether anybody is watching: what nobody sees need not be told. */
  onWatched(listener: (watched: boolean) => void): void {
    this.#onWatched = listener;
  }

  #tellWatched(): void {
    this.#onWatched(this.#watchers.size > 0);
  }
}
