import { Worker } from 'node:worker_threads';
import type { BarcodeRow, Picture } from '../../shared/receipt/pictures.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { RasterAnswer, RasterSettings, RasterTask } from './messages.ts';

/** The longest drawing there is takes a few hundred milliseconds; one that takes longer never ends. */
const TASK_MS_MAX = 10_000;

interface Waiting {
  settle(answer: RasterAnswer): void;
}

/**
 * Draws pictures and previews in a thread of its own, so that no drawing holds up a gate, a sale or a printer. The
 * thread starts with the first task; one that dies takes its tasks with it and a new one starts with the next.
 */
export class Rasterizer {
  readonly #settings: RasterSettings;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #tasks = 0;
  #closed = false;

  constructor(settings: RasterSettings) {
    this.#settings = settings;
  }

  /** A drawing in SVG as dots of the printer, one a pixel. */
  dots(svg: string): Promise<Result<Picture, string>> {
    return this.#picture({ kind: 'dots', svg });
  }

  /** A symbol that neither printer nor `shared` draws. */
  symbol(
    row: Pick<BarcodeRow, 'symbology' | 'data' | 'moduleDots' | 'heightDots'>,
    widthDotsMax: number,
  ): Promise<Result<Picture, string>> {
    const { symbology, data, moduleDots, heightDots } = row;
    return this.#picture({ kind: 'symbol', symbology, data, moduleDots, heightDots, widthDotsMax });
  }

  /** A picture that the store keeps, dithered, no wider than so many dots. */
  logo(name: string, widthDotsMax: number): Promise<Result<Picture, string>> {
    return this.#picture({ kind: 'logo', name, widthDotsMax });
  }

  async png(svg: string, zoom: number): Promise<Result<Uint8Array, string>> {
    const answer = await this.#ask({ kind: 'png', svg, zoom });
    if (!answer.ok) return err(answer.error);
    return 'png' in answer ? ok(answer.png) : err('the thread answered something else');
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  async #picture(task: RasterTask): Promise<Result<Picture, string>> {
    const answer = await this.#ask(task);
    if (!answer.ok) return err(answer.error);
    return 'picture' in answer ? ok(answer.picture) : err('the thread answered something else');
  }

  #ask(task: RasterTask): Promise<RasterAnswer> {
    this.#tasks += 1;
    const id = this.#tasks;
    if (this.#closed) return Promise.resolve({ id, ok: false, error: 'the rasterizer is closed' });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#lost(`no drawing within ${TASK_MS_MAX} ms`);
      }, TASK_MS_MAX);
      this.#waiting.set(id, {
        settle: (answer) => {
          clearTimeout(timer);
          this.#waiting.delete(id);
          resolve(answer);
        },
      });
      this.#running().postMessage({ id, task });
    });
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#settings });
    worker.on('message', (answer: RasterAnswer) => this.#waiting.get(answer.id)?.settle(answer));
    worker.on('error', (error) => this.#lost(error.message, worker));
    worker.on('exit', () => this.#lost('the drawing thread ended', worker));
    // It holds nothing that an ending process would have to wait for.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #lost(error: string, which = this.#worker): void {
    if (which === null || which !== this.#worker) return;
    this.#worker = null;
    void which.terminate();
    for (const [id, waiting] of this.#waiting) waiting.settle({ id, ok: false, error });
  }
}
