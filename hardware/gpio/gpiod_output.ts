import { Health } from '../health.ts';
import { keepTrying } from '../keep_trying.ts';
import type { DeviceHealth, DriverContext, OutputLine } from '../port.ts';
import { Pulse } from '../pulse.ts';
import { holdCommand, onceCommand } from './commands.ts';
import type { FoundLine } from './find_line.ts';
import { Guard } from './guard.ts';
import { HeldProcess } from './held_process.ts';

export interface GpiodOutputOptions {
  /** How staff call it, such as "GPIO line RELAY1 of pinctrl-bcm2711". */
  name: string;
  found: FoundLine;
  activeLow: boolean;
  /** What the line holds from the first moment, on close, and when the agent is gone. */
  failSafe: boolean;
  env: NodeJS.ProcessEnv;
  /** A number in [0, 1) for the jitter between attempts. */
  random?: () => number;
}

/** An output that a `gpioset` process of our own holds; one that dies is started again. */
export class GpiodOutput implements OutputLine {
  readonly #options: GpiodOutputOptions;
  readonly #health: Health;
  readonly #guard: Guard;
  readonly #pulse = new Pulse((on) => void this.#apply(on), 0);
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  #process: HeldProcess | null = null;
  #wanted: boolean;
  /** The process ends because we want another level, not by itself. */
  #changing = false;
  /** Who waits for the next process to hold the wanted level. */
  #waiting: (() => void)[] = [];
  #closing: Promise<void> | null = null;

  constructor(options: GpiodOutputOptions, ctx: DriverContext) {
    this.#options = options;
    this.#wanted = options.failSafe;
    this.#health = new Health(options.name, ctx, `Claiming ${options.name}.`);
    const { tools, place } = options.found;
    this.#guard = new Guard(onceCommand(tools, place, options.failSafe, options.activeLow), options.env);
    this.#finished = keepTrying(() => this.#hold(), {
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
    const { found, failSafe, activeLow, env } = this.#options;
    await this.#apply(failSafe);
    this.#abort.abort();
    await this.#endProcess();
    await this.#finished;
    this.#settleWaiting();
    // The process may have ended before it had the level, and a line that is let go should be let go safe.
    await new HeldProcess(onceCommand(found.tools, found.place, failSafe, activeLow), env).gone;
    await this.#guard.done();
    this.#health.close();
  }

  async #apply(on: boolean): Promise<void> {
    const before = this.#wanted;
    this.#wanted = on;
    const process = this.#process;
    if (process === null || on === before || this.#abort.signal.aborted) return;
    if (this.#options.found.tools.interactive) {
      await process.say(`set ${this.#options.found.place.offset}=${on ? 1 : 0}`);
      return;
    }
    const held = new Promise<void>((resolve) => this.#waiting.push(resolve));
    // One that is ending already takes the newest wish with it into the next.
    if (!this.#changing) {
      this.#changing = true;
      void process.end();
    }
    await held;
  }

  /** One attempt: holds the line until the tool ends by itself. Answers whether it had held it. */
  async #hold(): Promise<boolean> {
    const { found, activeLow, env, name } = this.#options;
    let held = false;
    for (;;) {
      const process = new HeldProcess(holdCommand(found.tools, found.place, this.#wanted, activeLow), env);
      this.#process = process;
      this.#changing = false;
      if (process.pid !== undefined) this.#guard.holds(process.pid);
      this.#settleWaiting();
      void process.settled.then((settled) => {
        held ||= settled;
        if (settled && this.#process === process && !this.#abort.signal.aborted) {
          this.#health.set('online', `${name} is ready.`);
        }
      });
      const said = await process.gone;
      this.#process = null;
      if (this.#abort.signal.aborted) return held;
      if (this.#changing) continue;
      this.#settleWaiting();
      this.#health.set('unavailable', `${name} cannot be driven: ${said}.`);
      return held;
    }
  }

  async #endProcess(): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    // An interactive one that only loses its input would spin for ever on the end of it.
    if (this.#options.found.tools.interactive) await process.say('exit');
    await process.end();
  }

  #settleWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
