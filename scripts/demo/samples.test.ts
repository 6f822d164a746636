import { expect, test } from 'vitest';
import { decodeSgtin96, Epc } from '../../shared/catalog/epc.ts';
import { unwrap } from '../../shared/result.ts';
import { delivery } from './samples.ts';
import { demoCatalogue } from './seed.ts';

const { tags } = demoCatalogue();
const known = tags.map(({ epc }) => epc);

test('a delivery brings new tags for the items of those that were sold', () => {
  const like = tags.slice(0, 7);
  const fresh = delivery(known, like);
  expect(fresh.length).toBeGreaterThan(like.length);
  expect(new Set([...known, ...fresh.map(({ epc }) => epc)]).size).toBe(known.length + fresh.length);
  expect(new Set(fresh.map((tag) => tag.item_id))).toEqual(new Set(like.map((tag) => tag.item_id)));
  for (const [i, { epc }] of fresh.entries()) {
    const [made, model] = [epc, like[i % like.length]?.epc ?? ''].map((one) =>
      unwrap(decodeSgtin96(Epc.parse(one))),
    );
    expect(made?.gtin14).toBe(model?.gtin14);
  }
});

test('the next delivery goes on where the last one ended', () => {
  const first = delivery(known, tags.slice(0, 1)).map(({ epc }) => epc);
  const second = delivery([...known, ...first], tags.slice(0, 1)).map(({ epc }) => epc);
  expect(first.filter((epc) => second.includes(epc))).toEqual([]);
});

test('nothing to model it on: no delivery', () => {
  expect(delivery(known, [])).toEqual([]);
});
