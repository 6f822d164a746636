import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BasketPolicy } from '../../shared/config/basket_policy.ts';
import { OrderPolicy } from '../../shared/config/order_policy.ts';
import { PaymentPolicy } from '../../shared/config/payment_policy.ts';
import { RefundPolicy } from '../../shared/config/refund_policy.ts';
import { DEFAULT_SCAN_POLICY } from '../../shared/config/scan_policy.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { DeviceId } from '../../shared/ids/index.ts';
import { OfflinePolicy } from '../../shared/offline/limits.ts';
import { call } from './call.ts';
import { type DemoCatalogue, generateCatalogue } from './catalogue/generate.ts';
import type { DemoFile } from './demo_file.ts';
import { publish } from './publish.ts';
import { signIn } from './staff_session.ts';

/** The demo store is the same on every machine; its keys, secrets and tokens are not. */
const CATALOGUE_SEED = 20_250_101;
const ITEMS_PER_CALL = 500;
const TAGS_PER_CALL = 1_000;
const ACCOUNT_KEY_BYTES = 16;
const METHODS = ['card', 'card_declined', 'card_3ds', 'card_pending', 'card_timeout'];

/** Known to everyone who reads this, and worth nothing outside a demo: the cloud refuses demo accounts there. */
export const DEMO_STAFF = {
  admin: { email: 'admin@larkfield.example', password: 'demo-admin' },
  manager: { email: 'manager@larkfield.example', password: 'demo-manager' },
  cashier: { email: 'cashier@larkfield.example', password: 'demo-cashier' },
};

export const demoCatalogue = (): DemoCatalogue => generateCatalogue(CATALOGUE_SEED);

const Done = z.unknown();
const NewDevice = z.object({
  id: DeviceId,
  username: z.string(),
  secret: z.string(),
  token: z.string().optional(),
});
const NewToken = z.object({ token: z.string() });

/**
 * Furnishes the demo store through the cloud's public API, as an admin would. The retailer and its first
 * admin are there already. Rejects with the first call that is refused.
 */
export async function seedStore(
  cloud: string,
  catalogue: DemoCatalogue,
  log: (step: string) => void,
): Promise<DemoFile> {
  const token = await signIn(cloud, DEMO_STAFF.admin);
  const send = <T>(method: 'POST' | 'PUT', path: string, body: unknown, answer: z.ZodType<T>): Promise<T> =>
    call({ base: cloud, method, path, token, body, answer });
  const { store, items, tags, promotions, samples, retailer } = catalogue;
  const { store_id } = store;

  await send('PUT', `/v1/stores/${store_id}`, settingsOf(catalogue), Done);
  log(`${items.length} items, ${promotions.length} promotions, ${tags.length} tags`);
  for (const part of partsOf(items, ITEMS_PER_CALL)) await send('PUT', '/v1/items', { items: part }, Done);
  await send('PUT', '/v1/promotions', { promotions }, Done);
  for (const part of partsOf(tags, TAGS_PER_CALL))
    await send('PUT', `/v1/stores/${store_id}/tags`, { tags: part }, Done);

  log('staff, devices, tokens');
  for (const role of ['manager', 'cashier'] as const) {
    const name = role === 'manager' ? 'Demo manager' : 'Demo cashier';
    await send('POST', '/v1/staff', { ...DEMO_STAFF[role], name, role, store_id }, Done);
  }
  const device = async (kind: StoreConfig['devices'][number]['kind'], name: string) => {
    const {
      id,
      username,
      secret,
      token: own,
    } = await send('POST', '/v1/devices', { store_id, kind, name }, NewDevice);
    return { id, username, password: secret, token: own ?? '' };
  };
  const made = {
    gate: await device('gate', 'Gate for your own hardware'),
    lane: await device('gate', 'Exit lane'),
    reader_gate: await device('gate', 'Exit with RFID reader'),
    reader: await device('reader', 'RFID reader'),
    printer: await device('printer', 'Receipt printer'),
    agent: await device('agent', 'Store agent'),
    kiosk: await device('kiosk', 'Kiosk'),
  };
  const service = await send('POST', '/v1/service_tokens', { name: 'Demo service' }, NewToken);

  log('publishing');
  await publish(cloud, token, store_id);
  const restricted = new Set(
    items.filter((item) => item.age_restriction !== undefined).map((item) => item.id),
  );
  return {
    retailer_id: retailer.id,
    store_id,
    currency: store.currency,
    staff: DEMO_STAFF,
    ...made,
    service_token: service.token,
    samples: {
      ...samples,
      epcs: tags.filter((tag) => !restricted.has(tag.item_id)).map((tag) => tag.epc),
    },
  };
}

function settingsOf({
  store,
}: DemoCatalogue): Omit<StoreConfig, 'v' | 'version' | 'store_id' | 'retailer_id' | 'devices'> {
  const { store_id, retailer_id: _retailer, ...given } = store;
  const uuid = store_id.slice(store_id.indexOf('_') + 1);
  const account_key = `${uuid}.${randomBytes(ACCOUNT_KEY_BYTES).toString('hex')}`;
  return {
    ...given,
    order_prefix: 'LF-',
    gateways: [{ gateway: 'test', account_key, environment: 'test', methods: METHODS }],
    receipt_footer: ['Thank you for shopping with us', 'A demo receipt: no money has moved'],
    policies: {
      reservation_ttl_ms: 30 * 60_000,
      basket_ttl_ms: 24 * 3_600_000,
      checkout_ttl_ms: 15 * 60_000,
      exit_pass_ttl_ms: 10 * 60_000,
      unknown_tag: 'alarm',
      offline_unsold: 'alarm',
      ask_edge_ms: 150,
      grace_ms: 0,
      gates: {},
      auto_print: false,
      offline: OfflinePolicy.parse({ pay_later: { enabled: true } }),
      scan: DEFAULT_SCAN_POLICY,
      basket: BasketPolicy.parse({}),
      order: OrderPolicy.parse({}),
      payment: PaymentPolicy.parse({}),
      refund: RefundPolicy.parse({}),
    },
    demo: true,
  };
}

function partsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
