import { z } from 'zod';
import { EpcHex, Instant } from '../api/common.ts';
import { StoreConfig } from '../config/store_config.ts';
import { DeviceId, ItemId, OrderId } from '../ids/index.ts';
import { ReceiptDocument } from '../receipt/document.ts';

/**
 * The store feed: what the edge's StoreObject and a store agent say to one another over one WebSocket,
 * as JSON frames. The server speaks this version and the one before it.
 */
export const FEED_VERSION = 1;
export const FEED_VERSIONS_SPOKEN: readonly number[] = [1];
export const FRAME_ENTRIES_MAX = 100;
export const FRAME_BYTES_MAX = 256 * 1024;
export const UNACKNOWLEDGED_ENTRIES_MAX = 256;
export const SNAPSHOT_TAGS_PER_PART = 1_000;
/** The link is dead when nothing was heard for this long; a ping goes out every PING_INTERVAL_MS. */
export const SILENCE_MAX_MS = 3_000;
export const PING_INTERVAL_MS = 1_000;
export const REPORT_BYTES_MAX = 32 * 1024;

/** The exact bytes of ping and pong: the platform answers them without waking the object. */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

export const TagStatus = z.enum(['unsold', 'sold']);
export type TagStatus = z.infer<typeof TagStatus>;

/** A tag of this store as the ledger knows it. `rev` grows with every change in the store, over all tags. */
export const TagState = z.object({
  epc: EpcHex,
  status: TagStatus,
  rev: z.number().int().min(1),
  item_id: ItemId.optional(),
  name: z.string().optional(),
  order_id: OrderId.optional(),
});
export type TagState = z.infer<typeof TagState>;

const entryHead = { seq: z.number().int().min(1), at: Instant };

export const SaleEntry = z.object({
  ...entryHead,
  type: z.literal('sale'),
  order_id: OrderId,
  number: z.string(),
  tags: z.array(TagState),
  receipt: ReceiptDocument,
  /** The till or kiosk that sold it by itself: its paper is out already, so nobody prints because of this. */
  sold_by: DeviceId.optional(),
});
/** Tags that were registered, returned or otherwise changed without a sale. */
export const TagsEntry = z.object({ ...entryHead, type: z.literal('tags'), tags: z.array(TagState) });
export const ConfigEntry = z.object({ ...entryHead, type: z.literal('config'), config: StoreConfig });
export const ShelfEntry = z.object({ ...entryHead, type: z.literal('shelf'), version: z.number().int() });
export const FeedEntry = z.discriminatedUnion('type', [SaleEntry, TagsEntry, ConfigEntry, ShelfEntry]);
export type FeedEntry = z.infer<typeof FeedEntry>;
/** An entry of a type that this build does not know: journalled and skipped, its seq counts. */
export const UnknownEntry = z.looseObject({ ...entryHead, type: z.string() });
export type UnknownEntry = z.infer<typeof UnknownEntry>;

export const Hello = z.object({
  type: z.literal('hello'),
  v: z.number().int(),
  agent: z.string().max(128),
  /** Born with the agent's own storage: its reports count from 1 again in a new one. */
  journal: z.string().min(1).max(64),
  epoch: z.string().max(64).nullable(),
  cursor: z.number().int().min(0),
});
export const Ack = z.object({ type: z.literal('ack'), cursor: z.number().int().min(0) });
export const Report = z.object({
  type: z.literal('report'),
  /** Grows by one a report, made by the agent; inserted once per agent and journal. */
  id: z.number().int().min(1),
  at: Instant,
  kind: z.enum([
    'gate.alarm',
    'gate.open',
    'gate.ignore',
    'gate.override',
    'gate.muted',
    'gate.degraded',
    'tag.entered',
    'gate.acknowledged',
    'gate.cleared',
    'exit_pass.accepted',
    'exit_pass.refused',
    'print',
    'drawer',
    'device',
    'clock',
    'till.refused',
    'till.damaged',
    'vendor.failed',
    'vendor.refused',
    'vendor.reconciled',
  ]),
  data: z.record(z.string(), z.unknown()),
});
export type Report = z.infer<typeof Report>;
export const AgentFrame = z.discriminatedUnion('type', [Hello, Ack, Report]);
export type AgentFrame = z.infer<typeof AgentFrame>;

export const Welcome = z.object({
  type: z.literal('welcome'),
  v: z.number().int(),
  epoch: z.string(),
  head: z.number().int().min(0),
  resume: z.enum(['log', 'snapshot']),
  /** The edge's clock, so that the agent knows how far its own is off. */
  now: Instant,
});
/** Whole state at `head`; the parts replace the agent's tags once the last one is there. Carries no side effect. */
export const Snapshot = z.object({
  type: z.literal('snapshot'),
  part: z.number().int().min(0),
  last: z.boolean(),
  head: z.number().int().min(0),
  tags: z.array(TagState),
  /** In part 0 only. */
  config: StoreConfig.optional(),
  shelf_version: z.number().int().optional(),
});
/** `after` must equal the agent's cursor; else the agent closes and says hello again. */
export const Feed = z.object({
  type: z.literal('feed'),
  after: z.number().int().min(0),
  entries: z.array(UnknownEntry).max(FRAME_ENTRIES_MAX),
});
export const Accepted = z.object({ type: z.literal('accepted'), id: z.number().int().min(1) });
export const Refused = z.object({
  type: z.literal('refused'),
  code: z.string(),
  detail: z.string(),
  id: z.number().int().optional(),
});
export const StoreFrame = z.discriminatedUnion('type', [
  Welcome,
  Snapshot,
  Feed,
  Accepted,
  Refused,
  z.object({ type: z.literal('pong') }),
]);
export type StoreFrame = z.infer<typeof StoreFrame>;

/** WebSocket close codes of the feed (RFC 6455 section 7.4.2, private range). */
export const CLOSE = {
  bad_frame: 4400,
  forbidden: 4403,
  version: 4406,
  gap: 4409,
  replaced: 4410,
  overloaded: 4429,
} as const;
