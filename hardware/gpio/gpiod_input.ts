import { Health, tell } from '../health.ts';
import { keepTrying, sleep } from '../keep_trying.ts';
import { LineSplitter } from '../line_splitter.ts';
import type { DeviceHealth, DriverContext, InputLine, LineEdge } from '../port.ts';
import { parseEdge, watchCommand } from './commands.ts';
import { findLine, type LineName } from './find_line.ts';
import { Guard } from './guard.ts';
import { HeldProcess } from './held_process.ts';

const EDGE_CHARS_MAX = 200;
/** Missing tools do not appear by themselves, a chip on USB does. */
const LOOK_AGAIN_MS = 10_000;

export interface GpioInputOptions extends LineName {
  activeLow?: boolean;
  /** Where the tools are looked for. */
  env?: NodeJS.ProcessEnv;
  lookAgainMs?: number;
  /** A number in [0, 1) for the jitter between attempts. */
  random?: () => number;
}

/** An input of the host (button, light barrier), followed by a `gpiomon` process that is started again when it dies. */
export function openGpioInput(options: GpioInputOptions, ctx: DriverContext): InputLine {
  return new GpiodInput(options, ctx);
}

class GpiodInput implements InputLine {
  readonly #options: GpioInputOptions;
  readonly #ctx: DriverContext;
  readonly #name: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #health: Health;
  readonly #listeners: ((edge: LineEdge) => void)[] = [];
  readonly #abort = new AbortController();
  readonly #guard: Guard;
  readonly #finished: Promise<void>;
  #process: HeldProcess | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: GpioInputOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    this.#env = options.env ?? process.env;
    this.#name = `GPIO line ${options.line} of ${options.chip}`;
    this.#health = new Health(this.#name, ctx, `Looking for ${this.#name}.`);
    this.#guard = new Guard(null, this.#env);
    this.#finished = keepTrying(() => this.#watch(), {
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

  onEdge(listener: (edge: LineEdge) => void): void {
    this.#listeners.push(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    this.#abort.abort();
    await this.#process?.end();
    await this.#finished;
    await this.#guard.done();
    this.#health.close();
  }

  async #watch(): Promise<boolean> {
    const found = await findLine(this.#options, this.#env);
    if (this.#abort.signal.aborted) return false;
    if (!found.ok) {
      this.#health.set('unavailable', `${this.#name} cannot be used here: ${found.error}.`);
      await sleep(this.#options.lookAgainMs ?? LOOK_AGAIN_MS, this.#abort.signal);
      return false;
    }
    const { tools, place } = found.value;
    const process = new HeldProcess(watchCommand(tools, place, this.#options.activeLow ?? false), this.#env);
    this.#process = process;
    if (process.pid !== undefined) this.#guard.holds(process.pid);
    const splitter = new LineSplitter(EDGE_CHARS_MAX);
    process.child.stdout.on('data', (chunk: Buffer) => {
      for (const line of splitter.push(chunk)) {
        const on = parseEdge(tools, place, line);
        if (on === null) continue;
        tell(this.#listeners, { on, at: new Date(this.#ctx.now()).toISOString() }, this.#ctx);
      }
    });
    const settled = await process.settled;
    if (settled && !this.#abort.signal.aborted) this.#health.set('online', `${this.#name} is watched.`);
    const said = await process.gone;
    this.#process = null;
    if (!this.#abort.signal.aborted) {
      this.#health.set('unavailable', `${this.#name} cannot be watched: ${said}.`);
    }
    return settled;
  }
}
