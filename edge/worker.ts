import type { Env } from './env.ts';
import { createApp } from './http/app.ts';

export { BasketObject } from './basket/basket_object.ts';
export { WebhookInboxObject } from './inbox/webhook_inbox_object.ts';
export { LedgerObject } from './ledger/ledger_object.ts';
export { TestProviderObject } from './payment/test_provider/test_provider_object.ts';
export { ShopperObject } from './shopper/shopper_object.ts';
export { StoreObject } from './store/store_object.ts';

/** The Worker `sesame-edge`: the hot path of every shopping trip, and the owner of the Durable Objects. */
const app = createApp();

export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
