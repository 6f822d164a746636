import type { ReaderNews } from './news.ts';

/** How long a passing trouble (a malformed message, a full buffer) is shown before it counts as over. */
export const TROUBLE_CLEAR_MS = 10_000;

/** What is wrong with a reader that works all the same. Each trouble has a key and a sentence for staff. */
export class Troubles {
  readonly #antennas: readonly number[];
  readonly #open = new Map<string, { detail: string; untilMs: number }>();

  /** `antennas` are the ones the installer named; readers tell of empty sockets too, which nobody misses. */
  constructor(antennas: readonly number[]) {
    this.#antennas = antennas;
  }

  /** Forgets everything: what was wrong on the last connection says nothing of the next. */
  reset(): void {
    this.#open.clear();
  }

  /** A trouble that is over when it has not come back for `TROUBLE_CLEAR_MS`. */
  passing(key: string, detail: string, nowMs: number): void {
    this.#open.set(key, { detail, untilMs: nowMs + TROUBLE_CLEAR_MS });
  }

  /** Takes what the reader tells of its own troubles; other news changes nothing. */
  hear(news: ReaderNews, nowMs: number): void {
    switch (news.kind) {
      case 'antenna':
        this.#antenna(news.antenna, news.connected);
        break;
      case 'reports_lost':
        this.passing('buffer', 'The reader ran out of memory and lost tag reports.', nowMs);
        break;
      case 'reports_delayed':
        this.passing('buffer', `The report buffer of the reader is ${news.percentFull} % full.`, nowMs);
        break;
      case 'exception':
        this.passing('exception', `The reader reports a fault: ${news.detail}`, nowMs);
        break;
      default:
        break;
    }
  }

  /** The open troubles as sentences, or null when there are none. */
  describe(nowMs: number): string | null {
    for (const [key, trouble] of this.#open) if (trouble.untilMs <= nowMs) this.#open.delete(key);
    if (this.#open.size === 0) return null;
    return [...this.#open.values()].map((trouble) => trouble.detail).join(' ');
  }

  #antenna(antenna: number, connected: boolean): void {
    const key = `antenna ${antenna}`;
    if (connected) this.#open.delete(key);
    else if (this.#antennas.includes(antenna)) {
      const detail = `Antenna ${antenna} is disconnected.`;
      this.#open.set(key, { detail, untilMs: Number.POSITIVE_INFINITY });
    }
  }
}
