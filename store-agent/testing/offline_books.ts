import { digestOf } from '../../shared/offline/chain.ts';
import { faultsOfSale } from '../../shared/offline/check_sale.ts';
import type { OfflineDocument } from '../../shared/offline/document.ts';
import {
  type LeasedNumbers,
  LeaseNumbers,
  UploadDocuments,
  type UploadResult,
} from '../../shared/offline/wire.ts';

/**
 * What an edge keeps of sales that tills made by themselves: leases that never overlap, documents taken once by
 * their place and digest, gaps that are named. Strict, so that an agent which cheats is found out.
 */
export class OfflineBooks {
  readonly leases = new Map<string, LeasedNumbers>();
  readonly documents = new Map<string, OfflineDocument>();
  readonly uploads: number[] = [];
  /** Told of a sale that stands from now on. */
  onSale: (sale: OfflineDocument & { kind: 'sale' }) => void = () => {};
  readonly #next = new Map<string, number>();

  lease(body: unknown, key: string): [number, unknown] {
    const request = LeaseNumbers.safeParse(body);
    if (!request.success || key === '') return [422, {}];
    const known = this.leases.get(key);
    if (known !== undefined) return [200, known];
    const { device_id, count } = request.data;
    const from = this.#next.get(device_id) ?? 1;
    this.#next.set(device_id, from + count);
    const own = this.ofDevice(device_id);
    const last = own.at(-1);
    const registers = new Set([...this.leases.values()].map((lease) => lease.device_id).concat(device_id));
    const lease: LeasedNumbers = {
      lease_id: `lse_${this.leases.size + 1}`,
      device_id,
      register: [...registers].indexOf(device_id) + 1,
      epoch: 0,
      from,
      to: from + count - 1,
      last_seq: last?.device_seq ?? 0,
      last_digest: last?.digest ?? null,
    };
    this.leases.set(key, lease);
    return [201, lease];
  }

  upload(body: unknown): [number, unknown] {
    const request = UploadDocuments.safeParse(body);
    if (!request.success) return [422, {}];
    const { transactions } = request.data;
    this.uploads.push(transactions.length);
    const results = transactions.map((document) => this.#take(document));
    const alone = results.length === 1 && results[0]?.status === 'conflict';
    return alone ? [409, {}] : [200, { results }];
  }

  /** In the order of their numbers. */
  ofDevice(deviceId: string): OfflineDocument[] {
    return [...this.documents.values()]
      .filter((one) => one.device_id === deviceId)
      .sort((a, b) => a.device_seq - b.device_seq);
  }

  #take(document: OfflineDocument): UploadResult {
    const { tx_id, device_id, device_seq } = document;
    const place = `${device_id} ${device_seq}`;
    const base = { tx_id, device_id, device_seq };
    const told = document.order_id === undefined ? {} : { order_id: document.order_id };
    if (digestOf(document) !== document.digest) return { ...base, status: 'invalid', missing: [] };
    if (document.kind === 'sale' && faultsOfSale(document).length > 0)
      return { ...base, status: 'invalid', missing: [] };
    const known = this.documents.get(place);
    if (known !== undefined && known.digest !== document.digest)
      return { ...base, status: 'conflict', missing: this.#missing(device_id) };
    const status = known === undefined ? 'accepted' : 'duplicate';
    if (known === undefined) {
      this.documents.set(place, document);
      if (document.kind === 'sale') this.onSale(document);
    }
    return { ...base, ...told, status, missing: this.#missing(device_id) };
  }

  #missing(deviceId: string): number[] {
    const seqs = new Set(this.ofDevice(deviceId).map((one) => one.device_seq));
    const last = Math.max(0, ...seqs);
    return Array.from({ length: last }, (_, i) => i + 1).filter((seq) => !seqs.has(seq));
  }
}
