import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EpcHex } from '../../shared/api/common.ts';
import { ReceiptDocument } from '../../shared/receipt/document.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { TagChange } from '../state/tag_book.ts';

const CALL_TIMEOUT_MS = 5_000;
const TOKEN_CHARS_MAX = 8_192;

const EdgeTag = z.object({
  epc: EpcHex,
  status: z.enum(['sold', 'unsold', 'unknown']),
  rev: z.int(),
  order_id: z.string().optional(),
});

/** `not_yet`: the edge has no paid order under that id. `unreachable`: nobody knows; ask again. */
export type ReceiptFailure = 'not_yet' | 'unreachable' | 'unreadable';

/** The token of a file. Throws where the file cannot be read or holds none. */
export async function readToken(file: string): Promise<string> {
  const text = (await readFile(file, 'utf8')).trim();
  if (text === '' || text.length > TOKEN_CHARS_MAX || /\s/.test(text))
    throw new Error('the token file holds no token');
  return text;
}

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
  async ask(epcs: readonly string[], withinMs: number, traceparent?: string): Promise<TagChange[]> {
    const signal = AbortSignal.timeout(withinMs);
    const answers = await Promise.all(epcs.map((epc) => this.#askOne(epc, signal, traceparent)));
    return answers.filter((answer) => answer !== null);
  }

  async #askOne(epc: string, signal: AbortSignal, traceparent?: string): Promise<TagChange | null> {
    const response = await this.#get(`/v1/stores/${this.#storeId}/tags/${epc}`, {
      signal,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    if (response === null || response.status !== 200) return null;
    const tag = EdgeTag.safeParse(response.json);
    if (!tag.success || tag.data.status === 'unknown' || tag.data.rev < 1 || tag.data.epc !== epc)
      return null;
    return { epc, status: tag.data.status, rev: tag.data.rev, order_id: tag.data.order_id };
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

  async #get(
    path: string,
    options: { signal: AbortSignal; traceparent?: string },
  ): Promise<{ status: number; json: unknown } | null> {
    try {
      const headers = {
        authorization: `Bearer ${await this.token()}`,
        accept: 'application/json',
        ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
      };
      const response = await fetch(`${this.#edgeUrl}${path}`, {
        headers,
        signal: options.signal,
        redirect: 'error',
      });
      const text = await response.text();
      return { status: response.status, json: response.status === 200 ? JSON.parse(text) : null };
    } catch {
      return null;
    }
  }
}
