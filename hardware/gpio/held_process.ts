import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { reasonOf } from '../health.ts';
import type { Command } from './commands.ts';

/** A tool that is alive after this long has its line: it would have said otherwise. */
const SETTLE_MS = 100;
const TERM_MS_MAX = 1_000;
const STDERR_CHARS_MAX = 2_000;

/** A command line tool that holds a line for as long as it lives. */
export class HeldProcess {
  /** Resolves once, with what the tool said last, when it is gone. */
  readonly gone: Promise<string>;
  /** Resolves with whether the tool came to hold its line. */
  readonly settled: Promise<boolean>;
  readonly child: ChildProcessWithoutNullStreams;
  #stderr = '';

  constructor({ file, args }: Command, env: NodeJS.ProcessEnv) {
    this.child = spawn(file, args, { env, detached: true });
    this.child.stdin.on('error', () => {});
    // Prompts that nobody reads must not fill the pipe.
    this.child.stdout.resume();
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARS_MAX);
    });
    this.gone = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(reasonOf(error)));
      this.child.once('close', (code, signal) => {
        const said = reasonOf(this.#stderr);
        resolve(said === '' ? `${file} ended (${signal ?? code})` : said);
      });
    });
    this.settled = Promise.race([
      this.gone.then(() => false),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(true), SETTLE_MS).unref()),
    ]);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  say(line: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.child.stdin.writable) resolve();
      else this.child.stdin.write(`${line}\n`, () => resolve());
    });
  }

  /** Ends it, politely first. */
  async end(): Promise<void> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), TERM_MS_MAX);
    await this.gone;
    clearTimeout(timer);
  }
}
