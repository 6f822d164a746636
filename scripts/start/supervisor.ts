import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const WITH_SUPERVISOR = new URL('./with_supervisor.ts', import.meta.url).href;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 2_000;
/** A child that lived this long did start: its next death begins the backoff anew. */
const SETTLED_MS = 10_000;
/** A terminal signals every child itself; one that stops on that needs no second signal. */
const SIGNALLED_MS = 250;
export const STOP_MESSAGE = { type: 'stop' } as const;

export interface ChildSpec<R extends string> {
  role: R;
  /** A script for this very Node, and its arguments. */
  script: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** `message`: the child knows us and stops on STOP_MESSAGE; `signal`: it does not, and stops on SIGTERM. */
  stop: 'message' | 'signal';
  /** From the request to stop until it is killed. */
  stopWithinMs: number;
  onMessage?(message: unknown): void;
  /** Runs after every death, before a new start: what the child left behind goes here. */
  afterDeath?(): Promise<void>;
}

export interface Supervised {
  pid(): number | undefined;
  send(message: object): void;
}

export interface SupervisorContext<R extends string> {
  now(): number;
  log(message: string): void;
  /** The file descriptor for what the child of that role says on stdout and stderr. */
  output(role: R): number;
  /** The child of that role has this pid now, or none. */
  onPid(role: R, pid: number | undefined): void;
}

interface Kept {
  stop(): Promise<void>;
}

/** Keeps children alive: one that dies is started again, after 100 ms at first and at most 2 s, until `stop`. */
export class Supervisor<R extends string> {
  readonly #context: SupervisorContext<R>;
  readonly #kept: Kept[] = [];
  readonly #stopping = new AbortController();

  constructor(context: SupervisorContext<R>) {
    this.#context = context;
  }

  start(spec: ChildSpec<R>): Supervised {
    let child: ChildProcess | undefined;
    let backoffMs = BACKOFF_FIRST_MS;

    const live = async (): Promise<void> => {
      while (!this.#stopping.signal.aborted) {
        const began = this.#context.now();
        child = launch(spec, this.#context.output(spec.role));
        this.#context.onPid(spec.role, child.pid);
        const end = await exitOf(child);
        this.#context.onPid(spec.role, undefined);
        await spec.afterDeath?.();
        if (this.#stopping.signal.aborted) return;
        if (this.#context.now() - began >= SETTLED_MS) backoffMs = BACKOFF_FIRST_MS;
        this.#context.log(`${spec.role} ended with ${end}; starting it again in ${backoffMs} ms`);
        await sleep(backoffMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
      }
    };
    const ended = live();

    this.#kept.push({
      stop: async () => {
        const leaving = child;
        const timers: NodeJS.Timeout[] = [];
        if (leaving !== undefined && isAlive(leaving)) {
          if (spec.stop === 'message' && leaving.connected) leaving.send(STOP_MESSAGE, () => {});
          else timers.push(setTimeout(() => leaving.kill('SIGTERM'), SIGNALLED_MS));
          timers.push(setTimeout(() => leaving.kill('SIGKILL'), spec.stopWithinMs));
        }
        await ended;
        for (const timer of timers) clearTimeout(timer);
      },
    });
    return {
      pid: () => (child !== undefined && isAlive(child) ? child.pid : undefined),
      send: (message) => {
        // A child that died meanwhile gets the message never; its next life begins anew.
        if (child?.connected) child.send(message, () => {});
      },
    };
  }

  /** Stops the children one after the other, the last one started first. Returns when all are gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const kept of this.#kept.reverse()) await kept.stop();
  }
}

/** A child stays in our process group, and ends when we do, whatever ends us. */
function launch<R extends string>(spec: ChildSpec<R>, output: number): ChildProcess {
  const preload = spec.stop === 'signal' ? ['--import', WITH_SUPERVISOR] : [];
  const args = ['--disable-warning=ExperimentalWarning', ...preload, spec.script, ...spec.args];
  return spawn(process.execPath, args, {
    stdio: ['ignore', output, output, 'ipc'],
    env: { ...process.env, ...spec.env },
  }).on('message', (message: unknown) => spec.onMessage?.(message));
}

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
}
