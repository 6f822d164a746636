import type { ChainFault } from '../../shared/offline/chain.ts';
import type { OfflineDocument } from '../../shared/offline/document.ts';
import { UPLOAD_BYTES_MAX, UPLOAD_DOCUMENTS_MAX, type UploadResult } from '../../shared/offline/wire.ts';
import type { EdgeHttp } from '../link/edge_http.ts';
import type { Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';
import { Retry } from './retry.ts';

export interface UploaderContext {
  state: AgentState;
  edge: Pick<EdgeHttp, 'upload'>;
  linked(): boolean;
  now(): number;
  /** Looks at what of this device's chain is about to leave. */
  verify(deviceId: string): ChainFault | null;
  /** Something left the outbox, or the edge said what it misses. */
  onProgress(): void;
  log: Log;
}

/** The edge keeps such a document apart for staff: sending it again changes nothing. */
const REFUSALS: ReadonlySet<UploadResult['status']> = new Set(['conflict', 'invalid', 'quarantined']);

/** Sequence numbers that the edge misses and that are not here either. */
export type Gaps = ReadonlyMap<string, readonly number[]>;

/**
 * Sends what the tills wrote, in order and at least once; the edge takes each document once. One leaves the
 * outbox only by the edge's word, and nothing leaves from a record on that does not fit its chain.
 */
export class Uploader {
  readonly #context: UploaderContext;
  readonly #retry: Retry;
  readonly #gaps = new Map<string, readonly number[]>();

  constructor(context: UploaderContext) {
    this.#context = context;
    this.#retry = new Retry(
      () => this.#sendAll(),
      () => context.linked(),
    );
  }

  kick(): void {
    this.#retry.kick();
  }

  /** The line is back. */
  linkedAgain(): void {
    this.#retry.reset();
  }

  get gaps(): Gaps {
    return this.#gaps;
  }

  close(): Promise<void> {
    return this.#retry.close();
  }

  async #sendAll(): Promise<boolean> {
    let whole = true;
    for (const deviceId of this.#context.state.tables.tillDocuments.devices())
      whole = (await this.#sendDevice(deviceId)) && whole;
    return whole;
  }

  async #sendDevice(deviceId: string): Promise<boolean> {
    const { state, verify } = this.#context;
    let limit = UPLOAD_DOCUMENTS_MAX;
    while (!this.#retry.closed) {
      const below = verify(deviceId)?.device_seq ?? null;
      const documents = state.tables.tillDocuments.pending(deviceId, limit, UPLOAD_BYTES_MAX, below);
      if (documents.length === 0) return true;
      const sent = await this.#send(documents);
      if (sent === 'failed') return false;
      // A batch that is refused whole is sent piece by piece, so that one document cannot hold the others up.
      limit = sent === 'split' ? 1 : UPLOAD_DOCUMENTS_MAX;
    }
    return true;
  }

  async #send(documents: readonly OfflineDocument[]): Promise<'taken' | 'split' | 'failed'> {
    const { edge, state, now, onProgress, log } = this.#context;
    const answer = await edge.upload(documents);
    const [first] = documents;
    if (!answer.ok) {
      if (answer.error.code === 'unreachable' || first === undefined) return 'failed';
      const { status } = answer.error;
      if (status === 403 || status === 404) return 'failed';
      if (documents.length > 1) return 'split';
      log('error', 'the edge refuses a sale', { device: first.device_id, seq: first.device_seq, status });
      const refused = state.write((tables) => {
        tables.tillDocuments.settle(first, 'refused', `the edge answered ${status}`, now());
        tables.journal.append(
          now(),
          'till.refused',
          refusalOf(first, status === 409 ? 'conflict' : 'invalid'),
        );
      });
      state.reportsChanged();
      onProgress();
      return refused.ok ? 'taken' : 'failed';
    }
    const settled = this.#settle(documents, answer.value.results);
    onProgress();
    return settled;
  }

  #settle(
    documents: readonly OfflineDocument[],
    results: readonly UploadResult[],
  ): 'taken' | 'split' | 'failed' {
    const { state, now, log } = this.#context;
    const answers = new Map(results.map((one) => [one.tx_id, one]));
    let settled = 0;
    const written = state.write((tables) => {
      for (const document of documents) {
        const result = answers.get(document.tx_id);
        const verdict = result === undefined ? null : verdictOf(document, result);
        if (result === undefined || verdict === null) continue;
        settled += 1;
        tables.tillDocuments.settle(document, verdict, result.detail ?? null, now());
        if (verdict === 'refused')
          tables.journal.append(now(), 'till.refused', refusalOf(document, result.status));
      }
      for (const { device_id, missing } of results) this.#noteMissing(tables, device_id, missing);
    });
    for (const result of results)
      if (REFUSALS.has(result.status))
        log('error', 'the edge refuses a sale', {
          device: result.device_id,
          seq: result.device_seq,
          detail: result.detail,
        });
    if (!written.ok || settled === 0) return 'failed';
    state.reportsChanged();
    return 'taken';
  }

  /** What the edge misses and this agent holds goes again; what it does not hold is a gap for staff. */
  #noteMissing(tables: AgentState['tables'], deviceId: string, missing: readonly number[]): void {
    if (missing.length === 0) {
      this.#gaps.delete(deviceId);
      return;
    }
    tables.tillDocuments.sendAgain(deviceId, missing);
    const gone = missing.filter((seq) => !tables.tillDocuments.has(deviceId, seq));
    if (gone.length > 0) this.#gaps.set(deviceId, gone);
    else this.#gaps.delete(deviceId);
  }
}

/** Null: the edge has not said what counts, so the document stays in the outbox. */
function verdictOf(document: OfflineDocument, result: UploadResult): 'taken' | 'refused' | null {
  if (REFUSALS.has(result.status)) return 'refused';
  return document.kind === 'void' || result.order_id === document.order_id ? 'taken' : null;
}

function refusalOf(document: OfflineDocument, status: string): Record<string, unknown> {
  const { device_id, device_seq, tx_id, digest, order_id } = document;
  return { device_id, device_seq, tx_id, digest, status, ...(order_id === undefined ? {} : { order_id }) };
}
