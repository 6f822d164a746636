import type { Family } from '../../../../shared/promotion/schema.ts';

/** What a family is called in the shop, with an example of a label. */
export interface FamilyWords {
  family: Family;
  title: string;
  example: string;
}

export const FAMILIES: readonly FamilyWords[] = [
  { family: 'easy', title: 'N for a price, money off or percent off', example: 'Any 3 crisps, £1 off' },
  { family: 'requisite', title: 'Buy X, get Y', example: '3 for 2 · buy a pizza, get a drink free' },
  { family: 'combo', title: 'Meal deal', example: 'Sandwich, crisps and a drink for £5' },
  { family: 'easy_plus', title: 'Quantity break', example: '6 or more bottles, 10% off' },
  { family: 'basket_threshold', title: 'Spend and save', example: 'Spend £25, save £4' },
  { family: 'basket_threshold_target', title: 'Spend and get', example: 'Spend £30, get a candle free' },
  { family: 'line_special', title: 'Set with own prices', example: 'Kettle £15 with toaster £20' },
  {
    family: 'evenly_distributed',
    title: 'Buy X, get Y, spread over the receipt lines',
    example: '3 for 2, each line a third less',
  },
];

export const familyTitle = (family: Family): string =>
  FAMILIES.find((one) => one.family === family)?.title ?? family;
