import { expect } from 'vitest';
import { z } from 'zod';
import { decodeSgtin96, Epc, encodeSgtin96 } from '../../shared/catalog/epc.ts';
import { unwrap } from '../../shared/result.ts';
import { call, expectJson } from './client.ts';
import { Decision } from './gate.ts';
import { type Sesame, until } from './sesame.ts';

/** A gate may ask for 500 tags in one read. */
const EPCS_PER_READ = 400;
const TAGS_PER_PUT = 1_000;
const TAGS_LISTED = 100;

const LedgerTag = z.looseObject({
  epc: z.string(),
  item_id: z.string(),
  status: z.enum(['free', 'held', 'sold']),
  order_id: z.string().optional(),
});
type LedgerTag = z.infer<typeof LedgerTag>;
const LedgerPage = z.object({ data: z.array(LedgerTag), has_more: z.boolean() });
const Item = z.looseObject({ unit_price: z.number(), age_restriction: z.number().nullish() });

/** Every tag that the edge knows in this store. */
export async function ledgerOf(store: Sesame): Promise<LedgerTag[]> {
  const all: LedgerTag[] = [];
  for (;;) {
    const after = all.length === 0 ? '' : `&starting_after=${all.at(-1)?.epc}`;
    const path = `/v1/stores/${store.store_id}/tags?limit=${TAGS_LISTED}${after}`;
    const page = await expectJson(
      LedgerPage,
      200,
      call(store.edge, 'GET', path, { token: store.tokens.manager }),
    );
    all.push(...page.data);
    if (!page.has_more) return all;
  }
}

/**
 * Brings so many more units of the store's own tagged items in, as its staff would: tags through the cloud, then a
 * publication. Only items below this price that anybody may buy. Resolves to the new tags when the gate knows them.
 */
export async function deliverTags(store: Sesame, count: number, priceBelow: number): Promise<string[]> {
  const { admin } = store.tokens;
  const known = await ledgerOf(store);
  const one = new Map(known.map(({ item_id, epc }) => [item_id, sgtinOf(epc)]));
  const cheap: [string, ReturnType<typeof sgtinOf>][] = [];
  for (const [item_id, sgtin] of one) {
    const item = await expectJson(
      Item,
      200,
      call(store.cloud, 'GET', `/v1/items/${item_id}`, { token: admin }),
    );
    if (item.unit_price < priceBelow && item.age_restriction == null) cheap.push([item_id, sgtin]);
  }
  const highest = Math.max(...known.map(({ epc }) => sgtinOf(epc).serial));
  const tags = Array.from({ length: count }, (_, n) => {
    const [item_id, sgtin] = cheap[n % cheap.length] ?? [];
    if (item_id === undefined || sgtin === undefined) throw new Error('no tagged item is that cheap');
    return { epc: String(unwrap(encodeSgtin96({ ...sgtin, serial: highest + 1 + n }))), item_id };
  });
  for (let from = 0; from < count; from += TAGS_PER_PUT) {
    const body = { tags: tags.slice(from, from + TAGS_PER_PUT) };
    const put = call(store.cloud, 'PUT', `/v1/stores/${store.store_id}/tags`, { token: admin, body });
    await expectJson(z.unknown(), 200, put);
  }
  const published = call(store.cloud, 'POST', `/v1/stores/${store.store_id}/publications`, {
    token: admin,
    body: {},
  });
  await expectJson(z.unknown(), 201, published);
  const epcs = tags.map(({ epc }) => epc);
  await until('the gate to know every new tag', async () =>
    (await gateReads(store, epcs)).every(({ epcs: seen }) => seen.every(({ status }) => status === 'unsold')),
  );
  return epcs;
}

const sgtinOf = (epc: string) => unwrap(decodeSgtin96(Epc.parse(epc)));

/** A gate reads all of these, many at a time, and is answered; while nobody answers it asks again. */
async function gateReads(store: Sesame, epcs: readonly string[]): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (let from = 0; from < epcs.length; from += EPCS_PER_READ) {
    const body = {
      id: crypto.randomUUID(),
      reads: epcs.slice(from, from + EPCS_PER_READ).map((epc) => ({ epc })),
    };
    const ask = () =>
      expectJson(
        Decision,
        200,
        call(store.agent, 'POST', `/v1/gates/${store.gate_id}/reads`, { token: store.tokens.manager, body }),
      );
    decisions.push(await until('the gate to be answered', ask, 60_000));
  }
  return decisions;
}

/** Every tag of the store, sold or not, at the gate: sold ones under their order, and an alarm for the rest. */
export async function gateIsRight(
  store: Sesame,
  all: readonly string[],
  sold: ReadonlyMap<string, string>,
): Promise<void> {
  const open = await gateReads(store, [...sold.keys()]);
  expect(new Set(open.map(({ decision }) => decision))).toEqual(new Set(['open']));
  const named = open.flatMap(({ epcs }) =>
    epcs.map(({ epc, status, order_id }) => ({ epc, status, order_id })),
  );
  expect(named).toEqual([...sold].map(([epc, order_id]) => ({ epc, status: 'sold', order_id })));
  const unsold = all.filter((epc) => !sold.has(epc));
  const alarm = await gateReads(store, unsold);
  expect(new Set(alarm.map(({ decision }) => decision))).toEqual(new Set(['alarm']));
  const seen = alarm.flatMap(({ epcs }) => epcs.map(({ epc, status }) => ({ epc, status })));
  expect(seen).toEqual(unsold.map((epc) => ({ epc, status: 'unsold' })));
}

/** The same in the edge's ledger: nothing sold twice over, nothing held by a trip that was given up. */
export async function ledgerIsRight(
  store: Sesame,
  all: readonly string[],
  sold: ReadonlyMap<string, string>,
): Promise<void> {
  const ledger = (await ledgerOf(store)).map(({ epc, status, order_id }) => ({ epc, status, order_id }));
  expect(ledger).toEqual(
    all.map((epc) => ({ epc, status: sold.has(epc) ? 'sold' : 'free', order_id: sold.get(epc) })),
  );
}
