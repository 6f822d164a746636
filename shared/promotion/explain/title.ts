import { sentence } from '../describe/sentence.ts';
import type { Promotion } from '../schema.ts';

/** What a promotion is called; one without a title by what it does. */
export function titleOf(promotion: Promotion, currency: string): string {
  return promotion.title.trim() || sentence(promotion, { currency });
}
