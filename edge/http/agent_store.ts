import { deviceStands } from '../../shared/auth/device_stands.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { AgentCall } from '../../shared/rpc/agents.ts';
import type { StoreObject } from '../store/store_object.ts';
import { bodyHash, idempotencyKey } from './call.ts';
import type { Ctx } from './context.ts';

/** The store of an agent's call. Another store or tenant is as if it were not there. */
export async function storeOfAgent(
  c: Ctx,
  store_id: StoreId,
): Promise<
  Result<{ store: DurableObjectStub<StoreObject>; config: StoreConfig }, 'not_found' | 'forbidden'>
> {
  const claims = c.get('claims');
  if (claims.store !== store_id) return err('not_found');
  const store = c.env.STORE.getByName(store_id);
  const config = await store.config();
  if (config === null || config.retailer_id !== claims.retailer) return err('not_found');
  return deviceStands(config.devices, claims) ? ok({ store, config }) : err('forbidden');
}

/** The same for a call that staff may make too: managers of the store, or administrators of its retailer. */
export async function storeOfAgentOrStaff(c: Ctx, store_id: StoreId): ReturnType<typeof storeOfAgent> {
  return c.get('claims').role === 'agent' ? storeOfAgent(c, store_id) : storeOfStaff(c, store_id);
}

/** The same for staff alone. */
export async function storeOfStaff(c: Ctx, store_id: StoreId): ReturnType<typeof storeOfAgent> {
  const store = c.env.STORE.getByName(store_id);
  const config = await store.config();
  return config !== null && config.retailer_id === c.get('claims').retailer
    ? ok({ store, config })
    : err('not_found');
}

/** The agent's call as the store sees it. */
export async function agentCallOf(c: Ctx): Promise<AgentCall> {
  const agent = c.get('claims').sub;
  const key = idempotencyKey(c);
  if (key === null) return { agent };
  const route = `${c.req.method} ${new URL(c.req.url).pathname}`;
  return { agent, idempotency: { route, key, body_hash: await bodyHash(c) } };
}
