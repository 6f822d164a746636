/** What kiosks are told as it happens: their till has changed, or a scanner that stands at one read a code. */
export type TillEvent =
  | { event: 'changed' }
  | { event: 'scan'; device_id: string | null; code: { code: string } };

const CHANGES_TOLD_EVERY_MS = 200;

export class TillEvents {
  readonly #watchers = new Set<(event: TillEvent) => void>();
  #soon: NodeJS.Timeout | null = null;

  /** Answers how to stop watching. */
  watch(watcher: (event: TillEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Many changes in a moment are one event. */
  changed(): void {
    if (this.#watchers.size === 0) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#emit({ event: 'changed' });
    }, CHANGES_TOLD_EVERY_MS);
  }

  scanned(deviceId: string | null, raw: string, aim: string | null): void {
    // An AIM identifier stands before its text: the resolver reads it from there.
    this.#emit({ event: 'scan', device_id: deviceId, code: { code: `${aim ?? ''}${raw}` } });
  }

  close(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
  }

  #emit(event: TillEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }
}
