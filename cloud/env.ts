import type { ChecksForCloud, WaitingForCloud } from '../shared/rpc/checks.ts';
import type { LedgerForCloud } from '../shared/rpc/ledger.ts';
import type { BasketForCloud } from '../shared/rpc/refunds.ts';
import type { StoreForCloud } from '../shared/rpc/store.ts';
import type { InboxForCloud } from '../shared/rpc/webhooks.ts';

/**
 * The edge's StoreObjects, found by the store's id. Only the methods that the edge keeps for the cloud are
 * typed: the object's class belongs to another Worker.
 */
export interface StoreNamespace {
  getByName(id: string): StoreForCloud & WaitingForCloud;
}

/** The messages of payment providers, found by the account's key. */
export interface InboxNamespace {
  getByName(account_key: string): InboxForCloud;
}

/** The accounts of the store's own money, found by the name that shared/ledger/code.ts makes. */
export interface LedgerNamespace {
  getByName(name: string): LedgerForCloud;
}

/** The edge's BasketObjects, found by the basket's id: an order's money and goods are there, and what staff check. */
export interface BasketNamespace {
  getByName(id: string): BasketForCloud & ChecksForCloud;
}

/** The bindings of the Worker `sesame-cloud`, as wrangler.toml declares them. */
export interface Env {
  DB: D1Database;
  STORE: StoreNamespace;
  INBOX: InboxNamespace;
  LEDGER: LedgerNamespace;
  BASKET: BasketNamespace;
  ASSETS: Fetcher;
  /** Ed25519 private JWK (with `kid`) that signs staff, device and service tokens. */
  SIGNING_KEY: string;
  /** JWKS of the public keys that sign shoppers' tokens: those of sesame-edge. */
  TRUSTED_KEYS: string;
  /** "1" lets the sign-ins of a demo seed in. */
  DEMO: string;
  /** What signs documents for receivers, each a text, named by the targets' `secret_ref`. */
  [secret: `FULFILMENT_${string}`]: string | undefined;
  RATE_LIMIT_PER_SECOND: string;
  RATE_LIMIT_BURST: string;
}
