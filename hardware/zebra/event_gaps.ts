/** A number this little below the last one is a delivery that came twice, not a reader that began anew. */
const REPEATED_MAX = 1_000;

/**
 * Counts the tag events that never came, by the gaps in the numbers of those that did. Numbers far
 * below the last one come from a reader that began anew.
 */
export class EventGaps {
  #last: number | null = null;
  /** Events lost since the driver was opened. */
  lost = 0;

  /** Answers how many are missing before these. */
  take(eventNums: readonly number[]): number {
    const before = this.lost;
    for (const eventNum of eventNums) {
      const last = this.#last ?? eventNum - 1;
      if (eventNum <= last && last - eventNum < REPEATED_MAX) continue;
      if (eventNum > last) this.lost += eventNum - last - 1;
      this.#last = eventNum;
    }
    return this.lost - before;
  }

  /** What was missed while nobody was connected is known already. */
  reset(): void {
    this.#last = null;
  }
}
