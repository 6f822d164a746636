import { formatMoney } from '../money/format.ts';
import type { Suggestion } from '../promotion/suggest/suggest.ts';

/** What a shopper has to add, and what for: "Any 3 crisps, £1 off: add 1 more to save £1.00". */
export function suggestionText(
  suggestion: Pick<
    Suggestion,
    'title' | 'groups' | 'missing_amount' | 'potential_discount' | 'free_item_missing'
  >,
  currency: string,
): string {
  const { title, groups, missing_amount, potential_discount, free_item_missing } = suggestion;
  const money = (minor: number) => formatMoney(minor, currency);
  const units = groups.reduce((sum, { counts, missing }) => sum + (counts === 'units' ? missing : 0), 0);
  const name = title.trim() === '' ? '' : `${title.trim()}: `;
  if (free_item_missing) return sentence(`${name}take ${units} more for free`);
  const needs = [
    ...(missing_amount === undefined || missing_amount === 0 ? [] : [`spend ${money(missing_amount)} more`]),
    ...(units === 0 ? [] : [`add ${units} more`]),
  ];
  const saves = potential_discount === undefined ? '' : ` to save ${money(potential_discount)}`;
  return sentence(`${name}${needs.join(' and ')}${saves}`);
}

/** Without a title it begins with what to do. */
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
