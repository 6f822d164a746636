import { z } from 'zod';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { PaymentAccount } from '../../shared/payment/account.ts';
import { WebhookStatus } from '../../shared/rpc/webhooks.ts';
import type { Db } from '../db/client.ts';
import type { Env } from '../env.ts';
import { findStore } from '../store/find_store.ts';

/** An account as staff see it, with how its messages stand. */
export const AccountState = PaymentAccount.pick({
  gateway: true,
  account_key: true,
  environment: true,
  methods: true,
  display_name: true,
  priority: true,
}).extend({
  /** How many messages of the provider there are, by what became of them. */
  webhooks: z.partialRecord(WebhookStatus, z.number().int()),
});
export type AccountState = z.infer<typeof AccountState>;

/** The accounts of a store's settings, or null where the retailer has no such store. */
export async function accountsOf(
  db: Db,
  env: Pick<Env, 'INBOX'>,
  retailer: RetailerId,
  id: StoreId,
): Promise<AccountState[] | null> {
  const store = await findStore(db, retailer, id);
  if (store === null) return null;
  return Promise.all(
    store.gateways.map(async (account) => ({
      ...AccountState.omit({ webhooks: true }).parse(account),
      webhooks: await env.INBOX.getByName(account.account_key).counts(),
    })),
  );
}

/** Whether that key is an account of this store: an inbox is opened for nobody else. */
export async function hasAccount(
  db: Db,
  retailer: RetailerId,
  id: StoreId,
  accountKey: string,
): Promise<boolean> {
  const store = await findStore(db, retailer, id);
  return store?.gateways.some(({ account_key }) => account_key === accountKey) ?? false;
}
