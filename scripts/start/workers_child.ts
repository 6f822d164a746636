import { join } from 'node:path';
import type { SqlStatement } from '../demo/bootstrap.ts';
import { endProcess } from './pids.ts';
import { processMark } from './process_mark.ts';
import type { ChildSpec, Supervised } from './supervisor.ts';
import { FromWorkers, type ToWorkers } from './workers_messages.ts';

const STOP_WITHIN_MS = 1_500;

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** Our end of the child that runs both Workers: its runtime's pid, its readiness, and SQL for its database. */
export class WorkersChild {
  readonly #data: string;
  readonly #onRuntime: (pid: number | undefined) => void;
  readonly #asked = new Map<number, Waiting>();
  #child: Supervised | undefined;
  #runtime: { pid: number; mark: string } | null = null;
  #isReady = false;
  #whenReady: (() => void)[] = [];
  #lastId = 0;

  constructor(data: string, onRuntime: (pid: number | undefined) => void) {
    this.#data = data;
    this.#onRuntime = onRuntime;
  }

  spec(): ChildSpec<'workers'> {
    return {
      role: 'workers',
      script: join(import.meta.dirname, 'workers.ts'),
      args: [this.#data],
      stop: 'message',
      stopWithinMs: STOP_WITHIN_MS,
      onMessage: (message) => this.#hear(FromWorkers.parse(message)),
      afterDeath: () => this.#clear(),
    };
  }

  attach(child: Supervised): void {
    this.#child = child;
  }

  /** Resolves when the Workers answer: at once if they do now. */
  ready(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => this.#whenReady.push(resolve));
  }

  /** One transaction on the cloud's database. Rejects when it fails or the child dies meanwhile. */
  execute(statements: SqlStatement[]): Promise<void> {
    const message: ToWorkers = { type: 'execute', id: ++this.#lastId, statements };
    return new Promise((resolve, reject) => {
      this.#asked.set(message.id, { resolve, reject });
      this.#child?.send(message);
    });
  }

  #hear(message: FromWorkers): void {
    switch (message.type) {
      case 'workerd': {
        const mark = processMark(message.pid);
        this.#runtime = mark === null ? null : { pid: message.pid, mark };
        this.#onRuntime(message.pid);
        break;
      }
      case 'ready':
        this.#isReady = true;
        for (const wake of this.#whenReady.splice(0)) wake();
        break;
      case 'executed': {
        const waiting = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        if (message.error === undefined) waiting?.resolve();
        else waiting?.reject(new Error(message.error));
      }
    }
  }

  /** A child that was killed leaves its runtime behind, and with it the ports: the next one needs them. */
  async #clear(): Promise<void> {
    this.#isReady = false;
    for (const waiting of this.#asked.values()) waiting.reject(new Error('the Workers ended meanwhile'));
    this.#asked.clear();
    const runtime = this.#runtime;
    this.#runtime = null;
    this.#onRuntime(undefined);
    if (runtime !== null && processMark(runtime.pid) === runtime.mark)
      await endProcess(runtime.pid, runtime.mark);
  }
}
