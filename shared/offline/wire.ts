import { z } from 'zod';
import { Item } from '../catalog/item.ts';
import { DeviceId, OrderId } from '../ids/index.ts';
import { OfflineDocument } from './document.ts';
import { LEASE_COUNT_MAX, NumberLease } from './lease.ts';

/** What a store agent and the edge say to one another about selling without a line, over HTTP. */

export const SHELF_PAGE_ITEMS_MAX = 500;
export const UPLOAD_DOCUMENTS_MAX = 50;
/** A batch stays well below the edge's bound on bodies. One document of 500 lines is about a third of it. */
export const UPLOAD_BYTES_MAX = 900_000;
export const MISSING_SHOWN_MAX = 100;

/**
 * `GET /v1/stores/{store_id}/shelf`: without `version` the one that sells now, and its head. `after` is what
 * the page before said as `next`. 404 `not_found`: that version sells no more, begin again without it.
 */
export const ShelfQuery = z.object({
  version: z.coerce.number().int().min(1).optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(SHELF_PAGE_ITEMS_MAX).default(SHELF_PAGE_ITEMS_MAX),
});
/** The items by id, then the promotions; a page may hold either, both or none. `next` null: the last page. */
export const ShelfPage = z.object({
  version: z.int().min(0),
  catalog_version: z.int().min(0),
  items: z.array(Item).max(SHELF_PAGE_ITEMS_MAX),
  /** Documents in the words of `shared/promotion/schema.ts`, in the order in which they are published. */
  promotions: z.array(z.record(z.string(), z.unknown())),
  next: z.string().max(200).nullable(),
});
export type ShelfPage = z.infer<typeof ShelfPage>;

/**
 * `POST /v1/stores/{store_id}/number_leases`, with an `Idempotency-Key`: a repeated request is answered with
 * the lease of the first, so that no number is lost with an answer.
 */
export const LeaseNumbers = z.strictObject({
  device_id: DeviceId,
  count: z.int().min(1).max(LEASE_COUNT_MAX),
});
/** `last_seq` and `last_digest`: the device's newest document that the edge holds; 0 and null: none. */
export const LeasedNumbers = NumberLease.extend({
  last_seq: z.int().min(0),
  last_digest: z.string().nullable(),
});
export type LeasedNumbers = z.infer<typeof LeasedNumbers>;

/** `POST /v1/stores/{store_id}/offline_transactions`. */
export const UploadDocuments = z.strictObject({
  transactions: z.array(OfflineDocument).min(1).max(UPLOAD_DOCUMENTS_MAX),
});
export type UploadDocuments = z.infer<typeof UploadDocuments>;

/**
 * - `accepted`, `suspected_duplicate`: it stands at the edge now (the latter with an incident for staff).
 * - `duplicate`: it stood there already, byte for byte; nothing happened.
 * - `conflict`: another document stands under its identity, which stays as it was. Alone in a batch: 409.
 * - `quarantined`: it does not add up, or it follows another past than the edge holds. It is kept for staff with its
 *   place and its number, and did nothing else: it need not be sent again.
 * - `invalid`: its digest is not its own, it cannot be read, or it is not of this store.
 * `order_id` is there for a sale that stands; `missing`: sequence numbers of that device that never arrived.
 */
export const UploadResult = z.object({
  tx_id: z.string(),
  device_id: DeviceId,
  device_seq: z.int(),
  status: z.enum(['accepted', 'duplicate', 'suspected_duplicate', 'conflict', 'quarantined', 'invalid']),
  order_id: OrderId.optional(),
  detail: z.string().optional(),
  missing: z.array(z.int()).max(MISSING_SHOWN_MAX),
});
export type UploadResult = z.infer<typeof UploadResult>;
/** In the order of the request. */
export const UploadAnswer = z.object({ results: z.array(UploadResult) });
export type UploadAnswer = z.infer<typeof UploadAnswer>;
