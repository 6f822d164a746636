import { z } from 'zod';
import { Instant } from '../api/common.ts';
import type { Result } from '../result.ts';

/**
 * What became of one message of a provider. `received`: on disk, not applied yet. `unmatched`: it names no payment
 * that we know, and is tried again. `parked`: given up after three days; a person decides. `ignored`: it tells
 * nothing that we act on.
 */
export const WebhookStatus = z.enum(['received', 'applied', 'unchanged', 'unmatched', 'parked', 'ignored']);
export type WebhookStatus = z.infer<typeof WebhookStatus>;

export const Webhook = z.object({
  id: z.string(),
  gateway: z.string(),
  /** The provider's own name of the message. */
  event_id: z.string(),
  kind: z.enum(['payment', 'refund', 'dispute', 'other']),
  /** The provider's word for what happened. */
  type: z.string(),
  payment_id: z.string().nullable(),
  refund_id: z.string().nullable(),
  reference: z.string().nullable(),
  status: WebhookStatus,
  /** How often it was tried, and how often it came. */
  tries: z.number().int(),
  deliveries: z.number().int(),
  problem: z.string().nullable(),
  occurred_at: Instant.nullable(),
  received_at: Instant,
  applied_at: Instant.nullable(),
});
export type Webhook = z.infer<typeof Webhook>;

/** With its body as it came; what could be used to pay is struck out. */
export const WebhookDetail = Webhook.extend({ body: z.string() });
export type WebhookDetail = z.infer<typeof WebhookDetail>;

export const WebhookQuery = z.object({
  status: WebhookStatus.optional(),
  /** Older than this message. */
  after: z.string().optional(),
  /** Newer than this message. */
  before: z.string().optional(),
  limit: z.number().int().min(1).max(100),
});
export type WebhookQuery = z.infer<typeof WebhookQuery>;

/** The methods of an account's inbox that the cloud calls. */
export interface InboxForCloud {
  /** Newest first. Null: there is no such message to go on from. */
  list(query: WebhookQuery): Promise<{ data: Webhook[]; has_more: boolean } | null>;
  read(id: string): Promise<WebhookDetail | null>;
  /** Applies a message once more, whatever became of it; money is asked for again, so nothing is taken twice. */
  replay(id: string): Promise<Result<Webhook, { code: 'not_found' }>>;
  counts(): Promise<Partial<Record<WebhookStatus, number>>>;
}
