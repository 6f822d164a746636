import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { Role } from '../../shared/auth/claims.ts';
import { basketIdOfOrder, type OrderId, StoreId } from '../../shared/ids/index.ts';
import { sealedSale } from '../../shared/offline/sale.fixture.ts';
import { unwrap } from '../../shared/result.ts';
import { CloudPrintJob } from '../../shared/rpc/cloud_print.ts';
import { deviceOf, itemId, openShop, otherRetailer, type Shop, shirt } from '../basket/test/fixture.ts';
import { newRefundId, staffOf } from '../basket/test/refunds.ts';
import { type DescribedRoute, routes } from './test/document.ts';
import {
  buy,
  call,
  cloudToken,
  codeOf,
  directly,
  enter,
  expectProblem,
  type Guest,
  openBasket,
  type Reply,
  scan,
  shopperToken,
} from './test/fixture.ts';

const READERS: Role[] = ['shopper', 'admin', 'manager', 'cashier', 'kiosk', 'agent'];

const PAYERS: Role[] = ['shopper', 'admin', 'manager', 'cashier', 'kiosk'];

const ASKERS: Role[] = ['shopper', 'admin', 'manager', 'cashier', 'kiosk', 'service'];

const STAFF: Role[] = ['admin', 'manager', 'cashier'];

/** Who may call what, written down a second time: a route that changes its mind must change this table too. */
const ROLES: Record<string, Role[]> = {
  'GET /v1/stores/{store_id}': [...READERS, 'service'],
  'GET /v1/stores/{store_id}/tags': ['admin', 'manager', 'cashier'],
  'GET /v1/stores/{store_id}/tags/{epc}': ['agent', 'admin', 'manager', 'cashier'],
  'GET /v1/stores/{store_id}/feed': ['agent'],
  'GET /v1/stores/{store_id}/shelf': ['agent'],
  'POST /v1/stores/{store_id}/number_leases': ['agent'],
  'GET /v1/stores/{store_id}/number_leases': ['agent', 'admin', 'manager'],
  'POST /v1/stores/{store_id}/number_leases/{lease_id}/close': ['agent', 'admin', 'manager'],
  'POST /v1/stores/{store_id}/offline_transactions': ['agent'],
  'POST /v1/stores/{store_id}/cloud_print_jobs': ['admin', 'manager', 'cashier', 'service', 'kiosk'],
  'GET /v1/stores/{store_id}/cloud_print_jobs/{cloud_print_job_id}': [
    'admin',
    'manager',
    'cashier',
    'service',
    'kiosk',
  ],
  'POST /v1/baskets': ['shopper'],
  'GET /v1/baskets/{basket_id}': ['shopper', ...STAFF],
  'POST /v1/baskets/{basket_id}/lines': ['shopper'],
  'POST /v1/baskets/{basket_id}/lines/{line_id}/addons': ['shopper'],
  'POST /v1/baskets/{basket_id}/lines/{line_id}/price_override': ['admin', 'manager'],
  'POST /v1/baskets/{basket_id}/verification': ['shopper'],
  'GET /v1/baskets/{basket_id}/verification': ['shopper', ...STAFF],
  'POST /v1/baskets/{basket_id}/verification/accept': STAFF,
  'POST /v1/baskets/{basket_id}/verification/reject': STAFF,
  'GET /v1/stores/{store_id}/verifications': STAFF,
  'POST /v1/baskets/{basket_id}/scans': ['shopper'],
  'PATCH /v1/baskets/{basket_id}/lines/{line_id}': ['shopper'],
  'DELETE /v1/baskets/{basket_id}/lines/{line_id}': ['shopper'],
  'POST /v1/orders': ['shopper'],
  'GET /v1/orders/{order_id}': READERS,
  'POST /v1/orders/{order_id}/cancel': ['shopper', 'admin', 'manager', 'cashier'],
  'POST /v1/orders/{order_id}/verification': ['admin', 'manager', 'cashier'],
  'POST /v1/orders/{order_id}/collection/accept': STAFF,
  'POST /v1/orders/{order_id}/collection/reject': STAFF,
  'POST /v1/orders/{order_id}/collection/ready': STAFF,
  'POST /v1/orders/{order_id}/collection/collect': STAFF,
  'POST /v1/orders/{order_id}/collection/not_collected': STAFF,
  'POST /v1/orders/{order_id}/collection/cancel': ['shopper'],
  'GET /v1/stores/{store_id}/collections': STAFF,
  'GET /v1/orders/{order_id}/receipt': READERS,
  'GET /v1/orders/{order_id}/refunds/{refund_id}/receipt': READERS,
  'GET /v1/orders/{order_id}/exit_pass': ['shopper'],
  'GET /v1/orders/{order_id}/payment_methods': PAYERS,
  'POST /v1/orders/{order_id}/payments': PAYERS,
  'GET /v1/payments/{payment_id}': PAYERS,
  'POST /v1/payments/{payment_id}/confirm': ['shopper'],
  'POST /v1/payments/{payment_id}/capture': PAYERS,
  'POST /v1/payments/{payment_id}/cancel': PAYERS,
  'GET /v1/saved_cards': ['shopper'],
  'DELETE /v1/saved_cards/{saved_card_id}': ['shopper'],
  'POST /v1/ledger_balances': ['shopper'],
  'GET /v1/wishlist': ['shopper'],
  'PUT /v1/wishlist/items/{item_id}': ['shopper'],
  'DELETE /v1/wishlist/items/{item_id}': ['shopper'],
  'POST /v1/wishlist/transfers': ['shopper'],
  'POST /v1/promotions/evaluate': ASKERS,
  'POST /v1/promotions/suggestions': ASKERS,
  'POST /v1/promotions/item_recommendations': ASKERS,
};

/** Nobody needs a token for these; a webhook is believed by its signature. */
const PUBLIC = [
  'GET /.well-known/jwks.json',
  'GET /docs',
  'GET /livez',
  'GET /openapi.json',
  'GET /readyz',
  'GET /test_provider/{account_key}/challenges/{id}',
  'POST /test_provider/{account_key}/challenges/{id}',
  'POST /v1/guest_sessions',
  'POST /v1/pay_links',
  'POST /v1/webhooks/{gateway}/{account_key}',
  'POST /v1/webhooks/{gateway}/{account_key}/{subject}',
];

/** Printers know HTTP Basic and no token; `cloud_printing.test.ts` looks at their guard. */
const PRINTERS = [
  'DELETE /v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  'GET /v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  'POST /v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  'POST /v1/stores/{store_id}/cloud_printers/{printer_id}/direct_print',
];

const guarded = routes.filter(({ name }) => !PUBLIC.includes(name) && !PRINTERS.includes(name));
const rolesOf = (route: DescribedRoute): Role[] => ROLES[route.name] ?? [];
/** Ids of ours; everything else in a path is somebody's free text. */
const idsIn = ({ path }: DescribedRoute) =>
  [...path.matchAll(/\{((?:store|basket|line|order|payment)_id)\}/g)].map(([, name = '']) => name);

const agent = `agt_${crypto.randomUUID()}`;
const printer = `prn_${crypto.randomUUID()}`;
let shop: Shop;
let guest: Guest;
let ids: Record<string, string>;
let bodies: Record<string, unknown>;

beforeAll(async () => {
  shop = await openShop({}, { devices: [deviceOf(agent, 'agent'), deviceOf(printer, 'printer')] });
  guest = await enter(shop);
  const order = await buy(guest, { code: 'COLA' }, { epc: shirt(1) });
  const job = await call('POST', `/v1/stores/${shop.store_id}/cloud_print_jobs`, {
    token: await cloudToken('cashier', { store: shop.store_id }),
    body: { order_id: order.id, printer_id: printer },
  });
  const basket = await openBasket(guest);
  const { line_id, basket: filled } = await scan(guest, basket.id, { code: 'COLA' });
  const basketItem = filled.lines[0]?.item_id ?? '';
  ids = {
    store_id: shop.store_id,
    basket_id: basket.id,
    line_id,
    order_id: order.id,
    payment_id: order.payments[0]?.id ?? '',
    refund_id: await refundOf(shop, order.id),
    epc: shirt(1),
    cloud_print_job_id: CloudPrintJob.parse(job.json).id,
    lease_id: `lea_${crypto.randomUUID()}`,
    saved_card_id: `crd_${crypto.randomUUID()}`,
    item_id: basketItem,
  };
  bodies = {
    'POST /v1/stores/{store_id}/number_leases': { device_id: agent, count: 1 },
    'POST /v1/stores/{store_id}/number_leases/{lease_id}/close': {},
    'POST /v1/stores/{store_id}/offline_transactions': { transactions: [sealedSale(1)] },
    'POST /v1/stores/{store_id}/cloud_print_jobs': { order_id: order.id, printer_id: printer },
    'POST /v1/baskets': { store_id: shop.store_id },
    'POST /v1/baskets/{basket_id}/scans': { code: 'COLA' },
    'PATCH /v1/baskets/{basket_id}/lines/{line_id}': { quantity: 2 },
    'POST /v1/baskets/{basket_id}/lines': { kind: 'tip', amount: 100 },
    'POST /v1/baskets/{basket_id}/lines/{line_id}/addons': { item_id: itemId(1) },
    'POST /v1/baskets/{basket_id}/lines/{line_id}/price_override': { unit_price: 1, reason: 'worn' },
    'POST /v1/baskets/{basket_id}/verification/accept': {},
    'POST /v1/baskets/{basket_id}/verification/reject': {},
    'POST /v1/orders': { basket_id: basket.id },
    'POST /v1/orders/{order_id}/verification': { result: 'verified' },
    'POST /v1/orders/{order_id}/collection/reject': { reason: 'sold out' },
    'POST /v1/orders/{order_id}/collection/collect': { token: 'ABC234' },
    'POST /v1/orders/{order_id}/collection/not_collected': {},
    'POST /v1/orders/{order_id}/collection/cancel': {},
    'POST /v1/orders/{order_id}/payments': { gateway: 'test', method: 'card' },
    'POST /v1/payments/{payment_id}/confirm': {},
    'POST /v1/ledger_balances': { kind: 'gift_card', account: 'nobody-has-it' },
    'PUT /v1/wishlist/items/{item_id}': { quantity: 2 },
    'POST /v1/wishlist/transfers': { basket_id: basket.id },
    'POST /v1/promotions/evaluate': { store_id: shop.store_id, currency: 'GBP', basket: { items: [] } },
    'POST /v1/promotions/suggestions': { store_id: shop.store_id, nodes: [] },
    'POST /v1/promotions/item_recommendations': { store_id: shop.store_id, items: [] },
  };
});

async function refundOf(of: Shop, order: OrderId): Promise<string> {
  const refunded = await env.BASKET.getByName(basketIdOfOrder(order)).requestRefund({
    ...{ staff: staffOf(of), refund_id: newRefundId(), body_hash: '' },
    ask: { kind: 'amount', amount: 100, reason: 'other' },
  });
  return unwrap(refunded).id;
}

function request(route: DescribedRoute, token?: string, other: Record<string, string> = {}): Promise<Reply> {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => other[name] ?? ids[name] ?? name);
  const body = bodies[route.name];
  const sent = {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
    ...(route.path.endsWith('/feed') ? { headers: { upgrade: 'websocket' } } : {}),
  };
  return call(route.method, path, sent, directly);
}

const tokenOf = (role: Role): Promise<string> =>
  role === 'shopper'
    ? shopperToken(shop)
    : cloudToken(role, { store: shop.store_id, ...(role === 'agent' ? { sub: agent } : {}) });

/** Both trips as their owner sees them. */
const belongings = async () =>
  Promise.all(
    [`/v1/baskets/${ids['basket_id']}`, `/v1/orders/${ids['order_id']}`].map(
      async (path) => (await call('GET', path, { token: guest.token }, directly)).json,
    ),
  );

test('every route is either public or has its roles, and the document says which', () => {
  expect(routes.map(({ name }) => name).sort()).toEqual(
    [...PUBLIC, ...PRINTERS, ...Object.keys(ROLES)].sort(),
  );
  for (const { name, operation } of routes) {
    const open = PUBLIC.includes(name);
    const security = PRINTERS.includes(name) ? [{ printer: [] }] : open ? [] : [{ bearer: [] }];
    expect(operation.security, name).toEqual(security);
    expect(operation['x-roles']?.toSorted(), name).toEqual(open ? undefined : ROLES[name]?.toSorted());
  }
});

describe.each(guarded)('$name', (route) => {
  it('is not for callers without a valid token', async () => {
    for (const token of [undefined, 'nonsense', `${guest.token}x`]) {
      const reply = await request(route, token);
      expect(await codeOf(401, reply)).toBe('unauthenticated');
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('is not for other roles', async () => {
    for (const role of Role.options.filter((one) => !rolesOf(route).includes(one)))
      expect(await codeOf(403, request(route, await tokenOf(role))), role).toBe('forbidden');
  });

  it('is hidden from everyone who is not of this store or this tenant', async () => {
    const before = await belongings();
    const elsewhere = StoreId.parse(`str_${crypto.randomUUID()}`);
    for (const role of rolesOf(route)) {
      const { shopper_id: sub } = guest;
      const strangers =
        role === 'shopper'
          ? [
              { sub, store: elsewhere },
              { sub, retailer: otherRetailer },
            ]
          : [
              { store: elsewhere },
              { store: shop.store_id, retailer: otherRetailer },
              { retailer: otherRetailer },
            ];
      for (const who of strangers) {
        const token = role === 'shopper' ? await shopperToken(shop, who) : await cloudToken(role, who);
        const { code } = await expectProblem(404, request(route, token));
        expect(['not_found', 'unknown_store'], `${role} ${JSON.stringify(who)}`).toContain(code);
      }
    }
    expect(await belongings()).toEqual(before);
  });

  if (idsIn(route).length > 0) {
    it('knows nothing at a path with an id that is none, or that is nobody’s', async () => {
      const [role = 'shopper'] = rolesOf(route);
      const tokens = [
        await tokenOf(role),
        ...(role === 'shopper' ? [guest.token] : [await cloudToken(role)]),
      ];
      for (const name of idsIn(route)) {
        const good = ids[name] ?? '';
        const bad = [
          'x',
          '17',
          good.slice(0, 4),
          `${good}0`,
          `%20${good}`,
          good.toUpperCase(),
          good.replace('_', '-'),
          'bsk_00000000-0000-0000-0000-000000000000',
          '%00',
          '%E0%A4%A',
          "'%20OR%201=1--",
          'a'.repeat(3_000),
          good.startsWith('lin_') ? 'lin_999' : good.replace(/[0-9a-f]{12}/, 'ffffffffffff'),
        ];
        for (const token of tokens)
          for (const id of bad)
            expect(await codeOf(404, request(route, token, { [name]: id })), `${name}=${id}`).toBe(
              'not_found',
            );
      }
    });
  }
});

/** Of whoever calls: another shopper meets her own. */
const OF_THE_CALLER = [
  'GET /v1/stores/{store_id}',
  'POST /v1/baskets',
  'GET /v1/saved_cards',
  'GET /v1/wishlist',
  'PUT /v1/wishlist/items/{item_id}',
];
const ofOneShopper = guarded.filter(
  (route) =>
    rolesOf(route).includes('shopper') &&
    !OF_THE_CALLER.includes(route.name) &&
    !route.path.startsWith('/v1/promotions/'),
);
it.each(ofOneShopper)('$name is hidden from another shopper of the same store', async (route) => {
  const before = await belongings();
  expect(await codeOf(404, request(route, await shopperToken(shop)))).toBe('not_found');
  expect(await belongings()).toEqual(before);
});

const readable = guarded.filter(({ method, path }) => method === 'GET' && !path.endsWith('/feed'));
it.each(readable)('$name is there for its roles', async (route) => {
  for (const role of rolesOf(route)) {
    const token = role === 'shopper' ? guest.token : await tokenOf(role);
    expect((await request(route, token)).status, role).toBe(200);
  }
  if (rolesOf(route).includes('admin'))
    expect((await request(route, await cloudToken('admin'))).status).toBe(200);
});
