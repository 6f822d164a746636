import { expect, it } from 'vitest';
import { tenderKindOf } from './tender_kind.ts';

it.each([
  ['test', 'card', 'card'],
  ['mpesa', 'mobile_money', 'card'],
  ['cash', 'cash', 'cash'],
  ['till', 'cash', 'cash'],
  ['ledger', 'gift_card', 'ledger'],
  ['ledger', 'anything', 'ledger'],
  ['points', 'points', 'ledger'],
] as const)('what %s took as %s goes back like %s', (gateway, method, kind) => {
  expect(tenderKindOf({ gateway, method })).toBe(kind);
});
