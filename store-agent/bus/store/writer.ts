import { Worker } from 'node:worker_threads';
import type { Log } from '../../log.ts';
import type { KeptKey, KeptRow, StoreOp } from './file.ts';
import type { FromThread, ToThread } from './thread.ts';

const RETRY_MS = 1_000;
const CLOSE_MS_MAX = 2_000;

export interface StoreHealth {
  state: 'ok' | 'failing';
  detail: string;
}

/**
 * Collects what the broker wants kept and gives it to the writing thread, one batch at a time: while one
 * waits for the disk the next grows, and a row that changes twice in between is written once. With a disk
 * that takes no more the broker goes on from memory; what waits is bounded by what the broker holds.
 */
export class StoreWriter {
  readonly #worker: Worker;
  readonly #log: Log;
  #pending = new Map<string, StoreOp>();
  #waiting: (() => void)[] = [];
  #inFlight: { ops: Map<string, StoreOp>; waiting: (() => void)[] } | null = null;
  #retry: NodeJS.Timeout | null = null;
  #health: StoreHealth = { state: 'ok', detail: 'The broker’s messages are kept on disk.' };
  #onClosed: () => void = () => {};
  #batches = 0;
  #closed = false;

  private constructor(worker: Worker, log: Log) {
    this.#worker = worker;
    this.#log = log;
    worker.on('message', (message: FromThread) => this.#hear(message));
    worker.on('error', (error) => this.#gone(error.message));
    worker.on('exit', () => this.#gone('the writing thread has ended'));
  }

  /** Opens the file in its thread; the rows are what was kept before. Rejects when the file cannot be used. */
  static async open(path: string, log: Log): Promise<{ writer: StoreWriter; rows: KeptRow[] }> {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { path } });
    const first = await new Promise<FromThread>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first.type !== 'opened') {
      await worker.terminate();
      throw new Error(first.type === 'unusable' ? first.detail : 'the writing thread did not open the file');
    }
    if (first.putAside !== null)
      log('warn', 'the broker’s file could not be read and was put aside', { detail: first.putAside });
    return { writer: new StoreWriter(worker, log), rows: first.rows };
  }

  get health(): StoreHealth {
    return this.#health;
  }

  get batches(): number {
    return this.#batches;
  }

  put(row: KeptRow): void {
    this.#add(row, { put: row });
  }

  del(key: KeptKey): void {
    this.#add(key, { del: key });
  }

  /** Resolves when everything so far is on disk, or the disk has refused it. */
  settled(): Promise<void> {
    if (this.#pending.size > 0) return new Promise((resolve) => this.#waiting.push(resolve));
    const flying = this.#inFlight;
    return flying === null ? Promise.resolve() : new Promise((resolve) => flying.waiting.push(resolve));
  }

  async close(): Promise<void> {
    // A disk that takes no more is not waited for.
    if (this.#health.state === 'ok') await this.settled();
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS_MAX);
      this.#onClosed = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#tell({ close: true });
    });
    await this.#worker.terminate();
  }

  #add({ kind, owner, key }: KeptKey, op: StoreOp): void {
    if (this.#closed) return;
    this.#pending.set(JSON.stringify([kind, owner, key]), op);
    this.#send();
  }

  #send(): void {
    if (this.#inFlight !== null || this.#retry !== null || this.#pending.size === 0) return;
    this.#inFlight = { ops: this.#pending, waiting: this.#waiting };
    this.#pending = new Map();
    this.#waiting = [];
    this.#tell({ ops: [...this.#inFlight.ops.values()] });
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromThread): void {
    if (message.type === 'closed') this.#onClosed();
    if (message.type === 'written') {
      this.#batches += 1;
      if (this.#health.state === 'failing') this.#log('info', 'the broker’s messages are kept again');
      this.#health = { state: 'ok', detail: 'The broker’s messages are kept on disk.' };
      for (const resolve of this.#inFlight?.waiting ?? []) resolve();
      this.#inFlight = null;
      this.#send();
    }
    if (message.type === 'failed') this.#failed(message.detail, RETRY_MS);
  }

  #failed(detail: string, retryMs: number | null): void {
    if (this.#health.state === 'ok') this.#log('error', 'the broker’s messages are not kept', { detail });
    this.#health = { state: 'failing', detail: `What the broker holds is in memory only (${detail}).` };
    const flying = this.#inFlight;
    this.#inFlight = null;
    // What changed since is newer than what failed.
    if (flying !== null) this.#pending = new Map([...flying.ops, ...this.#pending]);
    for (const resolve of [...(flying?.waiting ?? []), ...this.#waiting]) resolve();
    this.#waiting = [];
    if (retryMs === null || this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#send();
    }, retryMs);
  }

  #gone(detail: string): void {
    if (this.#closed) {
      this.#onClosed();
      return;
    }
    this.#failed(detail, null);
    this.#closed = true;
  }
}
