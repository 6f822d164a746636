import { err, ok, type Result } from '../../shared/result.ts';
import { type DeviceAccess, openAccess } from '../credentials.ts';
import { Health, tell } from '../health.ts';
import { keepTrying, sleep } from '../keep_trying.ts';
import { LineSplitter } from '../line_splitter.ts';
import type { DeviceHealth, DriverContext, TagRead, TagReader } from '../port.ts';
import { type ApiFailure, ImpinjApi } from './api.ts';
import { type ImpinjEvent, parseEvent } from './event.ts';
import { brokerFeed, type EventBroker, type Feed, streamFeed } from './feed.ts';
import { StreamTroubles } from './troubles.ts';

/** The reader writes an empty line every 30 s at least; two of them may be missed. */
const SILENCE_MS_DEFAULT = 65_000;
/** A dead line shows long before that when the reader is asked now and then how it is. */
const PROBE_MS_DEFAULT = 2_000;
const REQUEST_TIMEOUT_MS_DEFAULT = 2_000;
const LINE_BYTES_MAX = 16 * 1024;
/** Someone who keeps stopping the inventory is not fought faster than this. */
const RESTART_SPACING_MS = 1_000;

export interface ImpinjReaderOptions extends DeviceAccess {
  /** Name of the inventory preset on the reader that is started. */
  preset: string;
  /** Where the reader publishes its events; without it they are read from its own stream. */
  events?: EventBroker;
  /** Antennas whose loss is a fault. */
  antennas?: number[];
  silenceMs?: number;
  probeMs?: number;
  requestTimeoutMs?: number;
  /** A number in [0, 1) for the jitter between attempts. */
  random?: () => number;
}

/**
 * Opens a reader with the Impinj IoT Device Interface (R700 family) and keeps it open until `close`: starts
 * the preset, follows the data stream, and begins again after every loss. Returns at once.
 */
export function openImpinjReader(options: ImpinjReaderOptions, ctx: DriverContext): TagReader {
  return new ImpinjReader(options, ctx);
}

class ImpinjReader implements TagReader {
  readonly #options: ImpinjReaderOptions;
  readonly #ctx: DriverContext;
  readonly #requestTimeoutMs: number;
  readonly #health: Health;
  readonly #troubles: StreamTroubles;
  readonly #readListeners: ((reads: TagRead[]) => void)[] = [];
  readonly #inputListeners: ((port: number, on: boolean) => void)[] = [];
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  /** There while the preset runs and the stream is open. */
  #api: ImpinjApi | null = null;
  #about = '';
  #restartedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ImpinjReaderOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    this.#requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS_DEFAULT;
    this.#troubles = new StreamTroubles(options.antennas ?? []);
    this.#health = new Health(`Impinj reader ${options.base}`, ctx, `Connecting to ${options.base}.`);
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

  onInput(listener: (port: number, on: boolean) => void): void {
    this.#inputListeners.push(listener);
  }

  async setOutput(port: number, on: boolean): Promise<void> {
    await this.#drive(port, on);
  }

  async pulseOutput(port: number, ms: number): Promise<void> {
    await this.#drive(port, true, ms);
  }

  async close(): Promise<void> {
    if (!this.#abort.signal.aborted) {
      this.#abort.abort();
      await this.#stopInventory();
    }
    await this.#finished;
    this.#health.close();
  }

  async #drive(port: number, on: boolean, pulseMs?: number): Promise<void> {
    if (!Number.isInteger(port) || port < 1) throw new RangeError(`Outputs count from 1, not ${port}.`);
    if (this.#api === null) throw new Error(`The reader is offline: ${this.#health.get().detail}`);
    const set = await this.#api.setOutput(port, on, pulseMs);
    if (!set.ok) throw new Error(`Output ${port} was not set: ${set.error.detail}`);
  }

  /** A reader that nobody listens to need not radiate; one that does not answer is left as it is. */
  async #stopInventory(): Promise<void> {
    if (this.#api === null) return;
    const api = await this.#newApi(AbortSignal.timeout(this.#requestTimeoutMs));
    if (!api.ok) return;
    await api.value.stop();
    api.value.close();
  }

  async #newApi(signal: AbortSignal): Promise<Result<ImpinjApi, string>> {
    const access = await openAccess(this.#options);
    if (!access.ok) return access;
    return ok(new ImpinjApi({ ...access.value, timeoutMs: this.#requestTimeoutMs, signal }));
  }

  /** One attempt: answers whether tags were reported, after that has ended. */
  async #connectOnce(): Promise<boolean> {
    const api = await this.#newApi(this.#abort.signal);
    if (!api.ok) return this.#lose(api.error);
    const armed = await this.#arm(api.value);
    if (!armed.ok) {
      api.value.close();
      return this.#lose(armed.error.detail);
    }
    this.#api = api.value;
    this.#troubles.reset();
    this.#showTroubles();
    const reason = await this.#follow(armed.value, api.value);
    this.#api = null;
    api.value.close();
    this.#lose(reason);
    return true;
  }

  #lose(detail: string): false {
    if (!this.#abort.signal.aborted) this.#health.set('offline', detail);
    return false;
  }

  /** Whatever ran before is stopped and the stream opened first, so that no read falls between. */
  async #arm(api: ImpinjApi): Promise<Result<Feed, ApiFailure>> {
    const mode = await api.speaksRest();
    if (!mode.ok) return mode;
    const status = await api.status();
    if (!status.ok) return status;
    this.#about =
      status.value.serialNumber === undefined ? '' : ` (serial number ${status.value.serialNumber})`;
    if (status.value.status !== 'idle') {
      const stopped = await api.stop();
      if (!stopped.ok) return stopped;
    }
    const feed = await this.#openFeed(api);
    if (!feed.ok) return feed;
    const started = await api.start(this.#options.preset);
    if (started.ok) return feed;
    feed.value.end();
    return err(started.error);
  }

  async #openFeed(api: ImpinjApi): Promise<Result<Feed, ApiFailure>> {
    const { events } = this.#options;
    if (events !== undefined) {
      const feed = await brokerFeed(events, this.#abort.signal);
      return feed.ok ? feed : err({ code: 'unreachable', detail: feed.error });
    }
    const stream = await api.stream();
    return stream.ok ? ok(streamFeed(stream.value)) : stream;
  }

  /** Reads the stream until it ends, falls silent or the driver is closed. Answers why, for staff. */
  async #follow(feed: Feed, api: ImpinjApi): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const silenceMs = this.#options.silenceMs ?? SILENCE_MS_DEFAULT;
    const splitter = new LineSplitter(LINE_BYTES_MAX);
    const over = new AbortController();
    let heard = 0;
    const silence = setTimeout(() => {
      if (!feed.keptAlive) return;
      // A process that stood still has bytes waiting in its socket: they are read before judging.
      const before = heard;
      setImmediate(() => {
        if (heard > before) silence.refresh();
        else resolve(`The stream has been silent for ${silenceMs} ms.`);
      });
    }, silenceMs);
    const closed = (): void => resolve('The driver was closed.');
    this.#abort.signal.addEventListener('abort', closed);
    feed.onChunk((chunk) => {
      heard += 1;
      silence.refresh();
      this.#take(splitter.push(chunk), splitter, api);
    });
    feed.ended.then(resolve);
    void this.#probe(api, over.signal).then((reason) => resolve(reason));
    const reason = await promise;
    over.abort();
    clearTimeout(silence);
    this.#abort.signal.removeEventListener('abort', closed);
    feed.end();
    return reason;
  }

  /** Asks now and then whether the reader is there and reads. Resolves with what is wrong. */
  async #probe(api: ImpinjApi, over: AbortSignal): Promise<string> {
    for (;;) {
      await sleep(this.#options.probeMs ?? PROBE_MS_DEFAULT, over);
      if (over.aborted) return '';
      const status = await api.status();
      if (over.aborted) return '';
      if (!status.ok) return `The reader does not answer: ${status.error.detail}`;
      this.#showTroubles();
      if (status.value.status === 'idle') void this.#restart(api);
    }
  }

  #take(lines: string[], splitter: LineSplitter, api: ImpinjApi): void {
    const reads: TagRead[] = [];
    const nowMs = this.#ctx.now();
    if (splitter.overlong > 0) {
      splitter.overlong = 0;
      this.#troubles.malformed(`a line of more than ${LINE_BYTES_MAX} bytes`, nowMs);
      this.#showTroubles();
    }
    for (const line of lines) {
      if (line === '') continue;
      const event = parseEvent(line, nowMs);
      if (!event.ok) {
        this.#troubles.malformed(event.error.detail, nowMs);
        this.#showTroubles();
      } else if (event.value.kind === 'read') reads.push(event.value.read);
      else this.#act(event.value, api);
    }
    if (reads.length > 0) tell(this.#readListeners, reads, this.#ctx);
  }

  #act(event: Exclude<ImpinjEvent, { kind: 'read' }>, api: ImpinjApi): void {
    if (event.kind === 'input') {
      for (const listener of this.#inputListeners) listener(event.port, event.on);
    } else if (event.kind === 'antenna') {
      this.#troubles.antenna(event.antenna, event.connected);
      this.#showTroubles();
    } else if (event.kind === 'inventory' && event.status === 'idle') void this.#restart(api);
  }

  /** Our preset has no end of its own: where it ended, someone stopped it, and the gate would be blind. */
  async #restart(api: ImpinjApi): Promise<void> {
    const nowMs = this.#ctx.now();
    // The first word on the stream may be the end of what ran before us.
    if (this.#api !== api || nowMs - this.#restartedAtMs < RESTART_SPACING_MS) return;
    this.#restartedAtMs = nowMs;
    const started = await api.start(this.#options.preset);
    if (!started.ok)
      this.#ctx.log('warn', 'the inventory was not started again', { detail: started.error.detail });
  }

  /** The health of a reader that reports: online, or degraded by what is wrong with it. */
  #showTroubles(): void {
    if (this.#api === null || this.#abort.signal.aborted) return;
    const trouble = this.#troubles.describe(this.#ctx.now());
    if (trouble === null) this.#health.set('online', `Reading${this.#about}.`);
    else this.#health.set('degraded', trouble);
  }
}
