import { z } from 'zod';
import { StoredPromotion } from '../promotion/held.ts';
import { call, expectJson, type Tenant } from './fixture.ts';

/** A promotion in the documented words: `off` percent off one unit of the SKU. */
export const documented = (key: string, more: object = {}) => ({
  promo_id_retailer: key,
  family: 'e',
  title: `Offer ${key}`,
  discount_type: 'p',
  discount_value: '10.00',
  promo_groups: [
    { name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'SKU-1', node_type: 'i' }] },
  ],
  ...more,
});

export const create = (tenant: Tenant, document: object) =>
  expectJson(StoredPromotion, 201, call('POST', '/v1/promotions', { token: tenant.admin, body: document }));

export const read = (tenant: Tenant, id: string) =>
  expectJson(StoredPromotion, 200, call('GET', `/v1/promotions/${id}`, { token: tenant.admin }));

const Listed = z.object({ data: z.array(StoredPromotion), has_more: z.boolean() });

/** The keys of a list of promotions, sorted. */
export async function keysOf(tenant: Tenant, path: string): Promise<string[]> {
  const { data } = await expectJson(Listed, 200, call('GET', path, { token: tenant.admin }));
  return data.map(({ retailer_promotion_id }) => retailer_promotion_id ?? '').sort();
}

export async function catalogVersion(tenant: Tenant): Promise<number> {
  const answer = await expectJson(
    z.object({ catalog_version: z.number() }),
    200,
    call('GET', '/v1/promotion_catalog', { token: tenant.admin }),
  );
  return answer.catalog_version;
}
