import { env, SELF } from 'cloudflare:test';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { Claims } from '../../shared/auth/claims.ts';
import { Item } from '../../shared/catalog/item.ts';
import { BasketPolicy } from '../../shared/config/basket_policy.ts';
import { OrderPolicy } from '../../shared/config/order_policy.ts';
import { PaymentPolicy } from '../../shared/config/payment_policy.ts';
import { RefundPolicy } from '../../shared/config/refund_policy.ts';
import { DEFAULT_SCAN_POLICY } from '../../shared/config/scan_policy.ts';
import { RetailerId, ShopperId, StoreId } from '../../shared/ids/index.ts';
import { OfflinePolicy } from '../../shared/offline/limits.ts';
import { type Act, actOf } from '../act.ts';
import { openDb } from '../db/client.ts';
import { retailer as retailerTable, staff as staffTable } from '../db/schema.ts';
import { keysOf } from '../http/keys.ts';
import { signToken } from '../http/token.ts';
import { NOBODYS_HASH } from '../staff/password.ts';
import type { StaffRole } from '../staff/role.ts';
import type { StoreSettings } from '../store/settings.ts';

const uuid = () => crypto.randomUUID();
export const freshStoreId = (): StoreId => StoreId.parse(`str_${uuid()}`);
export const freshShopperId = (): ShopperId => ShopperId.parse(`shp_${uuid()}`);
export const itemId = (): Item['id'] => Item.shape.id.parse(`itm_${uuid()}`);

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, or null. */
  json: unknown;
}

export interface Request {
  token?: string;
  body?: unknown;
  /** Sent as it is. */
  raw?: BodyInit;
  key?: string;
  headers?: Record<string, string>;
}

/** A call of the Worker's public interface. */
export async function call(
  method: string,
  path: string,
  { token, body, raw, key, headers }: Request = {},
): Promise<Reply> {
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await SELF.fetch(`https://cloud.test${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The answer as the schema says, or an error that shows what came instead. */
export async function expectJson<T extends z.ZodType>(
  schema: T,
  status: number,
  reply: Promise<Reply>,
): Promise<z.output<T>> {
  const got = await reply;
  if (got.status !== status)
    throw new Error(`expected ${status}, got ${got.status}: ${got.text.slice(0, 600)}`);
  return schema.parse(got.json);
}

const ProblemBody = z.object({
  code: z.string(),
  status: z.number(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  request_id: z.string(),
  retryable: z.boolean(),
});

/** The problem of a refusal; any other answer is an error. */
export async function expectProblem(
  status: number,
  reply: Promise<Reply>,
): Promise<z.infer<typeof ProblemBody>> {
  const got = await reply;
  if (got.status !== status)
    throw new Error(`expected ${status}, got ${got.status}: ${got.text.slice(0, 600)}`);
  if (got.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`not a problem: ${got.text.slice(0, 200)}`);
  return ProblemBody.parse(got.json);
}

export interface Tenant {
  retailer_id: RetailerId;
  admin: string;
  /** A token for a new member of staff. */
  hire(role: StaffRole, store?: StoreId): Promise<string>;
}

/** A retailer of its own with an admin: what one test does is invisible to the others. */
export async function newTenant(demo = true): Promise<Tenant> {
  const retailer_id = RetailerId.parse(`ret_${uuid()}`);
  const db = openDb(env.DB);
  const created_at = new Date().toISOString();
  await db.insert(retailerTable).values({ id: retailer_id, name: 'Corner Shop', demo, created_at });
  const hire = async (role: StaffRole, store_id?: StoreId) => {
    const id = `stf_${uuid()}`;
    const row = {
      retailer_id,
      id,
      email: `${id}@example.test`,
      name: role,
      role,
      password_hash: NOBODYS_HASH,
      demo,
      created_at,
    };
    await db.insert(staffTable).values({ ...row, store_id: store_id ?? null });
    return tokenOf({
      sub: id,
      role,
      retailer: retailer_id,
      ...(store_id === undefined ? {} : { store: store_id }),
    });
  };
  return { retailer_id, admin: await hire('admin'), hire };
}

/** What the tenant's admin does, for the verbs without their routes. */
export function actOfTenant({ retailer_id: retailer }: Tenant): Act {
  const claims: Claims = {
    iss: 'sesame-cloud',
    aud: 'sesame',
    sub: 'stf_test',
    role: 'admin',
    retailer,
    iat: 0,
    exp: 0,
  };
  const principal = {
    id: claims.sub,
    role: claims.role,
    retailer_id: retailer,
    store_id: null,
    demo: true,
    claims,
  };
  return actOf(principal, 'req_test', Date.now(), (bytes) => crypto.getRandomValues(bytes));
}

/** A token of the cloud's own for an account that stands in the table. */
export async function tokenOf(
  who: Pick<Claims, 'sub' | 'role' | 'retailer' | 'store'>,
  more: Partial<Claims> = {},
): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return signToken(
    { iss: 'sesame-cloud', aud: 'sesame', iat, exp: iat + 600, ...who, ...more },
    await keysOf(env),
  );
}

/** Signs claims as the edge would: shoppers, or what a thief of its key would try. */
export async function edgeToken(claims: Partial<Claims> & Pick<Claims, 'retailer'>): Promise<string> {
  const jwk = z.looseObject({ kid: z.string() }).parse(JSON.parse(env.EDGE_KEY));
  const iat = Math.floor(Date.now() / 1000);
  const all = {
    iss: 'sesame-edge',
    aud: 'sesame',
    sub: freshShopperId(),
    role: 'shopper',
    iat,
    exp: iat + 600,
    ...claims,
  };
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid, typ: 'JWT' })
    .sign(await importJWK(jwk, 'EdDSA'));
}

export const settings = (more: Partial<StoreSettings> = {}): StoreSettings => ({
  name: 'High Street',
  address_lines: ['1 High Street', 'Anytown'],
  currency: 'GBP',
  timezone: 'Europe/London',
  prices_include_tax: true,
  tax_rounding: 'line',
  tax_codes: [{ code: 'standard', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 200_000 }] }],
  order_prefix: 'H',
  company_prefixes: ['9521234'],
  gateways: [{ gateway: 'test', account_key: 'k'.repeat(20), environment: 'test', methods: ['card'] }],
  receipt_footer: [],
  policies: {
    reservation_ttl_ms: 1_800_000,
    basket_ttl_ms: 86_400_000,
    checkout_ttl_ms: 900_000,
    exit_pass_ttl_ms: 600_000,
    unknown_tag: 'alarm',
    offline_unsold: 'alarm',
    ask_edge_ms: 150,
    grace_ms: 0,
    gates: {},
    auto_print: false,
    offline: OfflinePolicy.parse({}),
    scan: DEFAULT_SCAN_POLICY,
    basket: BasketPolicy.parse({}),
    order: OrderPolicy.parse({}),
    payment: PaymentPolicy.parse({}),
    refund: RefundPolicy.parse({}),
  },
  demo: true,
  ...more,
});

/** A store of the tenant, made through the interface. */
export async function newStore(tenant: Tenant, more: Partial<StoreSettings> = {}): Promise<StoreId> {
  const id = freshStoreId();
  await expectJson(
    z.looseObject({}),
    201,
    call('PUT', `/v1/stores/${id}`, { token: tenant.admin, body: settings(more) }),
  );
  return id;
}

export const item = (more: Partial<Item> = {}): Item => {
  const id = more.id ?? itemId();
  return Item.parse({
    id,
    sku: `SKU-${id.slice(-12)}`,
    name: 'Oat biscuits',
    gtins: [],
    codes: [],
    category: ['Food'],
    unit_price: 250,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  });
};

/** The n-th tag of a family of EPCs; `family` is 8 hex digits. */
export const epc = (n: number, family = '0000000A'): string =>
  `30347AB2D8${family}${n.toString(16).toUpperCase().padStart(6, '0')}`;
