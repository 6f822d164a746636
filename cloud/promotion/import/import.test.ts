import { createExecutionContext, env, SELF, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Gtin14 } from '../../../shared/catalog/gtin.ts';
import type { StoreId } from '../../../shared/ids/index.ts';
import {
  call,
  expectJson,
  expectProblem,
  item,
  newStore,
  newTenant,
  type Tenant,
} from '../../test/fixture.ts';
import { catalogVersion, create, documented, keysOf } from '../../test/promotions.ts';
import worker from '../../worker.ts';
import { ImportedEntry, PromotionImport } from './import_row.ts';

// A busy machine is not a failure.
vi.setConfig({ testTimeout: 120_000 });

let tenant: Tenant;
let store: StoreId;
beforeAll(async () => {
  tenant = await newTenant();
  store = await newStore(tenant, { currency: 'ILS' });
});

const Progress = z.strictObject({
  type: z.literal('progress'),
  id: z.string(),
  read_bytes: z.number(),
  entries: z.number(),
  accepted: z.number(),
  refused: z.number(),
});
const Report = z.strictObject({
  type: z.literal('report'),
  ...PromotionImport.omit({ started_at: true }).shape,
  skipped: z.array(ImportedEntry),
  skipped_more: z.boolean(),
});

interface Imported {
  progress: z.infer<typeof Progress>[];
  report: z.infer<typeof Report>;
}

function linesOf(text: string): Imported {
  const lines = text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  return {
    progress: lines.slice(0, -1).map((line) => Progress.parse(line)),
    report: Report.parse(lines.at(-1)),
  };
}

/** Sends a file in pieces and reads the answer whole. */
async function send(query: string, file: string, token = tenant.admin): Promise<Imported> {
  const reply = await call('POST', `/v1/promotion_imports?${query}`, {
    token,
    raw: new Blob([file]).stream(),
    headers: { 'content-type': 'application/octet-stream' },
  });
  if (reply.status !== 200) throw new Error(reply.text);
  expect(reply.headers.get('content-type')).toBe('application/x-ndjson');
  return linesOf(reply.text);
}

const ndjson = (...entries: unknown[]) => `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`;
const counts = ({ report: { created, updated, unchanged, refused, ended } }: Imported) => ({
  created,
  updated,
  unchanged,
  refused,
  ended,
});
const shown = (id: string) =>
  expectJson(PromotionImport, 200, call('GET', `/v1/promotion_imports/${id}`, { token: tenant.admin }));

describe('an import', () => {
  it('writes what it can, names what it cannot by line, and changes nothing the second time', async () => {
    const before = await catalogVersion(tenant);
    const file = `${ndjson(documented('J1'), documented('J2'))}{"broken": \n${ndjson(documented('J3'), documented('J4', { family: 'c' }))}`;
    const first = await send(`format=json&store_id=${store}`, file);
    expect(counts(first)).toEqual({ created: 3, updated: 0, unchanged: 0, refused: 2, ended: 0 });
    expect(first.report).toMatchObject({
      state: 'finished',
      entries: 5,
      file_problem: null,
      skipped_more: false,
    });
    expect(first.report.skipped.map(({ position, line, key }) => [position, line, key])).toEqual([
      [3, 3, ''],
      [5, 5, 'J4'],
    ]);
    expect(first.report.skipped[1]?.problems).toMatchObject([{ path: '/groups', code: 'custom' }]);
    expect(first.report.read_bytes).toBe(file.length);
    expect(await keysOf(tenant, `/v1/promotions/store/${store}`)).toEqual(['J1', 'J2', 'J3']);
    expect(await catalogVersion(tenant)).toBe(before + 1);

    const second = await send(`format=json&store_id=${store}`, file);
    expect(counts(second)).toEqual({ created: 0, updated: 0, unchanged: 3, refused: 2, ended: 0 });
    const edited = file.replace('Offer J2', 'Better offer');
    expect(counts(await send(`format=json&store_id=${store}`, edited))).toMatchObject({
      updated: 1,
      unchanged: 2,
    });
    expect(await catalogVersion(tenant)).toBe(before + 2);

    const { started_at, ...kept } = await shown(first.report.id);
    const { type: _, skipped, skipped_more: _more, ...report } = first.report;
    expect(kept).toEqual(report);
    expect(started_at <= (kept.finished_at ?? '')).toBe(true);
    const path = `/v1/promotion_imports/${kept.id}/entries`;
    const page = z.object({ data: z.array(ImportedEntry), has_more: z.boolean() });
    const one = await expectJson(page, 200, call('GET', `${path}?limit=1`, { token: tenant.admin }));
    expect(one).toEqual({ data: [skipped[0]], has_more: true });
    const rest = call('GET', `${path}?starting_after=3`, { token: tenant.admin });
    expect(await expectJson(page, 200, rest)).toEqual({ data: [skipped[1]], has_more: false });
    const list = await expectJson(
      z.object({ data: z.array(PromotionImport) }),
      200,
      call('GET', '/v1/promotion_imports?limit=2', { token: tenant.admin }),
    );
    expect(list.data.map(({ updated }) => updated)).toEqual([1, 0]);
    const stranger = (await newTenant()).admin;
    for (const hidden of [path, `/v1/promotion_imports/${kept.id}`])
      expect((await expectProblem(404, call('GET', hidden, { token: stranger }))).code).toBe('not_found');
  });

  it('takes its stores from the file, and never overwrites what was made otherwise', async () => {
    const shop = await newTenant();
    const [here, there] = [await newStore(shop), await newStore(shop, { name: 'There' })];
    await create(shop, documented('mine', { store_ids: [here] }));
    const file = ndjson(
      documented('mine'),
      documented('here', { stores: [here] }),
      documented('all'),
      documented('branch', { stores: ['014'] }),
    );
    const imported = await send('format=json', file, shop.admin);
    expect(counts(imported)).toMatchObject({ created: 2, refused: 2 });
    expect(
      imported.report.skipped.map(({ key, problems }) => [key, problems.map(({ code }) => code)]),
    ).toEqual([
      ['mine', ['duplicate_key']],
      ['branch', ['unknown_store']],
    ]);
    expect(await keysOf(shop, `/v1/promotions/store/${there}`)).toEqual(['all']);
    // The same keys in the file of a store are promotions of their own.
    const own = await send(`format=json&store_id=${there}`, ndjson(documented('here')), shop.admin);
    expect(counts(own)).toMatchObject({ created: 1 });
    expect(await keysOf(shop, `/v1/promotions/store/${there}`)).toEqual(['all', 'here']);
  });

  it('that replaces ends what earlier files of its source had', async () => {
    const shop = await newTenant();
    const here = await newStore(shop);
    await create(shop, documented('mine', { store_ids: [here] }));
    const replace = (...entries: unknown[]) =>
      send(`format=json&store_id=${here}&mode=replace`, ndjson(...entries), shop.admin);
    await send('format=json', ndjson(documented('other source')), shop.admin);
    expect(counts(await replace(documented('a'), documented('b'), documented('c')))).toMatchObject({
      created: 3,
    });
    const broken = { ...documented('b'), family: 'z' };
    expect(counts(await replace(documented('a'), broken))).toEqual({
      created: 0,
      updated: 0,
      unchanged: 1,
      refused: 1,
      ended: 1,
    });
    const path = `/v1/promotions/store/${here}`;
    expect(await keysOf(shop, path)).toEqual(['a', 'b', 'mine', 'other source']);
    // A file that is not sure to be whole ends nothing.
    for (const file of ['', '{"no": "key"}\n', `${ndjson(documented('a'))}[`]) {
      const { report } = await send(`format=json&store_id=${here}&mode=replace`, file, shop.admin);
      expect(report.ended, file).toBe(0);
      expect(
        report.notes.length + (report.file_problem === null ? 0 : 1) + report.refused,
        file,
      ).toBeGreaterThan(0);
    }
    expect(await keysOf(shop, path)).toEqual(['a', 'b', 'mine', 'other source']);
    // What comes back is live again.
    expect(counts(await replace(documented('c')))).toMatchObject({ updated: 1, ended: 2 });
    expect(await keysOf(shop, path)).toEqual(['c', 'mine', 'other source']);
  });

  it('finds the SKUs of item codes in any of their spellings', async () => {
    const shop = await newTenant();
    const here = await newStore(shop, { currency: 'ILS' });
    const items = [
      item({ sku: 'MILK', gtins: [Gtin14.parse('07290000000015')] }),
      item({ sku: 'MUG', codes: ['X-44'] }),
      item({ sku: '12345' }),
    ];
    await call('PUT', '/v1/items', { token: shop.admin, body: { items } });
    const promo = (id: number, ...codes: string[]) =>
      `<Promotion><PromotionId>${id}</PromotionId><PromotionDescription>שניים ב-10</PromotionDescription><RewardType>1</RewardType><MinQty>2.00</MinQty><DiscountedPrice>10.00</DiscountedPrice><PromotionItems>${codes.map((code) => `<Item><ItemCode>${code}</ItemCode><ItemType>1</ItemType></Item>`).join('')}</PromotionItems><Clubs><ClubId>0</ClubId></Clubs></Promotion>`;
    const file = `<Root><ChainId>7290000000008</ChainId><StoreId>014</StoreId><Promotions>${promo(1, '7290000000015', 'X-44', '12345', '999')}${promo(2, '999')}</Promotions></Root>`;
    const imported = await send(`format=promofull&store_id=${here}`, file, shop.admin);
    expect(counts(imported)).toMatchObject({ created: 1, refused: 1 });
    expect(
      imported.report.skipped.map(({ key, problems }) => [key, problems.map(({ code }) => code)]),
    ).toEqual([['2', ['no_known_item']]]);
    const made = await call('GET', `/v1/promotions/${here}/1`, { token: shop.admin });
    expect(made.json).toMatchObject({
      title: 'שניים ב-10',
      family: 'easy',
      discount_type: 'fixed',
      discount_value: 1000,
      groups: [{ minimum: 2, nodes: [{ node_id: 'MILK' }, { node_id: 'MUG' }, { node_id: '12345' }] }],
    });
    const entries = await call('GET', `/v1/promotion_imports/${imported.report.id}/entries`, {
      token: shop.admin,
    });
    expect(entries.json).toMatchObject({
      data: [{ key: '1', notes: [{ code: 'unknown_items' }] }, { key: '2' }],
    });
  });

  it('is refused before it is read where it cannot be', async () => {
    const post = (query: string, raw: BodyInit = '') =>
      call('POST', `/v1/promotion_imports?${query}`, { token: tenant.admin, raw });
    expect((await expectProblem(422, post('format=xls'))).errors?.[0]?.path).toBe('/format');
    expect((await expectProblem(404, post(`format=json&store_id=str_${crypto.randomUUID()}`))).code).toBe(
      'not_found',
    );
    const shop = await newTenant();
    await newStore(shop);
    await newStore(shop, { currency: 'ILS' });
    const two = call('POST', '/v1/promotion_imports?format=csv', { token: shop.admin, raw: '' });
    expect((await expectProblem(422, two)).errors?.[0]?.code).toBe('several_currencies');
  });

  it('stops at the bounds of a file; what came before stands', async () => {
    const shop = await newTenant();
    const here = await newStore(shop);
    const filler = new TextEncoder().encode(`"${'x'.repeat(1024 * 1024)}"\n`);
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(ndjson(documented('first'))));
        for (let i = 0; i < 33; i++) controller.enqueue(filler);
        controller.close();
      },
    });
    const reply = await call('POST', `/v1/promotion_imports?format=json&store_id=${here}`, {
      token: shop.admin,
      raw: body,
    });
    const { report } = linesOf(reply.text);
    expect(report).toMatchObject({ state: 'failed', file_problem: { code: 'file_too_big' } });
    expect(report.created).toBe(1);
    const tooLong = call('POST', '/v1/promotion_imports?format=json', {
      token: shop.admin,
      raw: new Uint8Array(33 * 1024 * 1024),
    });
    expect((await expectProblem(413, tooLong)).code).toBe('body_too_large');
  });
});

describe('an import that dies', () => {
  it('with its listener is interrupted, and the same file again finishes it', async () => {
    const shop = await newTenant();
    const here = await newStore(shop);
    const all = Array.from({ length: 1_200 }, (_, i) => documented(`D${i}`));
    const path = `https://cloud.test/v1/promotion_imports?format=json&store_id=${here}`;
    const reply = await SELF.fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.admin}` },
      body: ndjson(...all),
    });
    const reader = reply.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    const state = async () =>
      env.DB.prepare('SELECT state, created FROM promotion_import WHERE retailer_id = ? ORDER BY id')
        .bind(shop.retailer_id)
        .first<{ state: string; created: number }>();
    const left = await state();
    expect(left?.created).toBeLessThan(1_200);
    const again = await send(`format=json&store_id=${here}`, ndjson(...all), shop.admin);
    const { created, unchanged } = again.report;
    expect(created + unchanged).toBe(1_200);
    expect(unchanged).toBeGreaterThanOrEqual(left?.created ?? 0);
    expect((await state())?.state).toBe('interrupted');
    const count = env.DB.prepare('SELECT count(*) AS n FROM promotion WHERE retailer_id = ?');
    expect(await count.bind(shop.retailer_id).first<number>('n')).toBe(1_200);
  });

  it('because a newer one of its source has begun writes nothing more', async () => {
    const shop = await newTenant();
    const here = await newStore(shop);
    const count = async () =>
      env.DB.prepare('SELECT count(*) AS n FROM promotion WHERE retailer_id = ?')
        .bind(shop.retailer_id)
        .first<number>('n');
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const write = (from: number) =>
      writer.write(
        new TextEncoder().encode(
          ndjson(...Array.from({ length: 600 }, (_, i) => documented(`N${from + i}`))),
        ),
      );
    const older = call('POST', `/v1/promotion_imports?format=json&store_id=${here}`, {
      token: shop.admin,
      raw: readable,
    });
    await write(0);
    await vi.waitFor(async () => expect(await count()).toBe(500), { timeout: 30_000 });
    expect(
      counts(await send(`format=json&store_id=${here}`, ndjson(documented('newer')), shop.admin)),
    ).toMatchObject({
      created: 1,
    });
    // The older one lets go of its body, so that the rest may find nobody to read it.
    await write(600).catch(() => undefined);
    await writer.close().catch(() => undefined);
    const { report } = linesOf((await older).text);
    expect(report).toMatchObject({ state: 'interrupted', created: 500 });
    expect(await count()).toBe(501);
  });

  it('in silence is interrupted by the scheduled run', async () => {
    const at = (ms: number) => new Date(Date.now() - ms).toISOString();
    const insert = env.DB.prepare(
      `INSERT INTO promotion_import (retailer_id, id, format, mode, source, state, started_at, touched_at) VALUES (?, ?, 'json', 'merge', ?, 'running', ?, ?)`,
    );
    await env.DB.batch([
      insert.bind(tenant.retailer_id, 'pim_silent', 'a', at(7_200_000), at(3_600_000)),
      insert.bind(tenant.retailer_id, 'pim_busy', 'b', at(7_200_000), at(1_000)),
    ]);
    const context = createExecutionContext();
    await worker.scheduled({ scheduledTime: Date.now(), cron: '* * * * *', noRetry: () => undefined }, env);
    await waitOnExecutionContext(context);
    expect((await shown('pim_silent')).state).toBe('interrupted');
    expect((await shown('pim_busy')).state).toBe('running');
  });
});

describe('a large import', () => {
  it('brings two thousand promotions over seven and a half thousand items', async () => {
    const shop = await newTenant();
    const here = await newStore(shop, { currency: 'ILS' });
    const gtin = (n: number) => `0729${String(n).padStart(9, '0')}`;
    const items = Array.from({ length: 7_500 }, (_, n) =>
      item({ sku: `S${n}`, gtins: [], codes: [gtin(n)], unit_price: 100 + n }),
    );
    for (let i = 0; i < items.length; i += 500)
      await expectJson(
        z.unknown(),
        200,
        call('PUT', '/v1/items', { token: shop.admin, body: { items: items.slice(i, i + 500) } }),
      );
    const promotions = Array.from({ length: 2_000 }, (_, p) => {
      const list = Array.from(
        { length: 12 },
        (_, i) =>
          `<Item><ItemCode>${gtin((p * 13 + i * 611) % 7_500)}</ItemCode><ItemType>0</ItemType></Item>`,
      );
      return `<Promotion><PromotionId>${p}</PromotionId><PromotionDescription>Two of ${p}</PromotionDescription><RewardType>1</RewardType><MinQty>2</MinQty><DiscountedPrice>${10 + (p % 90)}.90</DiscountedPrice><PromotionItems>${list.join('')}</PromotionItems></Promotion>`;
    });
    const file = `<Root><ChainId>7290000000008</ChainId><StoreId>014</StoreId><Promotions>${promotions.join('\n')}</Promotions></Root>`;
    const times: number[] = [];
    for (const expected of [{ created: 2_000 }, { unchanged: 2_000 }]) {
      const started = performance.now();
      const imported = await send(`format=promofull&store_id=${here}&mode=replace`, file, shop.admin);
      times.push(performance.now() - started);
      expect(counts(imported)).toEqual({
        created: 0,
        updated: 0,
        unchanged: 0,
        refused: 0,
        ended: 0,
        ...expected,
      });
      expect(imported.progress.length).toBeGreaterThan(2);
      expect(imported.progress.at(-1)?.entries).toBeGreaterThan(0);
    }
    const [first = 0, second = 0] = times.map((ms) => Math.round(ms));
    console.info(`2,000 promotions, ${Math.round(file.length / 1024)} KiB: ${first} ms; again: ${second} ms`);
    const one = await call('GET', `/v1/promotions/${here}/1999`, { token: shop.admin });
    expect(
      z.object({ groups: z.array(z.object({ nodes: z.array(z.unknown()) })) }).parse(one.json).groups[0]
        ?.nodes,
    ).toHaveLength(12);
  }, 120_000);
});
