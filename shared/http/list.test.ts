import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ListQuery, listOf } from './list.ts';

describe('the query of a list', () => {
  it('asks for twenty where it does not say how many', () => {
    expect(ListQuery.parse({})).toEqual({ limit: 20 });
    expect(ListQuery.parse({ limit: '100', starting_after: 'a', ending_before: 'b' })).toEqual({
      limit: 100,
      starting_after: 'a',
      ending_before: 'b',
    });
  });

  it.each(['0', '101', '-1', '1.5', 'x', '', 'Infinity', '1e9'])('never asks for %j', (limit) => {
    expect(ListQuery.safeParse({ limit }).success).toBe(false);
  });

  it('bounds the ids that it continues from', () => {
    expect(ListQuery.safeParse({ starting_after: 'x'.repeat(129) }).success).toBe(false);
    expect(ListQuery.safeParse({ ending_before: 'x'.repeat(129) }).success).toBe(false);
  });
});

it('a list is a page and whether there is more', () => {
  const schema = listOf(z.number());
  expect(schema.parse({ data: [1], has_more: false })).toEqual({ data: [1], has_more: false });
  for (const bad of [{ data: ['1'], has_more: false }, { data: [] }, []])
    expect(schema.safeParse(bad).success).toBe(false);
});
