import { env } from 'cloudflare:test';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';

/** What the edge does when a provider's message came whose signature holds. */
const Takes = z.custom<{ take(message: object): Promise<{ fresh: number }> }>();

/** Puts a message into an account's inbox; answers its id there. */
export async function deliverWebhook(
  account_key: string,
  store_id: StoreId,
  more: Record<string, unknown> = {},
): Promise<string> {
  const event = {
    gateway: 'test',
    event_id: `evt_${crypto.randomUUID()}`,
    kind: 'payment',
    type: 'charge.captured',
    payment_id: `pay_${crypto.randomUUID()}_1`,
    refund_id: null,
    reference: 'ch_1',
    ...more,
  };
  const inbox = env.INBOX.getByName(account_key);
  await Takes.parse(inbox).take({ store_id, body: JSON.stringify({ told: event.type }), events: [event] });
  const page = await inbox.list({ limit: 1 });
  return page?.data[0]?.id ?? '';
}
