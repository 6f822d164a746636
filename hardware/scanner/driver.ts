import { Health, tell } from '../health.ts';
import { sleep } from '../keep_trying.ts';
import type { DeviceHealth, DriverContext, ScannedCode, Scanner } from '../port.ts';
import { openByteSource } from './byte_source.ts';
import type { DecodedCode, Terminator } from './code.ts';
import { EvdevDecoder, type EvdevOptions } from './evdev_decode.ts';
import { SerialDecoder } from './serial_decode.ts';

/** How often a scanner that is not plugged in is looked for. */
const LOOK_EVERY_MS = 2_000;
const DROPPED_SHOWN_MS = 60_000;

interface DeviceFile {
  /** Such as "/dev/input/by-id/usb-…-event-kbd" or "/dev/ttyACM0". */
  path: string;
  lookEveryMs?: number;
}

interface Decoder {
  push(chunk: Uint8Array): DecodedCode[];
  /** Codes thrown away so far. */
  readonly dropped: number;
}

/** A scanner that types like a keyboard, read from its own event file, so that no desktop gets its codes. */
export function openWedgeScanner(options: DeviceFile & EvdevOptions, ctx: DriverContext): Scanner {
  return new FileScanner(options, () => new EvdevDecoder(options), ctx);
}

/** A scanner on a serial line, or on USB as one (CDC ACM), which has no use for a baud rate. */
export function openSerialScanner(
  options: DeviceFile & { baud?: number; terminators?: readonly Terminator[] },
  ctx: DriverContext,
): Scanner {
  return new FileScanner(options, () => new SerialDecoder(options.terminators), ctx);
}

class FileScanner implements Scanner {
  readonly #options: DeviceFile & { baud?: number };
  readonly #newDecoder: () => Decoder;
  readonly #ctx: DriverContext;
  readonly #health: Health;
  readonly #listeners: ((code: ScannedCode) => void)[] = [];
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  #droppedShownUntilMs = 0;

  constructor(options: DeviceFile & { baud?: number }, newDecoder: () => Decoder, ctx: DriverContext) {
    this.#options = options;
    this.#newDecoder = newDecoder;
    this.#ctx = ctx;
    this.#health = new Health(`scanner ${options.path}`, ctx, 'Looking for the scanner.');
    this.#finished = this.#run();
  }

  health(): DeviceHealth {
    return this.#health.get();
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#health.onChange(listener);
  }

  onCode(listener: (code: ScannedCode) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#finished;
    this.#health.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const reason = await this.#follow();
      if (signal.aborted) return;
      this.#health.set('unavailable', `The scanner cannot be read: ${reason}.`);
      await sleep(this.#options.lookEveryMs ?? LOOK_EVERY_MS, signal);
    }
  }

  /** Reads the device as long as it is there. Answers why that ended. */
  async #follow(): Promise<string> {
    const { path, baud } = this.#options;
    const opened = await openByteSource(path, baud);
    if (!opened.ok) return opened.error;
    const source = opened.value;
    const { signal } = this.#abort;
    const stop = (): void => source.close();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const decoder = this.#newDecoder();
    source.onData((chunk) => this.#take(decoder, chunk));
    if (!signal.aborted) this.#health.set('online', 'The scanner is ready.');
    const reason = await source.ended;
    signal.removeEventListener('abort', stop);
    source.close();
    return reason;
  }

  #take(decoder: Decoder, chunk: Uint8Array): void {
    if (this.#abort.signal.aborted) return;
    const before = decoder.dropped;
    const nowMs = this.#ctx.now();
    for (const code of decoder.push(chunk)) {
      tell(this.#listeners, { ...code, receivedAt: new Date(nowMs).toISOString() }, this.#ctx);
    }
    if (decoder.dropped > before) {
      this.#droppedShownUntilMs = nowMs + DROPPED_SHOWN_MS;
      this.#health.set('degraded', 'A code came incomplete and was thrown away. Scan it again.');
    } else if (nowMs >= this.#droppedShownUntilMs) this.#health.set('online', 'The scanner is ready.');
  }
}
