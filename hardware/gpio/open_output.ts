import { Health } from '../health.ts';
import { sleep } from '../keep_trying.ts';
import type { DeviceHealth, DriverContext, OutputLine } from '../port.ts';
import { Pulse } from '../pulse.ts';
import { findLine, type LineName } from './find_line.ts';
import { GpiodOutput } from './gpiod_output.ts';
import { openOnoffLine } from './onoff_line.ts';
import { OnoffProcess } from './onoff_process.ts';

const LOOK_AGAIN_MS = 10_000;

export interface GpioOutputOptions extends LineName {
  activeLow?: boolean;
  /** What the line holds from the first moment, on close, and when the agent is gone, as far as that can be. */
  failSafe: boolean;
  /** Where the tools are looked for. */
  env?: NodeJS.ProcessEnv;
  lookAgainMs?: number;
  loadModule?: () => Promise<unknown>;
  sysfsRoot?: string;
}

/**
 * An output of the host: driven by the libgpiod tools, or by `onoff` where there are none. Returns at once.
 * Where neither can, it is `unavailable`: `set` keeps the wish and resolves without effect, so that an alarm
 * is never lost to a rejection nobody awaited; its health says that nothing moves.
 */
export function openGpioOutput(options: GpioOutputOptions, ctx: DriverContext): OutputLine {
  return new HostOutput(options, ctx);
}

class HostOutput implements OutputLine {
  readonly #options: GpioOutputOptions;
  readonly #ctx: DriverContext;
  readonly #name: string;
  readonly #health: Health;
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  readonly #pulse = new Pulse((on) => void this.#apply(on), 0);
  #line: OutputLine | null = null;
  #wanted: boolean;
  #closing: Promise<void> | null = null;

  constructor(options: GpioOutputOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    this.#wanted = options.failSafe;
    this.#name = `GPIO line ${options.line} of ${options.chip}`;
    this.#health = new Health(this.#name, ctx, `Looking for ${this.#name}.`);
    this.#finished = this.#choose();
  }

  health(): DeviceHealth {
    return this.#health.get();
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#health.onChange(listener);
  }

  state(): boolean {
    return this.#wanted;
  }

  set(on: boolean): Promise<void> {
    this.#pulse.forget();
    return this.#apply(on);
  }

  pulse(ms: number): void {
    if (this.#closing === null) this.#pulse.give(ms);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    this.#pulse.forget();
    this.#abort.abort();
    await this.#finished;
    await this.#line?.close();
    this.#health.close();
  }

  async #apply(on: boolean): Promise<void> {
    if (this.#closing !== null) return;
    this.#wanted = on;
    await this.#line?.set(on);
  }

  /** Looks until something can drive the line: a chip on USB may come later. */
  async #choose(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const gpiod = await this.#openGpiod();
      if (gpiod === null) return;
      const onoff = await this.#openOnoff(gpiod);
      if (onoff === null) return;
      this.#health.set('unavailable', `${this.#name} cannot be used here: ${gpiod}; ${onoff}.`);
      await sleep(this.#options.lookAgainMs ?? LOOK_AGAIN_MS, signal);
    }
  }

  /** Null when the line was opened, else why not. */
  async #openGpiod(): Promise<string | null> {
    const { activeLow = false, failSafe, env = process.env } = this.#options;
    const found = await findLine(this.#options, env);
    if (!found.ok) return found.error;
    if (this.#abort.signal.aborted) return null;
    const silent = { ...this.#ctx, log: () => {} };
    const options = { name: this.#name, found: found.value, activeLow, failSafe, env };
    this.#follow(new GpiodOutput(options, silent));
    return null;
  }

  async #openOnoff(gpiod: string): Promise<string | null> {
    const { chip, line, activeLow = false, failSafe, loadModule, sysfsRoot } = this.#options;
    if (typeof line === 'string') return 'onoff knows lines by their offset only';
    if (this.#abort.signal.aborted) return null;
    const silent = { ...this.#ctx, log: () => {} };
    const place = { chip, line, activeLow, failSafe, ...(sysfsRoot === undefined ? {} : { sysfsRoot }) };
    const onoff =
      loadModule === undefined
        ? new OnoffProcess(place, silent)
        : openOnoffLine({ ...place, loadModule }, silent);
    // Its first word comes after the level it was opened with.
    await onoff.set(this.#wanted);
    const { state, detail } = onoff.health();
    if (state === 'online') {
      this.#ctx.log('info', 'the line is driven by onoff', { device: this.#name, reason: gpiod });
      this.#follow(onoff);
      return null;
    }
    await onoff.close();
    return `onoff: ${detail.replace(/\.$/, '')}`;
  }

  #follow(line: OutputLine): void {
    this.#line = line;
    line.onHealth(({ state, detail }) => {
      if (this.#closing === null) this.#health.set(state, detail);
    });
    const { state, detail } = line.health();
    this.#health.set(state, detail);
    void line.set(this.#wanted);
  }
}
