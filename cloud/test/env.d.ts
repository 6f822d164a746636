import type { D1Migration } from 'cloudflare:test';
import type { StoreForAgents } from '../../shared/rpc/agents.ts';
import type { ChecksForCloud } from '../../shared/rpc/checks.ts';
import type { LedgerForCloud, LedgerForGateway } from '../../shared/rpc/ledger.ts';
import type { BasketForCloud } from '../../shared/rpc/refunds.ts';
import type { StoreForCloud, StoreForEdge } from '../../shared/rpc/store.ts';
import type { Env as CloudEnv } from '../env.ts';
import type { BasketForShoppers } from './shopper.ts';

declare global {
  namespace Cloudflare {
    /** What the Worker under test has, and what only tests have. */
    interface Env extends Omit<CloudEnv, 'STORE' | 'LEDGER' | 'BASKET'> {
      /** The real objects of the neighbour: tests also act as the edge's baskets do. */
      STORE: { getByName(id: string): StoreForCloud & StoreForEdge & StoreForAgents };
      LEDGER: { getByName(name: string): LedgerForCloud & LedgerForGateway };
      BASKET: { getByName(id: string): BasketForCloud & ChecksForCloud & BasketForShoppers };
      MIGRATIONS: D1Migration[];
      /** Private JWK that signs shoppers' tokens, as the edge does. */
      EDGE_KEY: string;
    }
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** What the validator finds wrong with the OpenAPI document; it runs in Node. */
    openApiErrors: unknown[];
    openApiDocument: string;
    /** What code of a trip writes into its audit. */
    stepsOfTrips: string[];
  }
}
