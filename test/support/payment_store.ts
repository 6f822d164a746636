import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { FakeGateway } from '../../edge/payment/fake/control.ts';
import { ItemId } from '../../shared/ids/index.ts';
import { call, expectJson } from './client.ts';
import { serveFake } from './fake_server.ts';
import type { Sesame } from './sesame.ts';

/** A fake provider on a socket, and the account of it that stores get. */
export interface Provider {
  gateway: string;
  methods: string[];
  fake: FakeGateway;
  /** What stands in the Worker secret of the account. */
  secrets: Record<string, string>;
  /** Further words of the account: merchant, settings, capture. */
  account?: Record<string, unknown>;
}

export interface Served extends Provider {
  url: string;
  secret_ref: string;
  close(): Promise<void>;
}

/** Puts providers on sockets and their secrets into the data folder of a demo that is not started yet. */
export async function serveProviders(data: string, providers: readonly Provider[]): Promise<Served[]> {
  const served = await Promise.all(
    providers.map(async (provider, i) => ({
      ...provider,
      ...(await serveFake(provider.fake)),
      secret_ref: `GATEWAY_TEST_${i}`,
    })),
  );
  const secrets = Object.fromEntries(served.map(({ secret_ref, secrets: texts }) => [secret_ref, texts]));
  writeFileSync(join(data, 'gateways.json'), JSON.stringify(secrets), { mode: 0o600 });
  return served;
}

export interface OpenedStore {
  store_id: string;
  /** By gateway. */
  account_keys: Record<string, string>;
}

const Settings = z.looseObject({ gateways: z.array(z.looseObject({})), policies: z.looseObject({}) });
/** What the cloud says of a store beside its settings. */
export const KNOWN_ELSEWHERE = ['id', 'revision', 'published_version', 'created_at', 'updated_at'];

/**
 * A store of the demo's retailer beside the demo store (or that one changed): its settings with other words, accounts
 * of the providers and of gateways that need none, and published.
 */
export async function openStore(
  sesame: Sesame,
  store_id: string,
  providers: readonly Served[],
  more: Record<string, unknown> = {},
  free: readonly { gateway: string; methods: readonly string[] }[] = [],
): Promise<OpenedStore> {
  const { cloud, tokens } = sesame;
  const admin = { token: tokens.admin };
  const { gateways, ...demo } = await expectJson(
    Settings,
    200,
    call(cloud, 'GET', `/v1/stores/${sesame.store_id}`, admin),
  );
  const settings = Object.fromEntries(
    Object.entries(demo).filter(([name]) => !KNOWN_ELSEWHERE.includes(name)),
  );
  const uuid = store_id.slice(store_id.indexOf('_') + 1);
  const newAccount = () => ({
    account_key: `${uuid}.${randomBytes(16).toString('hex')}`,
    environment: 'test',
  });
  const accounts = [
    ...free.map((one) => ({ ...newAccount(), ...one })),
    ...providers.map(({ gateway, methods, url, secret_ref, account }) => ({
      ...newAccount(),
      gateway,
      methods,
      base_url: url,
      secret_ref,
      ...account,
    })),
  ];
  const own = store_id === sesame.store_id ? gateways : [];
  const path = `/v1/stores/${store_id}`;
  const body = {
    ...settings,
    ...more,
    policies: { ...demo.policies, ...policiesIn(more) },
    gateways: [...own, ...accounts],
  };
  const put = await call(cloud, 'PUT', path, { ...admin, body });
  if (put.status !== 200 && put.status !== 201) throw new Error(`${put.status}: ${put.text.slice(0, 600)}`);
  await publishStore(sesame, store_id);
  return {
    store_id,
    account_keys: Object.fromEntries(accounts.map(({ gateway, account_key }) => [gateway, account_key])),
  };
}

const policiesIn = ({ policies }: Record<string, unknown>) =>
  z.looseObject({}).optional().parse(policies) ?? {};

export async function publishStore({ cloud, tokens }: Sesame, store_id: string): Promise<void> {
  const path = `/v1/stores/${store_id}/publications`;
  await expectJson(z.unknown(), 201, call(cloud, 'POST', path, { token: tokens.admin, body: {} }));
}

export const newStoreId = (): string => `str_${crypto.randomUUID()}`;

/** An item of the retailer that costs so much, in minor units of whatever store sells it; its code is its sku. */
export function priced(sku: string, unit_price: number, more: Record<string, unknown> = {}) {
  return {
    id: ItemId.parse(`itm_${crypto.randomUUID()}`),
    sku,
    name: `Item ${sku}`,
    gtins: [],
    codes: [sku],
    category: ['Test'],
    unit_price,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  };
}

export async function putItems({ cloud, tokens }: Sesame, items: readonly object[]): Promise<void> {
  await expectJson(
    z.unknown(),
    200,
    call(cloud, 'PUT', '/v1/items', { token: tokens.admin, body: { items } }),
  );
}
