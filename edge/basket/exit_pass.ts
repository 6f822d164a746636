import type { Order } from '../../shared/api/order.ts';
import type { ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import { saleOf } from '../store/commit_sale.ts';
import { first, type Sql } from '../store/sql.ts';
import { collectionOf, withToken } from './collection_rows.ts';
import type { Call, OrderWithPass, Refusal } from './port.ts';
import { basketOf, orderOf } from './rows.ts';
import { configFor, refuse, type Trip } from './trip.ts';

/**
 * The claims of the order's exit pass, or null before the sale is committed. The last pass serves while more
 * than half of its life is left; `refresh` makes a new one, because an agent takes each `jti` once.
 */
function exitPassOf(
  sql: Sql,
  config: StoreConfig,
  wants: { refresh: boolean; jti: () => string },
  nowMs: number,
): ExitPassClaims | null {
  const order = orderOf(sql);
  if (order === null || order.sale === null || order.number === null) return null;
  // What a till sold has left long ago.
  if (order.till !== null) return null;
  const tags = tagsOf(sql, order.sale);
  if (tags === null) return null;
  const ttlMs = config.policies.exit_pass_ttl_ms;
  const last = first<{ claims: string }>(sql, 'SELECT claims FROM exit_pass');
  // Staff must see the bag first; once they have, a pass that still says so is of no use.
  const verify = order.verification === 'pending' || order.verification === 'failed' ? 'staff' : 'none';
  if (last !== null && !wants.refresh) {
    const claims: ExitPassClaims = JSON.parse(last.claims);
    if ((claims.verify ?? 'none') === verify && claims.exp * 1_000 - nowMs > ttlMs / 2) return claims;
  }
  const iat = Math.floor(nowMs / 1_000);
  const claims: ExitPassClaims = {
    iss: 'sesame-edge',
    aud: 'sesame-exit',
    jti: wants.jti(),
    order: order.order_id,
    number: order.number,
    store: basketOf(sql).store_id,
    epcs: tags.map(({ epc, rev }) => [epc, rev]),
    ...(verify === 'none' ? {} : { verify }),
    iat,
    exp: iat + Math.ceil(ttlMs / 1_000),
  };
  sql.exec(
    'INSERT INTO exit_pass (one, claims) VALUES (1, ?) ON CONFLICT DO UPDATE SET claims = excluded.claims',
    JSON.stringify(claims),
  );
  return claims;
}

/** The claims of the pass as the store wants passes now, or why there is none. */
export async function passOf(trip: Trip, refresh: boolean): Promise<Result<ExitPassClaims, Refusal>> {
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return config;
  const claims = exitPassOf(trip.sql, config.value, { refresh, jti: () => trip.newUuid() }, trip.now());
  if (claims !== null) return ok(claims);
  return refuse(collectionOf(trip.sql) === null ? 'not_paid' : 'not_collected');
}

/** The pass is the shopper's, and so is what she shows: staff and devices read the order without them. */
export async function withPass(trip: Trip, { caller }: Call, order: Order): Promise<OrderWithPass> {
  if (order.status !== 'completed' || caller.kind !== 'shopper') return { order, pass: null };
  const claims = await passOf(trip, false);
  return { order: withToken(trip.sql, order), pass: claims.ok ? claims.value : null };
}

/** Of an order that is fetched later those of its hand-over; null: it is not handed over, or the store has not said so. */
function tagsOf(sql: Sql, sale: string): CommittedSale['tags'] | null {
  const collection = collectionOf(sql);
  if (collection === null) return saleOf(sale).tags;
  return collection.tags === null ? null : JSON.parse(collection.tags);
}
