import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EpcHex } from '../../shared/api/common.ts';
import type { OfflineDocument } from '../../shared/offline/document.ts';
import { LeasedNumbers, type LeaseNumbers, ShelfPage, UploadAnswer } from '../../shared/offline/wire.ts';
import { ReceiptDocument } from '../../shared/receipt/document.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { TagChange } from '../state/tag_book.ts';

const CALL_TIMEOUT_MS = 5_000;
const TOKEN_CHARS_MAX = 8_192;
/** A page of the shelf or a batch of sales is large, and the line may be thin. */
const LARGE_CALL_TIMEOUT_MS = 30_000;

const EdgeTag = z.object({
  epc: EpcHex,
  status: z.enum(['sold', 'unsold', 'unknown']),
  rev: z.int(),
  order_id: z.string().optional(),
  /** The basket that holds it is being paid for at this moment. */
  paying: z.boolean().optional(),
});

/** What the edge said of tags: changes, as far as it said them in time, and those being paid for. */
export interface EdgeSays {
  changes: TagChange[];
  paying: string[];
}

/** `not_yet`: the edge has no paid order under that id. `unreachable`: nobody knows; ask again. */
export type ReceiptFailure = 'not_yet' | 'unreachable' | 'unreadable';

/** The token of a file. Throws where the file cannot be read or holds none. */
export async function readToken(file: string): Promise<string> {
  const text = (await readFile(file, 'utf8')).trim();
  if (text === '' || text.length > TOKEN_CHARS_MAX || /\s/.test(text))
    throw new Error('the token file holds no token');
  return text;
}

/** `unreachable`: nobody knows what became of the call; the same one again is right. `status`: the edge said no. */
export type CallFailure = { code: 'unreachable' } | { code: 'refused'; status: number };

/** The agent's calls of the edge's HTTP interface. Each answers a value; the network may fail at any time. */
export class EdgeHttp {
  readonly #edgeUrl: string;
  readonly #storeId: string;
  readonly #tokenFile: string;

  constructor(options: { edgeUrl: string; storeId: string; tokenFile: string }) {
    this.#edgeUrl = options.edgeUrl;
    this.#storeId = options.storeId;
    this.#tokenFile = options.tokenFile;
  }

  get feedUrl(): string {
    return `${this.#edgeUrl.replace(/^http/, 'ws')}/v1/stores/${this.#storeId}/feed`;
  }

  /** Read anew each time: a rotated token needs no restart. Throws where the file cannot be read. */
  token(): Promise<string> {
    return readToken(this.#tokenFile);
  }

  /** What the ledger says of tags, as far as it says it in time. */
  async ask(epcs: readonly string[], withinMs: number, traceparent?: string): Promise<EdgeSays> {
    const signal = AbortSignal.timeout(withinMs);
    const answers = await Promise.all(epcs.map((epc) => this.#askOne(epc, signal, traceparent)));
    const known = answers.filter((answer) => answer !== null);
    return {
      changes: known.map(({ change }) => change),
      paying: known.flatMap(({ change, paying }) => (paying ? [change.epc] : [])),
    };
  }

  async #askOne(
    epc: string,
    signal: AbortSignal,
    traceparent?: string,
  ): Promise<{ change: TagChange; paying: boolean } | null> {
    const response = await this.#get(`/v1/stores/${this.#storeId}/tags/${epc}`, {
      signal,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    if (response === null || response.status !== 200) return null;
    const tag = EdgeTag.safeParse(response.json);
    if (!tag.success || tag.data.status === 'unknown' || tag.data.rev < 1 || tag.data.epc !== epc)
      return null;
    const { status, rev, order_id, paying = false } = tag.data;
    return { change: { epc, status, rev, order_id }, paying };
  }

  async receipt(orderId: string): Promise<Result<ReceiptDocument, ReceiptFailure>> {
    const response = await this.#get(`/v1/orders/${orderId}/receipt?format=json`, {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (response === null || response.status >= 500 || response.status === 429 || response.status === 401)
      return err('unreachable');
    if (response.status !== 200) return err('not_yet');
    const receipt = ReceiptDocument.safeParse(response.json);
    return receipt.success && receipt.data.order.id === orderId ? ok(receipt.data) : err('unreadable');
  }

  /** The public keys of the edge as it serves them, or null. */
  async jwks(): Promise<unknown> {
    const response = await this.#get('/.well-known/jwks.json', {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return response?.status === 200 ? response.json : null;
  }

  /** A page of the shelf, of the version that sells where none is named. */
  shelfPage(wanted: { version: number; after: string } | null): Promise<Result<ShelfPage, CallFailure>> {
    const query =
      wanted === null ? '' : `?${new URLSearchParams({ ...wanted, version: String(wanted.version) })}`;
    return this.#ask(ShelfPage, `/v1/stores/${this.#storeId}/shelf${query}`, {});
  }

  /** The same key again is answered with the lease of the first call. */
  leaseNumbers(
    request: z.infer<typeof LeaseNumbers>,
    key: string,
  ): Promise<Result<LeasedNumbers, CallFailure>> {
    const headers = { 'idempotency-key': key };
    return this.#ask(LeasedNumbers, `/v1/stores/${this.#storeId}/number_leases`, { body: request, headers });
  }

  upload(transactions: readonly OfflineDocument[]): Promise<Result<UploadAnswer, CallFailure>> {
    const body = { transactions };
    return this.#ask(UploadAnswer, `/v1/stores/${this.#storeId}/offline_transactions`, { body });
  }

  async #ask<T extends z.ZodType>(
    schema: T,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Result<z.infer<T>, CallFailure>> {
    const response = await this.#get(path, {
      ...options,
      signal: AbortSignal.timeout(LARGE_CALL_TIMEOUT_MS),
    });
    if (response === null) return err({ code: 'unreachable' });
    const { status, json } = response;
    const passing = status >= 500 || status === 429 || status === 401 || status === 408;
    if (passing) return err({ code: 'unreachable' });
    const parsed = schema.safeParse(json);
    return status < 300 && parsed.success ? ok(parsed.data) : err({ code: 'refused', status });
  }

  async #get(
    path: string,
    options: {
      signal: AbortSignal;
      traceparent?: string;
      body?: unknown;
      headers?: Record<string, string>;
    },
  ): Promise<{ status: number; json: unknown } | null> {
    const { body } = options;
    try {
      const headers = {
        authorization: `Bearer ${await this.token()}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
        ...options.headers,
      };
      const response = await fetch(`${this.#edgeUrl}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers,
        signal: options.signal,
        redirect: 'error',
      });
      const text = await response.text();
      return { status: response.status, json: response.ok ? JSON.parse(text) : null };
    } catch {
      return null;
    }
  }
}
