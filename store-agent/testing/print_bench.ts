import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openEscposPrinter } from '../../hardware/escpos/driver.ts';
import { type EscposSimulator, startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import type { Printer } from '../../hardware/port.ts';
import { Rasterizer } from '../../hardware/raster/rasterizer.ts';
import { uuidv7 } from '../../shared/ids/index.ts';
import { charsetOf, EPSON, type ReceiptDocument } from '../../shared/receipt/index.ts';
import { err, type Result, unwrap } from '../../shared/result.ts';
import type { ReceiptFailure } from '../link/edge_http.ts';
import { PrintQueue } from '../printing/queue.ts';
import { PrintRequest } from '../printing/request.ts';
import { AgentState } from '../state/agent_state.ts';
import type { PrintJob } from '../state/print_jobs.ts';
import { until } from './agent.ts';
import { orderId, PRINTER, receiptOf, tempFolder } from './fixtures.ts';

const DRIVER_TIMEOUTS = {
  connectMs: 5_000,
  answerMs: 5_000,
  finishMs: 500,
  sendMs: 500,
  probeDownMs: 20,
  probeFirstMs: 20,
};

/** One life of a print queue on the bench's folder; a later one takes up what it left. */
export interface QueueRun {
  state: AgentState;
  queue: PrintQueue;
  /** Every change of a job that was told, in order. */
  jobs: PrintJob[];
  submit(body: unknown): PrintJob;
  statusOf(job: PrintJob): string | undefined;
  becomes(job: PrintJob, status: string): Promise<void>;
  /** The receipt of an order comes to the store. */
  hold(order: string, number: string): void;
  /** Ends it as SIGKILL does: nothing more is written, nothing is closed in order. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A print queue on the real driver and the simulated printer. */
export class PrintBench {
  readonly simulator: EscposSimulator;
  readonly raster: Rasterizer;
  /** Orders that the edge was asked for, and what it answers. */
  readonly fetched: string[] = [];
  receiptAnswer: Result<ReceiptDocument, ReceiptFailure> = err('not_yet');
  readonly #folder = tempFolder();
  readonly #running = new Set<QueueRun>();
  #ids = 0;

  private constructor(simulator: EscposSimulator) {
    this.simulator = simulator;
    this.raster = new Rasterizer({ cacheDir: join(tmpdir(), 'sesame-fonts'), fonts: [], logos: {} });
  }

  static async open(): Promise<PrintBench> {
    return new PrintBench(await startEscposSimulator({ host: '127.0.0.1', port: 0 }));
  }

  async close(): Promise<void> {
    for (const one of this.#running) await one.stop();
    await this.simulator.close();
    await this.raster.close();
    this.#folder.remove();
  }

  printed(): string[] {
    return this.simulator.receipts().map((receipt) => receipt.text);
  }

  /** Starts a queue; `print` stands in for what the driver would do with a job. */
  run(some: { print?: Printer['print'] } = {}): QueueRun {
    const state = new AgentState(this.#folder.path, Date.now, () => {});
    const address = { host: '127.0.0.1', port: this.simulator.port };
    const real = openEscposPrinter(
      { ...address, timeouts: DRIVER_TIMEOUTS },
      { now: Date.now, log: () => {} },
    );
    const device: Printer =
      some.print === undefined ? real : Object.assign(Object.create(real), { print: some.print });
    const jobs: PrintJob[] = [];
    const queue: PrintQueue = new PrintQueue({
      state,
      printers: [{ id: PRINTER, columns: 48, profile: EPSON, charset: charsetOf(EPSON, true), device }],
      drawer: { raster: this.raster, logos: new Set() },
      edge: {
        receipt: async (order) => {
          this.fetched.push(order);
          return this.receiptAnswer;
        },
      },
      linked: () => true,
      now: Date.now,
      newId: () => {
        this.#ids += 1;
        return `prj_${uuidv7(this.#ids, new Uint8Array(10))}`;
      },
      log: () => {},
      onJob: (job) => jobs.push(job),
    });
    const statusOf = (job: PrintJob): string | undefined => state.tables.printJobs.get(job.id)?.status;
    const one: QueueRun = {
      state,
      queue,
      jobs,
      submit: (body) => {
        const request = PrintRequest.parse(body);
        const job = unwrap(unwrap(state.write((tables) => queue.submit(tables, request))));
        queue.submitted(job);
        return job;
      },
      statusOf,
      becomes: (job, status) => until(() => expect(statusOf(job)).toBe(status)),
      hold: (order, number) => {
        const receipt = { order_id: order, number, document: receiptOf(order, number) };
        state.write(({ receipts }) => receipts.keep(receipt, 0));
      },
      kill: async () => {
        if (!this.#running.delete(one)) return;
        void queue.stop();
        state.database.close();
        await real.close();
      },
      stop: async () => {
        if (!this.#running.delete(one)) return;
        await queue.stop();
        await real.close();
        state.close();
      },
    };
    this.#running.add(one);
    queue.start();
    return one;
  }
}

export const ORDER = orderId(1);
