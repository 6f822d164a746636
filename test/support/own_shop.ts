import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { call, expectJson } from './client.ts';
import {
  KNOWN_ELSEWHERE,
  newStoreId,
  openStore,
  publishStore,
  putItems,
  type Served,
} from './payment_store.ts';
import type { Sesame } from './sesame.ts';

/** The tax codes of a scenario's shop: 20 % within the price, and none on deposits. */
const TAX_CODES = [
  { code: 'standard', levels: [{ id: 'vat', name: 'VAT 20%', rate_ppm: 200_000 }] },
  { code: 'deposit', levels: [{ id: 'vat', name: 'VAT 0%', rate_ppm: 0 }] },
];
const TEST_METHODS = ['card', 'card_decline', 'card_challenge', 'card_pending', 'qr'];

export interface OwnShop {
  edge: string;
  store_id: string;
  account_keys: Record<string, string>;
}

/** What a shop begins with. Items belong to the retailer; promotions and tags to this shop alone. */
export interface Furnishing {
  items?: readonly object[];
  promotions?: readonly object[];
  tags?: readonly { epc: string; item_id: string }[];
  policies?: Record<string, unknown>;
  providers?: readonly Served[];
  /** Whether it takes the test gateway too. */
  test_gateway?: boolean;
}

/** A shop of the demo's retailer in London, furnished through the cloud's public interface and published. */
export async function ownShop(sesame: Sesame, furnishing: Furnishing): Promise<OwnShop> {
  const { items = [], promotions = [], tags = [], policies = {}, providers = [] } = furnishing;
  const { cloud, edge, tokens } = sesame;
  const store_id = newStoreId();
  const settings = {
    name: 'Scenario shop',
    currency: 'GBP',
    timezone: 'Europe/London',
    prices_include_tax: true,
    tax_rounding: 'line',
    tax_codes: TAX_CODES,
    order_prefix: 'SC-',
    policies,
  };
  const put = (path: string, body: unknown) =>
    expectJson(z.unknown(), 200, call(cloud, 'PUT', path, { token: tokens.admin, body }));
  const test = { gateway: 'test', methods: TEST_METHODS };
  const { account_keys } = await openStore(
    sesame,
    store_id,
    providers,
    settings,
    furnishing.test_gateway === false ? [] : [test],
  );
  if (items.length > 0) await putItems(sesame, items);
  if (promotions.length > 0)
    await put('/v1/promotions', { promotions: promotions.map((one) => ({ store_ids: [store_id], ...one })) });
  if (tags.length > 0) await put(`/v1/stores/${store_id}/tags`, { tags });
  await publishStore(sesame, store_id);
  return { edge, store_id, account_keys };
}

const Settings = z.looseObject({ policies: z.looseObject({}) });

/** Publishes a store with other policies; those that are not named stay. */
export async function changePolicies(
  sesame: Sesame,
  store_id: string,
  policies: Record<string, unknown>,
): Promise<void> {
  const admin = { token: sesame.tokens.admin };
  const path = `/v1/stores/${store_id}`;
  const all = await expectJson(Settings, 200, call(sesame.cloud, 'GET', path, admin));
  const settings = Object.fromEntries(
    Object.entries(all).filter(([name]) => !KNOWN_ELSEWHERE.includes(name)),
  );
  const body = { ...settings, policies: { ...all.policies, ...policies } };
  await expectJson(z.unknown(), 200, call(sesame.cloud, 'PUT', path, { ...admin, body }));
  await publishStore(sesame, store_id);
}

const Token = z.looseObject({ token: z.string() });

/** A new member of staff, bound to a store, and signed in. */
export async function staffOf(
  { cloud, tokens }: Sesame,
  store_id: string,
  role: 'manager' | 'cashier' = 'cashier',
): Promise<string> {
  const account = {
    email: `${randomBytes(8).toString('hex')}@staff.example`,
    password: randomBytes(12).toString('hex'),
  };
  const body = { ...account, name: `A ${role}`, role, store_id };
  await expectJson(z.unknown(), 201, call(cloud, 'POST', '/v1/staff', { token: tokens.admin, body }));
  return (await expectJson(Token, 201, call(cloud, 'POST', '/v1/staff_sessions', { body: account }))).token;
}
