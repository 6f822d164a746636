import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { reasonOf } from '../health.ts';
import type { DeviceHealth, DriverContext, OutputLine } from '../port.ts';
import { Pulse } from '../pulse.ts';

const CHILD = new URL('./onoff_child.ts', import.meta.url).pathname;
const CLOSE_MS_MAX = 2_000;
const Word = z.object({ state: z.enum(['connecting', 'online', 'unavailable']), detail: z.string() });

export interface OnoffProcessOptions {
  chip: string;
  line: number;
  activeLow?: boolean;
  failSafe: boolean;
  sysfsRoot?: string;
  /** Another module in place of onoff, by its address. */
  module?: string;
}

/**
 * A line of the host driven by `onoff` in a process of its own (see onoff_child.ts), which outlives a killed
 * agent just long enough to set the fail-safe level. `set` resolves when the child has said how it went.
 */
export class OnoffProcess implements OutputLine {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #context: DriverContext;
  readonly #listeners: ((health: DeviceHealth) => void)[] = [];
  readonly #pulse = new Pulse((on) => void this.#write(on), 0);
  readonly #gone: Promise<void>;
  /** Who waits for the child's next word, in the order of what it was told. */
  readonly #waiting: (() => void)[] = [];
  #health: DeviceHealth;
  #wanted: boolean;
  #closing = false;

  constructor(options: OnoffProcessOptions, context: DriverContext) {
    this.#context = context;
    this.#wanted = options.failSafe;
    this.#health = { state: 'connecting', detail: 'onoff is starting.', since: this.#iso() };
    this.#child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(options)],
      {
        detached: true,
      },
    );
    this.#child.stdin.on('error', () => {});
    let said = '';
    this.#child.stderr.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-2_000)));
    createInterface({ input: this.#child.stdout }).on('line', (text) => this.#hear(text));
    this.#gone = new Promise((resolve) => {
      const end = (why: string): void => {
        for (const done of this.#waiting.splice(0)) done();
        if (!this.#closing) this.#setHealth('unavailable', `onoff ended: ${why}.`);
        resolve();
      };
      this.#child.once('error', (error) => end(reasonOf(error)));
      this.#child.once('close', (code) => end(reasonOf(said) || `code ${code}`));
    });
  }

  health(): DeviceHealth {
    return this.#health;
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#listeners.push(listener);
  }

  set(on: boolean): Promise<void> {
    if (this.#closing) return Promise.resolve();
    this.#pulse.forget();
    return this.#write(on);
  }

  pulse(ms: number): void {
    if (!this.#closing) this.#pulse.give(ms);
  }

  state(): boolean {
    return this.#wanted;
  }

  async close(): Promise<void> {
    this.#pulse.forget();
    if (!this.#closing) this.#child.stdin.end();
    this.#closing = true;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS_MAX);
    await this.#gone;
    clearTimeout(timer);
  }

  #write(on: boolean): Promise<void> {
    this.#wanted = on;
    if (this.#child.exitCode !== null || !this.#child.stdin.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(on ? '1\n' : '0\n');
    });
  }

  /** Its first words are about the level it began with; each later one ends a `set`. */
  #hear(text: string): void {
    const word = Word.safeParse(parsed(text));
    if (!word.success) return;
    this.#setHealth(word.data.state, word.data.detail);
    if (word.data.state !== 'connecting') this.#waiting.shift()?.();
  }

  #setHealth(state: DeviceHealth['state'], detail: string): void {
    if (this.#health.state === state && this.#health.detail === detail) return;
    this.#health = { state, detail, since: this.#iso() };
    for (const listener of this.#listeners) listener(this.#health);
  }

  #iso(): string {
    return new Date(this.#context.now()).toISOString();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
