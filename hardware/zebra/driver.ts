import type { Result } from '../../shared/result.ts';
import { Health, tell } from '../health.ts';
import { keepTrying, sleep, unlessAborted } from '../keep_trying.ts';
import type { DeviceHealth, DriverContext, TagRead, TagReader } from '../port.ts';
import type { CommandFailure, ZebraCarrier, ZebraSession } from './carrier.ts';
import { EventGaps } from './event_gaps.ts';
import { parseTagReport } from './tag_event.ts';

/** How often the reader is asked how it is: it has no keepalive of its own on either carrier. */
const PROBE_MS_DEFAULT = 2_000;
/** Questions in a row without an answer that make a reader dead. */
const PROBES_MISSED_MAX = 2;
const TROUBLE_SHOWN_MS = 60_000;
/** What a gate has to know of a read beside its EPC. */
const TAG_META_DATA = ['ANTENNA', 'RSSI', 'SEEN_COUNT'];
const OUTPUTS_MAX = 8;

export interface ZebraReaderOptions {
  carrier: ZebraCarrier;
  /** Leaves the operating mode as it was set at the reader. */
  keepMode?: boolean;
  probeMs?: number;
  /** A number in [0, 1) for the jitter between attempts. */
  random?: () => number;
}

/**
 * Opens a reader with the Zebra IoT Connector (FX7500, FX9600, ATR7000) and keeps it open until `close`:
 * sets the mode, starts the inventory, takes its tag data, and begins again after every loss.
 */
export function openZebraReader(options: ZebraReaderOptions, ctx: DriverContext): TagReader {
  return new ZebraReader(options, ctx);
}

class ZebraReader implements TagReader {
  readonly #options: ZebraReaderOptions;
  readonly #ctx: DriverContext;
  readonly #health: Health;
  readonly #gaps = new EventGaps();
  readonly #troubles = new Map<'lost' | 'malformed', { detail: string; untilMs: number }>();
  readonly #readListeners: ((reads: TagRead[]) => void)[] = [];
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  /** There while the inventory runs. */
  #session: ZebraSession | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: ZebraReaderOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    const { where } = options.carrier;
    this.#health = new Health(`Zebra reader ${where}`, ctx, `Connecting to ${where}.`);
    this.#finished = keepTrying(() => this.#connectOnce(), {
      signal: this.#abort.signal,
      now: ctx.now,
      random: options.random ?? Math.random,
    });
  }

  health(): DeviceHealth {
    return this.#health.get();
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#health.onChange(listener);
  }

  onReads(listener: (reads: TagRead[]) => void): void {
    this.#readListeners.push(listener);
  }

  async setOutput(port: number, on: boolean): Promise<void> {
    if (!Number.isInteger(port) || port < 1 || port > OUTPUTS_MAX) {
      throw new RangeError(`Outputs count from 1, not ${port}.`);
    }
    if (this.#session === null) throw new Error(`The reader is offline: ${this.#health.get().detail}`);
    const set = await this.#session.command({ name: 'set_gpo', payload: { port, state: on } });
    if (!set.ok) throw new Error(`Output ${port} was not set: ${set.error.detail}`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    // A reader that nobody listens to need not radiate; one that does not answer is left as it is.
    await this.#session?.command({ name: 'stop', payload: {} });
    this.#abort.abort();
    await this.#finished;
    await this.#options.carrier.close();
    this.#health.close();
  }

  async #connectOnce(): Promise<boolean> {
    const opened = await this.#options.carrier.open((text) => this.#take(text), this.#abort.signal);
    if (!opened.ok) return this.#lose(opened.error);
    const session = opened.value;
    const armed = await this.#arm(session);
    if (!armed.ok) {
      await session.end();
      return this.#lose(armed.error.detail);
    }
    this.#session = session;
    this.#show();
    const over = new AbortController();
    const ended = Promise.race([session.closed, this.#probe(session, over.signal)]);
    const reason = await unlessAborted(ended, this.#abort.signal, '');
    over.abort();
    this.#session = null;
    await session.end();
    this.#gaps.reset();
    this.#lose(reason);
    return true;
  }

  #lose(detail: string): false {
    if (!this.#abort.signal.aborted) this.#health.set('offline', detail);
    return false;
  }

  /** The same end from any beginning: whatever runs is stopped, the mode set, the inventory started. */
  async #arm(session: ZebraSession): Promise<Result<void, CommandFailure>> {
    const stopped = await session.command({ name: 'stop', payload: {} });
    // A reader that was idle may refuse to stop; whether it matters shows with the start.
    if (!stopped.ok && stopped.error.code !== 'refused') return stopped;
    if (this.#options.keepMode !== true) {
      const payload = { type: 'CUSTOM', tagMetaData: TAG_META_DATA };
      const mode = await session.command({ name: 'set_mode', payload });
      if (!mode.ok) return mode;
    }
    return session.command({ name: 'start', payload: {} });
  }

  /** Resolves with what is wrong when the reader does not answer any more. */
  async #probe(session: ZebraSession, over: AbortSignal): Promise<string> {
    let missed = 0;
    for (;;) {
      await sleep(this.#options.probeMs ?? PROBE_MS_DEFAULT, over);
      if (over.aborted) return '';
      const status = await session.command({ name: 'get_status', payload: {} });
      if (over.aborted) return '';
      missed = status.ok || status.error.code === 'refused' ? 0 : missed + 1;
      if (!status.ok && (missed >= PROBES_MISSED_MAX || status.error.code === 'credentials')) {
        return status.error.detail;
      }
      this.#show();
    }
  }

  #take(text: string): void {
    if (this.#abort.signal.aborted) return;
    const nowMs = this.#ctx.now();
    const report = parseTagReport(text, nowMs);
    if (!report.ok) {
      this.#trouble('malformed', `The reader sent what cannot be read: ${report.error.detail}.`, nowMs);
      return;
    }
    const { reads, eventNums, skipped } = report.value;
    if (this.#gaps.take(eventNums) > 0) {
      this.#trouble('lost', `Tag events were lost on the way: ${this.#gaps.lost} so far.`, nowMs);
    }
    if (skipped > 0) this.#ctx.log('debug', 'events that are no reads', { count: skipped });
    if (reads.length > 0) tell(this.#readListeners, reads, this.#ctx);
  }

  #trouble(kind: 'lost' | 'malformed', detail: string, nowMs: number): void {
    this.#troubles.set(kind, { detail, untilMs: nowMs + TROUBLE_SHOWN_MS });
    this.#show();
  }

  /** The health of a reader that runs: online, or degraded by what is wrong with it. */
  #show(): void {
    if (this.#session === null || this.#abort.signal.aborted) return;
    const nowMs = this.#ctx.now();
    for (const [kind, trouble] of this.#troubles) if (trouble.untilMs <= nowMs) this.#troubles.delete(kind);
    const details = [...this.#troubles.values()].map((trouble) => trouble.detail);
    if (details.length === 0) this.#health.set('online', 'Reading.');
    else this.#health.set('degraded', details.join(' '));
  }
}
