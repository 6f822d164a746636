import type { BasketObject } from './basket/basket_object.ts';
import type { WebhookInboxObject } from './inbox/webhook_inbox_object.ts';
import type { LedgerObject } from './ledger/ledger_object.ts';
import type { TestProviderObject } from './payment/test_provider/test_provider_object.ts';
import type { ShopperObject } from './shopper/shopper_object.ts';
import type { StoreObject } from './store/store_object.ts';

/** The bindings of the Worker `sesame-edge`, as wrangler.toml declares them. */
export interface Env {
  STORE: DurableObjectNamespace<StoreObject>;
  BASKET: DurableObjectNamespace<BasketObject>;
  TEST_PROVIDER: DurableObjectNamespace<TestProviderObject>;
  LEDGER: DurableObjectNamespace<LedgerObject>;
  SHOPPER: DurableObjectNamespace<ShopperObject>;
  INBOX: DurableObjectNamespace<WebhookInboxObject>;
  EVENTS: Queue<string>;
  ASSETS: Fetcher;
  /** Ed25519 private JWK (with `kid`) that signs shoppers' tokens and exit passes. */
  SIGNING_KEY: string;
  /** JWKS of the public keys that sign staff and device tokens. */
  TRUSTED_KEYS: string;
  /** Keys the webhook signatures of the `test` gateway; absent where no store uses it. */
  TEST_PROVIDER_SECRET?: string;
  /** 32 bytes in base64url that seal payers' tokens at rest; needed by every payment. */
  VAULT_KEY?: string;
  /** Credentials of payment accounts, each a JSON object of texts, named by the accounts' `secret_ref`. */
  [secret: `GATEWAY_${string}`]: string | undefined;
  RATE_LIMIT_PER_SECOND: string;
  RATE_LIMIT_BURST: string;
}
