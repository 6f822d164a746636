import type { StoreId } from '../../shared/ids/index.ts';
import type { WebhookEvent } from '../payment/gateway.ts';

/** A provider's message whose signature was checked. */
export interface TakeWebhook {
  store_id: StoreId;
  /** As it came. */
  body: string;
  events: WebhookEvent[];
}

/** What the webhook route asks of an account's inbox. */
export interface InboxForEdge {
  /** Answers once every event of the message is on disk, those that came before included. */
  take(message: TakeWebhook): Promise<{ fresh: number }>;
}
