import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { openDb } from '../db/client.ts';
import { deadWith, deliver, runSchedule } from '../test/deliver.ts';
import { call, expectJson, expectProblem, newStore, newTenant } from '../test/fixture.ts';
import { story } from '../test/story.ts';
import { eventsOf, liveStore, newTrip, projectionOf, walk } from '../test/trip.ts';
import { sweepStore, sweepStores } from './sweep.ts';

const db = openDb(env.DB);
const NOW = '2026-07-01T12:00:00.000Z';

describe('the sweep', () => {
  it('brings what no queue has brought', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    for (const end of ['paid', 'open', 'cancelled'] as const) await walk(place, newTrip(place), end);
    expect(await projectionOf(told.retailer_id)).not.toContain(place);
    await runSchedule();
    const swept = await projectionOf(told.retailer_id);
    expect(swept).toContain('"contiguous":5');
    await deliver(await eventsOf(place));
    await runSchedule();
    expect(await projectionOf(told.retailer_id)).toBe(swept);
  });

  /** What a store's object would never tell: there is no real one to ask for it. */
  const telling = (epoch: string, events: string[]) => ({
    eventsAfter: async (after: number, limit: number) => ({
      epoch,
      head: events.length,
      events: events.slice(after, after + limit),
    }),
  });

  it('passes an event that cannot be read, and keeps it', async () => {
    const told = await newTenant();
    const place = { retailer_id: told.retailer_id, store_id: await newStore(told) };
    const mark = crypto.randomUUID();
    const events = story(place.retailer_id, place.store_id, 'e1').map((event) => JSON.stringify(event));
    events[3] = `{"seq":4,"mark":"${mark}"}`;
    expect(await sweepStore(db, telling('e1', events), place, NOW)).toEqual({ applied: 13, complete: true });
    expect(await projectionOf(place.retailer_id)).toContain('"contiguous":13');
    expect(await deadWith(mark)).toMatchObject([{ source: 'sweep', count: 1 }]);
    expect(await sweepStore(db, telling('e1', events), place, NOW)).toEqual({ applied: 0, complete: true });
  });

  it('says which events are lost where the store keeps them no longer', async () => {
    const told = await newTenant();
    const place = { retailer_id: told.retailer_id, store_id: await newStore(told) };
    const events = story(place.retailer_id, place.store_id, 'e1').map((event) => JSON.stringify(event));
    const kept = {
      eventsAfter: async (after: number) => ({
        epoch: 'e1',
        head: 11,
        events: events.slice(Math.max(after, 4)),
      }),
    };
    expect(await sweepStore(db, kept, place, NOW)).toEqual({ applied: 9, complete: true });
    expect(await projectionOf(place.retailer_id)).toContain('"contiguous":13');
    expect(await deadWith(place.store_id)).toMatchObject([
      { reason: 'no longer kept by the store', body: expect.stringContaining('"from":1,"to":4') },
    ]);
  });

  it('begins anew with a new life of the store’s object', async () => {
    const told = await newTenant();
    const place = { retailer_id: told.retailer_id, store_id: await newStore(told) };
    const life = (epoch: string) =>
      telling(
        epoch,
        story(place.retailer_id, place.store_id, epoch).map((event) => JSON.stringify(event)),
      );
    expect((await sweepStore(db, life('e1'), place, NOW)).applied).toBe(13);
    expect((await sweepStore(db, life('e2'), place, '2026-07-02T12:00:00.000Z')).applied).toBe(13);
    expect((await sweepStore(db, life('e2'), place, NOW)).applied).toBe(0);
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM order_row WHERE store_id = ?')
        .bind(place.store_id)
        .first<number>('n'),
    ).toBe(8);
  });

  it('is not kept waiting by a store that is away', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    await walk(place, newTrip(place), 'paid');
    const away = await liveStore(told);
    const stores = {
      getByName: (id: string) => {
        if (id === away) throw new Error('away');
        return env.STORE.getByName(id);
      },
    };
    const { failed } = await sweepStores(db, stores, NOW);
    expect(failed).toEqual([away]);
    expect(await projectionOf(told.retailer_id)).toContain('"contiguous":2');
  });
});

describe('a rebuild', () => {
  const rebuild = (place: StoreId, token: string) =>
    call('POST', `/v1/stores/${place}/projection_rebuilds`, { token });

  it('gives what was there', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    for (const end of ['paid', 'open', 'cancelled', 'paid'] as const) await walk(place, newTrip(place), end);
    await deliver((await eventsOf(place)).reverse());
    const before = await projectionOf(told.retailer_id);
    // Rows that no event tells are gone afterwards.
    await env.DB.prepare(`UPDATE order_row SET number = 'wrong', total = 1 WHERE store_id = ?`)
      .bind(place)
      .run();
    expect(await expectJson(z.unknown(), 201, rebuild(place, told.admin))).toEqual({
      applied: 7,
      complete: true,
    });
    expect(await projectionOf(told.retailer_id)).toBe(before);
  });

  it('leaves the other stores of the tenant alone', async () => {
    const told = await newTenant();
    const [one, two] = [await liveStore(told), await liveStore(told)];
    for (const place of [one, two]) await walk(place, newTrip(place), 'paid');
    await runSchedule();
    const before = await projectionOf(told.retailer_id);
    await expectJson(z.unknown(), 201, rebuild(one, told.admin));
    const rows = async () =>
      (await env.DB.prepare('SELECT * FROM order_row WHERE retailer_id = ?').bind(told.retailer_id).all())
        .results.length;
    expect(await rows()).toBe(2);
    expect(await projectionOf(told.retailer_id)).toHaveLength(before.length);
  });

  it('is refused where it would lose what nobody can tell again', async () => {
    const told = await newTenant();
    const place = await liveStore(told);
    await walk(place, newTrip(place), 'paid');
    await runSchedule();
    await env.DB.prepare(
      `INSERT INTO projection_cursor (retailer_id, store_id, epoch, contiguous, updated_at) VALUES (?, ?, 'earlier', 3, ?)`,
    )
      .bind(told.retailer_id, place, NOW)
      .run();
    const before = await projectionOf(told.retailer_id);
    expect((await expectProblem(409, rebuild(place, told.admin))).code).toBe('conflict');
    expect(await projectionOf(told.retailer_id)).toBe(before);
  });
});
