import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Gtin14 } from '../../shared/catalog/gtin.ts';
import {
  call,
  epc,
  expectJson,
  expectProblem,
  item,
  newStore,
  newTenant,
  type Tenant,
} from '../test/fixture.ts';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant();
});

const put = (path: string, body: unknown) =>
  expectJson(z.looseObject({}), 200, call('PUT', path, { token: tenant.admin, body }));

describe('items', () => {
  const Items = z.object({
    data: z.array(z.looseObject({ id: z.string(), name: z.string() })),
    has_more: z.boolean(),
  });
  const find = async (q: string, token = tenant.admin) =>
    (
      await expectJson(Items, 200, call('GET', `/v1/items?limit=100&q=${encodeURIComponent(q)}`, { token }))
    ).data.map(({ name }) => name);

  beforeAll(async () => {
    tenant = await newTenant();
    const gtins = [Gtin14.parse('09521234000013')];
    await put('/v1/items', { items: [item({ sku: 'OAT-1', name: 'Oat biscuits', gtins })] });
    await put('/v1/items', {
      items: [
        item({ sku: 'OAT-2', name: '100% oat milk' }),
        item({ sku: 'TEA-1', name: 'Black tea', codes: ['house-17'] }),
      ],
    });
  });

  it('are found by a part of the name, the beginning of the SKU, or a code of any length', async () => {
    expect(await find('OAT')).toEqual(['100% oat milk', 'Oat biscuits']);
    expect(await find('biscuit')).toEqual(['Oat biscuits']);
    expect(await find('TEA-')).toEqual(['Black tea']);
    expect(await find('house-17')).toEqual(['Black tea']);
    expect(await find('9521234000013')).toEqual(['Oat biscuits']);
    expect(await find('09521234000013')).toEqual(['Oat biscuits']);
    expect(await find('%')).toEqual(['100% oat milk']);
    expect(await find('_')).toEqual([]);
    expect(await find('coffee')).toEqual([]);
    expect(await find('oat', (await newTenant()).admin)).toEqual([]);
  });

  it('may exchange their SKUs, and lose codes that they no longer have', async () => {
    const a = item({ sku: 'A', name: 'Anise', codes: ['old'] });
    const b = item({ sku: 'B', name: 'Basil' });
    await put('/v1/items', { items: [a, b] });
    await put('/v1/items', {
      items: [
        { ...a, sku: 'B', codes: ['new'] },
        { ...b, sku: 'A' },
      ],
    });
    const read = await expectJson(
      z.looseObject({}),
      200,
      call('GET', `/v1/items/${a.id}`, { token: tenant.admin }),
    );
    expect(read).toEqual({ ...a, sku: 'B', codes: ['new'] });
    expect(await find('old')).toEqual([]);
    expect(await find('new')).toEqual(['Anise']);
  });

  it('are refused together, and every reason is named', async () => {
    const taken = item({ sku: 'TAKEN' });
    await put('/v1/items', { items: [taken] });
    const twice = item({ sku: 'TWICE' });
    const items = [
      item({ sku: 'TAKEN' }),
      twice,
      { ...item(), sku: 'TWICE' },
      { ...item({ sku: 'X' }), id: twice.id },
      item({ name: 'Innocent' }),
    ];
    const { errors } = await expectProblem(
      422,
      call('PUT', '/v1/items', { token: tenant.admin, body: { items } }),
    );
    expect(errors?.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      '/items/0/sku taken',
      '/items/2/sku duplicate',
      '/items/3/id duplicate',
    ]);
    expect(await find('Innocent')).toEqual([]);
    const bad = { items: [item(), { ...item(), unit_price: 1.5 }, { ...item(), colour: 'red' }] };
    const shape = await expectProblem(422, call('PUT', '/v1/items', { token: tenant.admin, body: bad }));
    expect(shape.errors?.map(({ path }) => path)).toEqual(['/items/1/unit_price', '/items/2/colour']);
  });

  it('may have add-ons, a deposit, a pack and ways of being sold', async () => {
    const cheese = item({ kind: 'addon' });
    const group = { id: 'g', name: 'Cheese', min: 1, max: 2, item_ids: [cheese.id] };
    const deposit = { name: 'Pfand', sku: '1661890', amount: 25, tax_code: 'standard', containers: 1 };
    const whole = item({
      kind: 'with_addons',
      addon_groups: [group],
      units_per_pack: 6,
      deposit,
      selling_modes: ['click_and_collect'],
      quick_item: true,
      requires_approval: true,
    });
    await put('/v1/items', { items: [cheese, whole] });
    const read = call('GET', `/v1/items/${whole.id}`, { token: tenant.admin });
    expect(await expectJson(z.looseObject({}), 200, read)).toEqual(whole);
    const refused = async (more: object) => {
      const body = { items: [{ ...item(), ...more }] };
      const { errors } = await expectProblem(422, call('PUT', '/v1/items', { token: tenant.admin, body }));
      return errors?.map(({ path }) => path);
    };
    expect(await refused({ addon_groups: [{ ...group, min: 3 }] })).toEqual(['/items/0/addon_groups/0/min']);
    expect(await refused({ deposit: { ...deposit, colour: 'green' } })).toEqual(['/items/0/deposit/colour']);
    expect(await refused({ addon_groups: [{ ...group, least: 1 }] })).toEqual([
      '/items/0/addon_groups/0/least',
    ]);
  });

  it('come at most five hundred at a time', async () => {
    const items = Array.from({ length: 501 }, () => item());
    expect(
      (await expectProblem(422, call('PUT', '/v1/items', { token: tenant.admin, body: { items } })))
        .errors?.[0]?.path,
    ).toBe('/items');
  });
});

describe('tags and promotions', () => {
  it('are refused together, and every reason is named', async () => {
    const store = await newStore(tenant);
    const one = item();
    await put('/v1/items', { items: [one] });
    const tags = [
      { epc: epc(1), item_id: one.id },
      { epc: epc(1).toLowerCase(), item_id: one.id },
      { epc: 'XYZ', item_id: one.id },
      { epc: epc(2), item_id: item().id },
    ];
    const { errors } = await expectProblem(
      422,
      call('PUT', `/v1/stores/${store}/tags`, { token: tenant.admin, body: { tags } }),
    );
    expect(errors?.map(({ path, code }) => `${path} ${code}`)).toEqual([
      '/tags/1/epc duplicate',
      '/tags/2/epc bad_epc',
      '/tags/3/item_id unknown_item',
    ]);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM tag WHERE store_id = ?').bind(store).first<number>('n'),
    ).toBe(0);

    const groups = [{ name: 'g1', minimum: 1, nodes: [{ node_id: one.sku }] }];
    const promotions = [
      { id: 'prm_1', groups },
      { id: 'prm_1', groups },
      { id: 'prm_2', groups: [] },
      { id: 'prm_3', groups, store_ids: [`str_${crypto.randomUUID()}`] },
    ];
    const refused = await expectProblem(
      422,
      call('PUT', '/v1/promotions', { token: tenant.admin, body: { promotions } }),
    );
    expect(new Set(refused.errors?.map(({ path }) => path))).toEqual(
      new Set(['/promotions/1/id', '/promotions/2/groups', '/promotions/3/store_ids/0']),
    );
    expect((await call('GET', '/v1/promotions/prm_1', { token: tenant.admin })).status).toBe(404);
  });

  it('of a promotion in the documented words are kept in ours', async () => {
    const documented = {
      ksuid: 'prm_doc',
      family: 'e',
      title: 'Ten off',
      discount_type: 'p',
      discount_value: '10.00',
      promo_groups: [
        { name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'S1', node_type: 'i' }] },
      ],
    };
    await put('/v1/promotions', { promotions: [documented] });
    const kept = await expectJson(
      z.looseObject({}),
      200,
      call('GET', '/v1/promotions/prm_doc', { token: tenant.admin }),
    );
    expect(kept).toMatchObject({
      id: 'prm_doc',
      family: 'easy',
      discount_type: 'percent',
      discount_value: 1000,
      store_ids: null,
    });
  });
});
