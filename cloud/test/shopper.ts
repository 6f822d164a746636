import { env } from 'cloudflare:test';
import { z } from 'zod';
import type { OrderId, RetailerId, StoreId } from '../../shared/ids/index.ts';
import { BasketId, orderIdOf } from '../../shared/ids/index.ts';
import { freshShopperId } from './fixture.ts';

interface Call {
  caller: { kind: 'shopper'; shopper_id: string; store_id: StoreId; retailer_id: RetailerId };
  origin: string;
}

/** What a shopper's telephone asks of the edge's basket, as far as the cloud's tests need it. */
export interface BasketForShoppers {
  create(call: Call): Promise<unknown>;
  scan(call: Call, scan: { code: string } | { epc: string }): Promise<unknown>;
  openVerification(call: Call): Promise<unknown>;
  openOrder(call: Call): Promise<unknown>;
  pay(call: Call, payment: { gateway: string; method: string }): Promise<unknown>;
  /** A provider's message whose signature was checked. */
  applyWebhook(webhook: object): Promise<unknown>;
}

const Done = z.object({ ok: z.literal(true) });

/** A shopper buys these codes in a store that was published, and pays for them all. */
export async function buy(
  place: { retailer_id: RetailerId; store_id: StoreId },
  codes: readonly string[],
  method = 'card',
): Promise<OrderId> {
  const id = BasketId.parse(`bsk_${crypto.randomUUID()}`);
  const caller = { kind: 'shopper', shopper_id: freshShopperId(), ...place } as const;
  const call = { caller, origin: 'https://edge.test' };
  const basket = () => env.BASKET.getByName(id);
  Done.parse(await basket().create(call));
  for (const code of codes) Done.parse(await basket().scan(call, { code }));
  Done.parse(await basket().openOrder(call));
  Done.parse(await basket().pay(call, { gateway: 'test', method }));
  return orderIdOf(id);
}
