import type { Promotion } from '../schema.ts';
import { listed, priceText } from './amounts.ts';

/** From here on a limit is no limit that a basket would meet. */
export const EVERY_TIME = 1_000;
const QUALIFIERS_SHOWN = 2;

/** What else a shopper should know: how often, for whom, up to what. Each a few words; often none at all. */
export function terms(promotion: Promotion, { currency }: { currency: string }): string[] {
  const { max_discount, qualifiers } = promotion;
  const said: string[] = [];
  const times = repeats(promotion) ? promotion.max_applications : EVERY_TIME;
  if (times === 1) said.push('once a basket');
  else if (times < EVERY_TIME) said.push(`up to ${times} times a basket`);
  if (max_discount !== undefined) said.push(`saves ${priceText(max_discount, currency)} at most`);
  if (promotion.availability === 'special') {
    const shown = qualifiers.slice(0, QUALIFIERS_SHOWN).map(({ id, description }) => description || id);
    const more = qualifiers.length - shown.length;
    said.push(`only with ${listed(more > 0 ? [...shown, `${more} more`] : shown, 'or')}`);
  }
  if (!promotion.stackable) said.push('not on what is reduced already');
  if (promotion.applies_as === 'cashback') said.push('paid back as cashback');
  if (promotion.applies_as === 'tender') said.push('given as a means of payment');
  return said;
}

/** Whether the limit counts: a quantity break has none, and of a spend only an amount is given again. */
function repeats({ family, discount_type }: Promotion): boolean {
  if (family === 'easy_plus') return false;
  return family !== 'basket_threshold' || discount_type === 'amount';
}
