import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OrderId } from '../../shared/ids/index.ts';
import { call, expectJson, expectProblem, newStore, newTenant } from '../test/fixture.ts';

describe('lists', () => {
  const List = z.object({ data: z.array(z.looseObject({ id: z.string() })), has_more: z.boolean() });
  const page = (query: string) =>
    expectJson(List, 200, call('GET', `/v1/orders?${query}`, { token: walker }));
  let walker: string;
  let newestFirst: string[];

  beforeAll(async () => {
    const other = await newTenant();
    walker = other.admin;
    const store = await newStore(other);
    // Many orders of one millisecond: only the id tells them apart.
    const orders = Array.from({ length: 23 }, (_, i) => ({
      id: OrderId.parse(`ord_${crypto.randomUUID()}`),
      at: `2026-07-01T10:00:00.00${Math.floor(i / 8)}Z`,
    }));
    const insert = env.DB.prepare(
      `INSERT INTO order_row (retailer_id, id, store_id, number, status, payment_status, total, currency, items, shopper_id, created_at) VALUES (?, ?, ?, ?, 'created', 'waiting', 100, 'GBP', 1, 'shp_1', ?)`,
    );
    await env.DB.batch(orders.map(({ id, at }, i) => insert.bind(other.retailer_id, id, store, `H${i}`, at)));
    newestFirst = orders
      .sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? 1 : -1))
      .map(({ id }) => id);
  });

  it('give every row once, forwards and backwards, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.boolean(), async (limit, backwards) => {
        const seen: string[] = [];
        let cursor = '';
        for (;;) {
          const { data, has_more } = await page(`limit=${limit}${cursor}`);
          const ids = data.map(({ id }) => id);
          expect(ids.length).toBeLessThanOrEqual(limit);
          if (backwards && cursor !== '') seen.unshift(...ids);
          else seen.push(...ids);
          if (backwards && cursor === '') {
            // Walk back from the very last row instead.
            seen.splice(0, seen.length, newestFirst.at(-1) ?? '');
            cursor = `&ending_before=${newestFirst.at(-1)}`;
            continue;
          }
          if (!has_more) break;
          cursor = backwards ? `&ending_before=${ids[0]}` : `&starting_after=${ids.at(-1)}`;
        }
        expect(seen).toEqual(newestFirst);
      }),
      { seed: 20260702, numRuns: 12 },
    );
  });

  it('refuse a senseless cursor or limit', async () => {
    const get = (query: string) => expectProblem(422, call('GET', `/v1/orders?${query}`, { token: walker }));
    expect((await get(`starting_after=ord_${crypto.randomUUID()}`)).errors?.[0]).toMatchObject({
      path: '/starting_after',
      code: 'bad_cursor',
    });
    expect(
      (await get(`starting_after=${newestFirst[0]}&ending_before=${newestFirst[1]}`)).errors?.[0]?.path,
    ).toBe('/ending_before');
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'from=yesterday', 'status=paid'])
      expect((await get(query)).code).toBe('invalid');
  });

  it('do not take a cursor from another tenant', async () => {
    const stranger = await newTenant();
    const reply = call('GET', `/v1/orders?starting_after=${newestFirst[3]}`, { token: stranger.admin });
    expect((await expectProblem(422, reply)).errors?.[0]?.code).toBe('bad_cursor');
  });
});
