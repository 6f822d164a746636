import { describe, expect, it } from 'vitest';
import { StoreId } from '../../../../shared/ids/index.ts';
import { parsePromotion } from '../../../../shared/promotion/parse.ts';
import { unwrap } from '../../../../shared/result.ts';
import { chooseRows, rowsOf, skusSaid } from '../list/choose_rows.ts';
import { changesOf } from './changes_of.ts';
import { promotionOf, Stored } from './records.ts';
import { staleStores } from './unpublished.ts';

const A = StoreId.parse('str_00000000-0000-7000-8000-00000000000a');
const B = StoreId.parse('str_00000000-0000-7000-8000-00000000000b');
const STORES = [A, B].map((id) => ({ id, name: id, currency: 'GBP', timezone: 'UTC' }));
const NO_FILTER = { state: '', family: '', store: '', q: '' };

const stored = (fields: Record<string, unknown> = {}): Stored => {
  const { store_ids = null, revision = 1, updated_at = '2025-06-01T10:00:00.000Z', ...promotion } = fields;
  const document = {
    id: 'p1',
    groups: [{ name: 'g1', minimum: 3, nodes: [{ node_id: 'Crisps', node_type: 'c2' }] }],
    discount_type: 'amount',
    discount_value: 100,
    ...promotion,
  };
  return Stored.parse({ ...unwrap(parsePromotion(document)), store_ids, revision, updated_at });
};

describe('what is sent of an edit', () => {
  const before = stored({ priority: 3, schedule: { start: '2025-01-01T00:00' } });
  const { id: _, ...same } = { ...promotionOf(before), store_ids: null, excluded_store_ids: [] };

  it('is nothing where nothing differs', () => {
    expect(changesOf(before, same)).toEqual({});
  });

  it('is the fields that differ, and null for those taken away', () => {
    const { priority: __, ...without } = same;
    expect(changesOf(before, { ...without, discount_value: 125 })).toEqual({
      discount_value: 125,
      priority: null,
    });
  });

  it('takes bounds of the schedule away', () => {
    const { start: __, ...open } = same.schedule;
    expect(changesOf(before, { ...same, schedule: open })).toEqual({
      schedule: { ...open, start: null, end: null },
    });
  });

  it('says where it is live by both fields', () => {
    expect(changesOf(before, { ...same, store_ids: [A] })).toEqual({
      store_ids: [A],
      excluded_store_ids: [],
    });
  });
});

describe('what is not published', () => {
  const published = (at: string | null) => new Map([[A, at]]);

  it('is what changed after the last publication began to read', () => {
    expect(staleStores(stored(), published('2025-06-01T09:59:59.999Z'))).toEqual([A]);
    expect(staleStores(stored(), published('2025-06-01T10:00:00.000Z'))).toEqual([A]);
    expect(staleStores(stored(), published('2025-06-01T10:00:00.001Z'))).toEqual([]);
  });

  it('counts for the stores that it is for, and for those it may have been taken from', () => {
    const early = published('2025-06-01T09:00:00.000Z');
    expect(staleStores(stored({ store_ids: [B] }), early)).toEqual([]);
    expect(staleStores(stored({ store_ids: [B], revision: 2 }), early)).toEqual([A]);
  });

  it('a store without any publication waits for what is on', () => {
    expect(staleStores(stored(), published(null))).toEqual([A]);
    expect(staleStores(stored({ is_active: false }), published(null))).toEqual([]);
  });
});

describe('the rows of the list', () => {
  const rows = rowsOf({
    promotions: [
      stored({ id: 'off', is_active: false }),
      stored({ id: 'live', title: 'Crunch', discount_value: 50 }),
      stored({ id: 'ended', schedule: { end: '2025-01-01T00:00' }, store_ids: [B] }),
      stored({
        id: 'combo',
        family: 'combo',
        discount_type: 'fixed',
        discount_value: 500,
        groups: ['A1', 'A2'].map((sku) => ({ name: sku, minimum: 1, nodes: [{ node_id: sku }] })),
      }),
    ],
    currency: 'GBP',
    nameOf: (sku) => (sku === 'A1' ? 'Kettle' : undefined),
    now: '2025-06-01T12:00:00.000',
  });
  const ids = (filters: Partial<typeof NO_FILTER>) =>
    chooseRows(rows, { ...NO_FILTER, ...filters }, STORES).map(({ promotion }) => promotion.id);

  it('live ones come first', () => {
    expect(ids({})).toEqual(['live', 'combo', 'off', 'ended']);
  });

  it('are filtered by state, family, store and every word of the text', () => {
    expect(ids({ state: 'ended' })).toEqual(['ended']);
    expect(ids({ family: 'combo' })).toEqual(['combo']);
    expect(ids({ store: A })).toEqual(['live', 'combo', 'off']);
    expect(ids({ q: 'kettle' })).toEqual(['combo']);
    expect(ids({ q: 'crunch £0.50' })).toEqual(['live']);
    expect(ids({ q: 'crunch kettle' })).toEqual([]);
  });

  it('ask for the names of the items that they say', () => {
    expect(skusSaid(rows)).toEqual(['A1', 'A2']);
  });
});
