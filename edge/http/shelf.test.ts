import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Item } from '../../shared/catalog/item.ts';
import { unwrap } from '../../shared/result.ts';
import { deviceOf, openShop, publish, type Shop, shelf, storeOf } from '../basket/test/fixture.ts';
import { SHELF_PAGE_CHARACTERS_MAX } from '../store/offline/shelf_page.ts';
import { call, cloudToken, codeOf, expectJson, type Sent } from './test/fixture.ts';

const agent = `agt_${crypto.randomUUID()}`;
const Page = z.strictObject({
  version: z.number(),
  catalog_version: z.number(),
  items: z.array(Item),
  promotions: z.array(z.looseObject({ id: z.string() })),
  next: z.string().nullable(),
});
type Page = z.infer<typeof Page>;

let shop: Shop;
let token: string;
const open = async (): Promise<Shop> => openShop({}, { devices: [deviceOf(agent, 'agent')] });
beforeAll(async () => {
  shop = await open();
  token = await cloudToken('agent', { sub: agent, store: shop.store_id });
});

const read = (query = '', sent: Sent = {}, of: Shop = shop) =>
  call('GET', `/v1/stores/${of.store_id}/shelf${query}`, { token, ...sent });

async function wholeShelf(of: Shop, bearer: string, limit: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const pinned = pages[0] === undefined ? '' : `&version=${pages[0].version}`;
    const query = `?limit=${limit}&after=${after}${pinned}`;
    const page: Page = await expectJson(Page, 200, read(query, { token: bearer }, of));
    pages.push(page);
    after = page.next;
  }
  return pages;
}

describe('the shelf', () => {
  it('comes whole in pages of any size, items first, each thing once', async () => {
    for (const limit of [1, 3, 8, 500]) {
      const pages = await wholeShelf(shop, token, limit);
      expect(pages.flatMap(({ items }) => items)).toEqual(shelf());
      expect(pages.flatMap(({ promotions }) => promotions.map(({ id }) => id))).toEqual(['two-colas']);
      expect(Math.max(...pages.map(({ items }) => items.length))).toBeLessThanOrEqual(limit);
    }
  });

  it('of a large shop comes in a few pages of bounded size, promotions among them', async () => {
    const large = await open();
    const bearer = await cloudToken('agent', { sub: agent, store: large.store_id });
    const count = 7_500;
    const [model] = shelf();
    const name = 'A name as long as names in a shop are';
    for (let part = 0; part * 500 < count; part++) {
      const items = Array.from({ length: 500 }, (_, i): Item => {
        const n = part * 500 + i;
        const id = `itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
        return Item.parse({ ...model, id, sku: `S${n}`, codes: [`C${n}`], name });
      });
      unwrap(await storeOf(large).stageShelf({ version: 2, part, items }));
    }
    const documents = Array.from({ length: 400 }, (_, n) => ({ id: `p${n}`, text: 'x'.repeat(2_000) }));
    for (let part = 0; part < 2; part++) {
      const some = documents.slice(part * 200, part * 200 + 200);
      const promotions = JSON.stringify(some);
      unwrap(await storeOf(large).stagePromotions({ version: 2, part, count: some.length, promotions }));
    }
    const parts = count / 500;
    unwrap(await storeOf(large).swapShelf({ version: 2, parts, promotion_parts: 2, catalog_version: 5 }));

    const pages = await wholeShelf(large, bearer, 500);
    expect(pages.length).toBeLessThanOrEqual(17);
    for (const page of pages)
      expect(JSON.stringify(page).length).toBeLessThan(SHELF_PAGE_CHARACTERS_MAX + 100_000);
    expect(new Set(pages.flatMap(({ items }) => items.map(({ sku }) => sku))).size).toBe(count);
    expect(pages.flatMap(({ promotions }) => promotions)).toEqual(documents);
    expect(pages.at(-1)).toMatchObject({ version: 2, catalog_version: 5 });
  });

  it('is refused in a version that sells no more: the pages of two versions make no shelf', async () => {
    const own = await open();
    const bearer = await cloudToken('agent', { sub: agent, store: own.store_id });
    const first = await expectJson(Page, 200, read('?limit=2', { token: bearer }, own));
    await publish(own, 2, shelf({ cola: 999 }));
    const next = `?limit=2&version=${first.version}&after=${first.next}`;
    expect(await codeOf(404, read(next, { token: bearer }, own))).toBe('not_found');
    expect(await codeOf(404, read('?version=3', { token: bearer }, own))).toBe('not_found');
    const [begun] = await wholeShelf(own, bearer, 500);
    expect(begun).toMatchObject({ version: 2, items: expect.arrayContaining([shelf({ cola: 999 })[0]]) });
  });

  it('is not sent again to who has that very page', async () => {
    const first = await read('?limit=2');
    const etag = first.headers.get('etag') ?? '';
    const again = await read('?limit=2', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await read('?limit=3', { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it('is compressed for who says it can read that', async () => {
    const packed = await read('', { headers: { 'accept-encoding': 'br, gzip' } });
    expect(Page.parse(packed.json).items).toEqual(shelf());
    expect(
      (await read('', { headers: { 'accept-encoding': 'identity' } })).headers.get('content-encoding'),
    ).toBe(null);
  });

  it('does not take a cursor or a limit that is none', async () => {
    for (const query of ['?limit=0', '?limit=501', '?version=-1', '?version=x', `?after=${'x'.repeat(201)}`])
      expect(await codeOf(422, read(query)), query).toBe('invalid');
    const past = await expectJson(Page, 200, read('?after=promotions:7'));
    expect(past).toMatchObject({ items: [], promotions: [], next: null });
  });
});
