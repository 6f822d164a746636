import type { EdgeHttp } from '../link/edge_http.ts';
import type { AgentState } from '../state/agent_state.ts';
import type { PrintJob } from '../state/print_jobs.ts';
import { delayOf, PRINT_GIVE_UP_MS, RECEIPT_RETRY_MS } from './outcome.ts';

export interface ReceiptFetcherContext {
  state: AgentState;
  edge: Pick<EdgeHttp, 'receipt'>;
  linked(): boolean;
  now(): number;
  onHeld(orderId: string): void;
  giveUp(job: PrintJob, detail: string): void;
}

/** Asks the edge for the receipts that waiting jobs need, until it has them or nobody can be waiting any more. */
export class ReceiptFetcher {
  readonly #context: ReceiptFetcherContext;
  readonly #tries = new Map<string, { count: number; nextAtMs: number }>();
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  #stopped = false;

  constructor(context: ReceiptFetcherContext) {
    this.#context = context;
  }

  start(): void {
    this.kick();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Looks at the waiting jobs now. */
  kick(): void {
    if (this.#running || this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#running = true;
    void this.#round().finally(() => {
      this.#running = false;
      this.#rearm();
    });
  }

  async #round(): Promise<void> {
    const { state, edge, linked, now, giveUp, onHeld } = this.#context;
    const waiting = state.tables.printJobs.inStatus('waiting');
    for (const id of this.#tries.keys()) if (!waiting.some((job) => job.id === id)) this.#tries.delete(id);
    for (const job of waiting) {
      if (this.#stopped || job.order_id === null) continue;
      if (now() - job.created_at >= PRINT_GIVE_UP_MS) {
        giveUp(job, 'The edge has no receipt of this order.');
        continue;
      }
      const tried = this.#tries.get(job.id) ?? { count: 0, nextAtMs: 0 };
      if (!linked() || tried.nextAtMs > now()) continue;
      const receipt = await edge.receipt(job.order_id);
      const count = tried.count + 1;
      this.#tries.set(job.id, { count, nextAtMs: now() + delayOf(RECEIPT_RETRY_MS, count) });
      if (!receipt.ok || this.#stopped) continue;
      const { order_id } = job;
      const document = receipt.value;
      const kept = state.write(({ receipts }) =>
        receipts.keep({ order_id, number: document.order.number, document }, now()),
      );
      if (!kept.ok) continue;
      onHeld(order_id);
    }
  }

  #rearm(): void {
    if (this.#stopped || this.#context.state.tables.printJobs.inStatus('waiting').length === 0) return;
    this.#timer = setTimeout(() => this.kick(), RECEIPT_RETRY_MS[0]);
  }
}
