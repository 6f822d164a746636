import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ScanTestAnswer } from '../../shared/api/scan_test.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import {
  call,
  expectJson,
  expectProblem,
  item,
  newStore,
  newTenant,
  settings,
  type Tenant,
} from '../test/fixture.ts';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant();
});

const tryCode = (store: StoreId, body: object, token = tenant.admin) =>
  call('POST', `/v1/stores/${store}/scan_tests`, { token, body });
const put = (path: string, body: unknown) =>
  expectJson(z.looseObject({}), 200, call('PUT', path, { token: tenant.admin, body }));
const publish = (store: StoreId) =>
  expectJson(
    z.looseObject({}),
    201,
    call('POST', `/v1/stores/${store}/publications`, { token: tenant.admin }),
  );

it('asks the store itself, with the rules that were published to it', async () => {
  const store = await newStore(tenant);
  await expectProblem(409, tryCode(store, { code: '2812345012505' }));
  await put('/v1/items', {
    items: [item({ sku: '12345', name: 'Apples', sold_by: 'weight', unit_price: 799 })],
  });
  await publish(store);
  const before = await expectJson(ScanTestAnswer, 200, tryCode(store, { code: '2812345012505' }));
  expect(before.scans[0]?.outcome).toMatchObject({ kind: 'refused', problem: { code: 'unknown_item' } });

  const { policies, ...rest } = settings();
  const scan = { ...policies.scan, embedded_templates: ['28IIIIIWWWWWC'], multi_scan_separator: ',' };
  await put(`/v1/stores/${store}`, { ...rest, policies: { ...policies, scan } });
  await publish(store);
  const after = await expectJson(
    ScanTestAnswer,
    200,
    tryCode(store, { code: '2812345012505,5901234123456' }),
  );
  expect(after).toMatchObject({ currency: 'GBP', shelf_version: 2 });
  expect(after.scans.map(({ outcome }) => outcome.sentence)).toEqual([
    'Apples for £9.99.',
    'The check digit does not match: it was misread or mistyped.',
  ]);
});

it('is for the store’s staff, and takes no rule that makes no sense', async () => {
  const store = await newStore(tenant);
  const stranger = await newTenant();
  await expectProblem(404, tryCode(store, { code: '1' }, stranger.admin));
  await expectProblem(422, tryCode(store, { code: '' }));
  await expectProblem(422, tryCode(store, { code: '1', source: 'thought' }));
  const { policies, ...rest } = settings();
  for (const wrong of [{ embedded_templates: ['28IIIII'] }, { rtc: { length: 26 } }, { max_len: 3 }]) {
    const body = { ...rest, policies: { ...policies, scan: { ...policies.scan, ...wrong } } };
    await expectProblem(422, call('PUT', `/v1/stores/${store}`, { token: tenant.admin, body }));
  }
});
