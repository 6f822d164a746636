import type { DeviceHealth, DriverContext } from './port.ts';

type State = DeviceHealth['state'];
const WORKS: ReadonlySet<State> = new Set(['online', 'degraded']);

/**
 * The health of one device: what it is now, who listens, and the log. A device that was lost is logged once
 * and again when it is back; whatever else is learnt meanwhile is for those who look for it.
 */
export class Health {
  readonly #device: string;
  readonly #ctx: DriverContext;
  readonly #listeners: ((health: DeviceHealth) => void)[] = [];
  #now: DeviceHealth;
  /** What the log was told last; null before its first word. */
  #logged: 'works' | 'lost' | null = null;

  /** `device` names it in the log, such as "LLRP reader 192.0.2.10:5084". */
  constructor(device: string, ctx: DriverContext, detail: string) {
    this.#device = device;
    this.#ctx = ctx;
    this.#now = { state: 'connecting', detail, since: this.#iso() };
  }

  get(): DeviceHealth {
    return this.#now;
  }

  onChange(listener: (health: DeviceHealth) => void): void {
    this.#listeners.push(listener);
  }

  set(state: State, detail: string): void {
    if (this.#now.state === state && this.#now.detail === detail) return;
    const since = this.#now.state === state ? this.#now.since : this.#iso();
    this.#now = { state, detail, since };
    this.#log(WORKS.has(state) ? 'works' : 'lost', state, detail);
    tell(this.#listeners, this.#now, this.#ctx);
  }

  /** The last word: closing is nobody's fault and no news. */
  close(): void {
    this.#logged = 'lost';
    this.set('offline', 'The driver was closed.');
  }

  #log(now: 'works' | 'lost', state: State, detail: string): void {
    const fields = { device: this.#device, state, detail };
    if (now === this.#logged) this.#ctx.log('debug', 'device', fields);
    else if (now === 'works') this.#ctx.log('info', 'device works', fields);
    else this.#ctx.log('warn', 'device lost', fields);
    this.#logged = now;
  }

  #iso(): string {
    return new Date(this.#ctx.now()).toISOString();
  }
}

/** A listener that throws is a bug of its own and must not end the device's work. */
export function tell<T>(listeners: readonly ((value: T) => void)[], value: T, ctx: DriverContext): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      ctx.log('error', 'a listener of a device threw', { error: String(error) });
    }
  }
}

const REASON_CHARS_MAX = 200;

/** An error on one line and no longer than staff will read: loaders append pages of advice. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, REASON_CHARS_MAX).replace(/\.$/, '');
}
