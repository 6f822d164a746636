import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../health.ts';
import type { DeviceHealth, DriverContext, OutputLine } from '../port.ts';
import { Pulse } from '../pulse.ts';

const SYSFS_ROOT = '/sys/class/gpio';

/** The part of onoff that this driver touches, so that it compiles and runs where the module is absent. */
export interface GpioPin {
  write(value: 0 | 1): Promise<void>;
}
export interface GpioModule {
  readonly Gpio: new (line: number, direction: 'high' | 'low', options: { activeLow: boolean }) => GpioPin;
}

export interface OnoffLineOptions {
  /** Label of the chip, such as "pinctrl-bcm2711": a kernel renumbers its lines, but not within a chip. */
  readonly chip: string;
  readonly line: number;
  readonly activeLow?: boolean;
  /** What the line holds from the first moment, on close, and until it is told otherwise. */
  readonly failSafe: boolean;
  readonly loadModule?: () => Promise<unknown>;
  readonly sysfsRoot?: string;
}

/**
 * A line of the host that drives a lamp, a siren or a relay. Returns at once. Where the module, the kernel
 * interface or the line is missing it is `unavailable`: `set` then keeps the wish and resolves without effect,
 * so an alarm is never lost to a rejection nobody awaited; its health says that nothing moves.
 */
export function openOnoffLine(options: OnoffLineOptions, ctx: DriverContext): OutputLine {
  const line = new OnoffLine(options, ctx);
  line.start();
  return line;
}

class OnoffLine implements OutputLine {
  readonly #options: OnoffLineOptions;
  readonly #ctx: DriverContext;
  readonly #listeners: ((health: DeviceHealth) => void)[] = [];
  readonly #pulse = new Pulse((on) => void this.#write(on), 0);
  #health: DeviceHealth;
  #pin: GpioPin | null = null;
  #wanted: boolean;
  #closed = false;
  /** Writes follow one another, so that the last wish is the level that stays. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: OnoffLineOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    this.#wanted = options.failSafe;
    this.#health = { state: 'connecting', detail: `Claiming ${this.#name}.`, since: this.#now() };
  }

  start(): void {
    this.#turn = this.#claim();
  }

  health(): DeviceHealth {
    return this.#health;
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#listeners.push(listener);
  }

  set(on: boolean): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#pulse.forget();
    return this.#write(on);
  }

  pulse(ms: number): void {
    if (!this.#closed) this.#pulse.give(ms);
  }

  state(): boolean {
    return this.#wanted;
  }

  /** Leaves the line driven at its fail-safe level: a line given back may float, and a relay with it. */
  close(): Promise<void> {
    if (this.#closed) return this.#turn;
    this.#pulse.forget();
    this.#closed = true;
    return this.#write(this.#options.failSafe);
  }

  #write(on: boolean): Promise<void> {
    this.#wanted = on;
    this.#turn = this.#turn.then(() => this.#apply(on));
    return this.#turn;
  }

  async #apply(on: boolean): Promise<void> {
    try {
      await this.#pin?.write(on ? 1 : 0);
      if (this.#pin !== null) this.#setHealth('online', `${this.#name} is ready.`);
    } catch (error) {
      this.#setHealth('unavailable', `${this.#name} cannot be driven: ${reasonOf(error)}.`);
    }
  }

  async #claim(): Promise<void> {
    const { failSafe, activeLow = false } = this.#options;
    try {
      const loaded = gpioModuleOf(await (this.#options.loadModule ?? loadOnoff)());
      if (loaded === null) throw new Error('it is not the module this driver knows');
      const line = await this.#globalLine();
      // The kernel takes this first level as a voltage, before and beside the meaning of active low.
      const level = failSafe === activeLow ? 'low' : 'high';
      this.#pin = new loaded.Gpio(line, level, { activeLow });
    } catch (error) {
      this.#setHealth('unavailable', `${this.#name} cannot be used here: ${reasonOf(error)}.`);
      return;
    }
    await this.#apply(this.#wanted);
  }

  /** Chip label and offset → the number that the kernel's legacy interface uses today. */
  async #globalLine(): Promise<number> {
    const { chip, line, sysfsRoot = SYSFS_ROOT } = this.#options;
    for (const entry of await readdir(sysfsRoot)) {
      if (!entry.startsWith('gpiochip')) continue;
      const read = async (name: string) => (await readFile(join(sysfsRoot, entry, name), 'utf8')).trim();
      if ((await read('label')) !== chip) continue;
      if (line >= Number(await read('ngpio'))) throw new Error(`${chip} has no line ${line}`);
      return Number(await read('base')) + line;
    }
    throw new Error(`no GPIO chip is called ${chip}`);
  }

  get #name(): string {
    const { chip, line } = this.#options;
    return `GPIO line ${line} of ${chip}`;
  }

  #setHealth(state: DeviceHealth['state'], detail: string): void {
    if (this.#health.state === state && this.#health.detail === detail) return;
    const since = this.#health.state === state ? this.#health.since : this.#now();
    this.#health = { state, detail, since };
    this.#ctx.log(state === 'online' ? 'info' : 'warn', detail, { device: 'gpio', state });
    for (const listener of this.#listeners) listener(this.#health);
  }

  #now(): string {
    return new Date(this.#ctx.now()).toISOString();
  }
}

/** The name is a variable so that the compiler does not ask for a package that may be absent. */
function loadOnoff(): Promise<unknown> {
  const name: string = 'onoff';
  return import(name);
}

/** A CommonJS module may come with its names or with everything under `default`. */
function gpioModuleOf(value: unknown): GpioModule | null {
  if (isGpioModule(value)) return value;
  const inner = typeof value === 'object' && value !== null && 'default' in value ? value.default : null;
  return isGpioModule(inner) ? inner : null;
}

function isGpioModule(value: unknown): value is GpioModule {
  return typeof value === 'object' && value !== null && 'Gpio' in value && typeof value.Gpio === 'function';
}
