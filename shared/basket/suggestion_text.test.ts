import { expect, it } from 'vitest';
import { suggestionText } from './suggestion_text.ts';

const units = (missing: number) => ({
  name: 'g1',
  counts: 'units' as const,
  required: 3,
  present: 3 - missing,
  missing,
});
const spend = (missing: number) => ({
  name: 'g1',
  counts: 'spend' as const,
  required: 900,
  present: 900 - missing,
  missing,
});
const plain = { title: 'Any 3', groups: [units(1)], free_item_missing: false };

it.each([
  [plain, 'Any 3: add 1 more'],
  [{ ...plain, potential_discount: 100 }, 'Any 3: add 1 more to save £1.00'],
  [{ ...plain, groups: [units(1), units(2)] }, 'Any 3: add 3 more'],
  [{ ...plain, free_item_missing: true, potential_discount: 100 }, 'Any 3: take 1 more for free'],
  [{ ...plain, title: ' ' }, 'Add 1 more'],
  [
    { ...plain, groups: [spend(340)], missing_amount: 340, potential_discount: 400 },
    'Any 3: spend £3.40 more to save £4.00',
  ],
  [
    { ...plain, groups: [spend(340), units(2)], missing_amount: 340 },
    'Any 3: spend £3.40 more and add 2 more',
  ],
  [{ ...plain, groups: [spend(0), units(2)], missing_amount: 0 }, 'Any 3: add 2 more'],
])('%j', (suggestion, text) => {
  expect(suggestionText(suggestion, 'GBP')).toBe(text);
});
