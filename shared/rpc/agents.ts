import { z } from 'zod';
import { EpcHex, Instant } from '../api/common.ts';
import type { Order } from '../api/order.ts';
import { DeviceId, OrderId } from '../ids/index.ts';
import type { OfflineDocument } from '../offline/document.ts';
import { NumberLease } from '../offline/lease.ts';
import type { LeasedNumbers, LeaseNumbers, ShelfQuery, UploadAnswer } from '../offline/wire.ts';
import type { ReceiptDocument } from '../receipt/document.ts';
import type { Result } from '../result.ts';

/** What a StoreObject does for the store agents, beside their feed. */

/** The agent of a call, and the call's idempotency key where it sent one. */
export interface AgentCall {
  agent: string;
  idempotency?: { route: string; key: string; body_hash: string };
}
/** `replayed`: the first success of the same idempotency key, answered again. */
export interface Repeatable<T> {
  body: T;
  replayed: boolean;
}
type Once<T, E> = Promise<Result<Repeatable<T>, E | { code: 'idempotency_key_reuse' }>>;

/** Items are JSON texts, promotions the texts of JSON arrays; `next` null: this was the last page. */
export interface ShelfTexts {
  version: number;
  catalog_version: number;
  items: string[];
  promotions: string[];
  next: string | null;
}

export const CloseNumberLease = z.strictObject({
  /** From this value on nothing was or will be printed; absent: the whole block. */
  unused_from: z.number().int().min(1).optional(),
});
export type CloseLease = z.infer<typeof CloseNumberLease> & { lease_id: string };

export const OpenLease = NumberLease.extend({
  leased_at: Instant,
  /** How many of its numbers are a sale or a void by now. */
  recorded: z.number().int(),
  closed: z.boolean(),
});
export type OpenLease = z.infer<typeof OpenLease>;

/** A document of a till as it came, with the place it names. One that nobody here can read says why. */
export type Uploaded = { place: z.infer<typeof UploadedPlace> } & (
  | { document: OfflineDocument }
  | { raw: unknown; why: string }
);
export const UploadedPlace = z.object({
  tx_id: z.string().max(64),
  device_id: DeviceId,
  device_seq: z.number().int().min(1),
});

/** An order that a till made by itself, with the paper that it gave out. */
export interface TillSale {
  order: Order;
  receipt: ReceiptDocument;
}

/** Goods that left unpaid: the order, its paper, and what is owed in minor units. */
export interface Debt extends TillSale {
  owed: number;
}

/** Goods of an order that are physically back. */
export const ReturnItems = z.object({ order_id: OrderId, epcs: z.array(EpcHex).max(500) });
export type ReturnItems = z.infer<typeof ReturnItems>;

export interface StoreForAgents {
  /** Refused where that version sells no more. */
  shelfPage(
    query: z.infer<typeof ShelfQuery>,
  ): Promise<Result<ShelfTexts, { code: 'not_found'; selling: number }>>;
  leaseNumbers(
    call: AgentCall,
    lease: z.infer<typeof LeaseNumbers>,
  ): Once<LeasedNumbers, { code: 'unknown_device' } | { code: 'too_many_leases' }>;
  /** For readers of the store: a till's order has no trip of its own. */
  tillSale(order_id: OrderId): Promise<TillSale | null>;
  openLeases(): Promise<OpenLease[]>;
  closeLease(call: AgentCall, close: CloseLease): Once<OpenLease, { code: 'not_found' }>;
  /** One that was sent alone and finds its place taken is a refusal; it is kept for staff all the same. */
  takeDocuments(
    call: AgentCall,
    uploaded: Uploaded[],
  ): Once<UploadAnswer, { code: 'conflict'; results: UploadAnswer['results'] }>;
}
