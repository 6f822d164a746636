import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  COLLECTION_MOVES,
  CollectionActor,
  type CollectionMove,
  CollectionStatus,
  collectionToken,
  isOver,
  moveCollection,
  readToken,
} from './collection.ts';

/** `shared` knows no platform, its tests ask for what they need. */
const { process } = z
  .object({ process: z.object({ env: z.object({ LONG: z.string().optional() }) }) })
  .parse(globalThis);
const LONG = process.env.LONG !== undefined;

const RULES = { auto_ready: false, shopper_may_cancel: 'until_ready' } as const;
const MOVES: CollectionMove[] = ['accept', 'reject', 'ready', 'collect', 'not_collected', 'cancel'];

/** Every step that there is, written out; all others are refused. */
const LEGAL = [
  'created accept staff accepted',
  'created reject staff rejected_store',
  'accepted reject staff rejected_store',
  'created cancel shopper rejected_customer',
  'accepted cancel shopper rejected_customer',
  'accepted ready staff ready_to_collect',
  'ready_to_collect collect staff collected',
  'ready_to_collect not_collected staff not_collected',
  'ready_to_collect not_collected system not_collected',
];

function legal(rules: Parameters<typeof moveCollection>[3]): string[] {
  const found: string[] = [];
  for (const status of CollectionStatus.options)
    for (const move of MOVES)
      for (const actor of CollectionActor.options) {
        const moved = moveCollection(status, move, actor, rules);
        if (moved.ok) found.push(`${status} ${move} ${actor} ${moved.value}`);
      }
  return found.sort();
}

describe('an order to be collected', () => {
  it('takes these steps and no other', () => {
    expect(legal(RULES)).toEqual([...LEGAL].sort());
  });

  it('is ready at once where the store has it so, and by nobody`s hand', () => {
    const more = legal({ ...RULES, auto_ready: true }).filter((step) => !LEGAL.includes(step));
    expect(more).toEqual(['created ready system ready_to_collect']);
  });

  it('is its shopper`s to give up until it is accepted, where the store has it so', () => {
    const fewer = legal({ ...RULES, shopper_may_cancel: 'until_accepted' });
    expect(LEGAL.filter((step) => !fewer.includes(step))).toEqual([
      'accepted cancel shopper rejected_customer',
    ]);
  });

  it('says where it stands to whom it refuses, and nothing to strangers of a step', () => {
    expect(moveCollection('collected', 'collect', 'staff', RULES)).toEqual({
      ok: false,
      error: { code: 'collection_conflict', status: 'collected' },
    });
    expect(moveCollection('created', 'accept', 'shopper', RULES)).toEqual({
      ok: false,
      error: { code: 'forbidden' },
    });
  });

  it('leaves no end', () => {
    for (const status of CollectionStatus.options) {
      const steps = Object.values(COLLECTION_MOVES).filter(({ from }) => from.includes(status));
      expect([status, steps.length === 0]).toEqual([status, isOver(status)]);
    }
  });
});

it('a token has six characters that nobody mistakes, and reads as it was typed', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 }), (count, random) => {
      const token = collectionToken(count, random);
      expect(token).toMatch(/^[2-9A-HJKMNP-Z]{6}$/);
      expect(readToken(` ${token.slice(0, 3).toLowerCase()}-${token.slice(3)}`)).toBe(token);
      expect(collectionToken(count + 1, random)).not.toBe(token);
    }),
    { seed: 7, numRuns: LONG ? 10_000 : 200 },
  );
});
