import { describe, expect, it } from 'vitest';
import { businessDate } from '../../shared/basket/business_date.ts';
import { unwrap } from '../../shared/result.ts';
import {
  begin,
  bodyOf,
  COLA,
  codeOf,
  item,
  objectOf,
  openShop,
  payWith,
  publish,
  scanCode,
  sqlOf,
} from './test/fixture.ts';
import { askRefund } from './test/refunds.ts';

const RUM = 'RUM';
const openDutyFree = async () => {
  const quota = { id: 'spirits', period: 'daily', limit: 4_000, unit: 'ml' };
  const quotas = [{ ...quota, items: [{ categories: ['Spirits'], units_per_item: 1_000 }] }];
  const shop = await openShop({ basket: { quotas } });
  await publish(shop, 2, [item(1, RUM, 1_500, { category: ['Spirits'] }), item(2, COLA, 574)]);
  return shop;
};

/** A boarding pass of today. */
function pass(name = 'DOE/JANE', days = 0): string {
  const day = Date.parse(businessDate(Date.now(), 'Europe/London', 0)) + days * 86_400_000;
  const ofYear = (day - Date.UTC(new Date(day).getUTCFullYear(), 0, 0)) / 86_400_000;
  const flight = `LHRCPHSK 0501 ${String(ofYear).padStart(3, '0')}Y012C0007 100`;
  return `M1${name.padEnd(20)}EABC123 ${flight}`;
}

describe('a store with quotas', () => {
  it('wants a boarding pass of about today for goods that they count, and for no others', async () => {
    const shop = await openDutyFree();
    const w = await begin(shop);
    bodyOf(await scanCode(w, RUM));
    const open = (boarding_pass?: string) => objectOf(w).openOrder(w.call(), { boarding_pass });
    expect(codeOf(await open())).toBe('boarding_pass_needed');
    expect(codeOf(await open('none'))).toBe('boarding_pass_refused');
    expect(codeOf(await open(pass('DOE/JANE', 9)))).toBe('boarding_pass_refused');
    unwrap(await open(pass()));
    const [{ traveller } = {}] = await sqlOf(w, 'SELECT traveller FROM orders');
    expect(traveller).toMatch(/^[0-9a-f]{64}$/);

    const plain = await begin(shop);
    bodyOf(await scanCode(plain, COLA));
    unwrap(await objectOf(plain).openOrder(plain.call()));
  });

  it('warns of a basket that is too much for anybody', async () => {
    const w = await begin(await openDutyFree());
    expect(bodyOf(await scanCode(w, RUM, 4)).basket.warnings ?? []).toEqual([]);
    expect(bodyOf(await scanCode(w, RUM)).basket.warnings).toEqual([
      { code: 'quota_exceeded', quota_id: 'spirits', available: 4 },
    ]);
  });

  it('lets one of two baskets of a traveller pass that are paid at the same time', async () => {
    const shop = await openDutyFree();
    const walks = await Promise.all([begin(shop), begin(shop)]);
    for (const w of walks) bodyOf(await scanCode(w, RUM, 3));
    const opened = await Promise.all(
      walks.map((w) => objectOf(w).openOrder(w.call(), { boarding_pass: pass() })),
    );
    expect(opened.map(codeOf).sort()).toEqual(['ok', 'quota_exceeded']);
    const refused = opened.find(({ ok }) => !ok);
    expect(refused).toMatchObject({ error: { quota: { limit: 4_000, used: 3_000, allowed: 1 } } });
    const first = walks[opened.findIndex(({ ok }) => ok)];
    const second = walks[opened.findIndex(({ ok }) => !ok)];
    if (first === undefined || second === undefined) throw new Error('one of each');
    // The other basket is open again; what the first gives back it may have.
    bodyOf(await payWith(first, 'card'));
    unwrap(
      await askRefund(first, {
        kind: 'lines',
        lines: [{ line_id: 'lin_1', quantity: 2, return_to_stock: true }],
      }),
    );
    unwrap(await objectOf(second).openOrder(second.call(), { boarding_pass: pass() }));
  });
});
