import type { Random } from '../../../scripts/demo/catalogue/random.ts';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';

/** An item of the benchmark's shop; neighbours in the list stand on one shelf and cost about the same. */
export type Article = Pick<PromotionLine, 'sku' | 'unit_price' | 'mrp' | 'categories'>;

export const SHELF_ARTICLES = 20;
export const DEPARTMENTS = 12;
/** Shelf prices lie between 0.60 and 18.00. */
const PRICE_LEAST = 60;
const PRICE_RATIO = 30;
/** Brands of a shelf; the articles of one brand mostly share a price. */
const BRANDS = 4;
const LIST_PRICE_PERCENT = 10;

export function makeCatalogue(count: number, random: Random): Article[] {
  const articles: Article[] = [];
  let level = 0;
  let brand = 0;
  for (let i = 0; i < count; i++) {
    const place = i % SHELF_ARTICLES;
    if (place === 0) level = PRICE_LEAST * PRICE_RATIO ** (random.below(1000) / 1000);
    if (place % (SHELF_ARTICLES / BRANDS) === 0) brand = level * (0.75 + random.below(50) / 100);
    const own = random.below(100) < 60 ? brand : brand * (0.85 + random.below(40) / 100);
    const unit_price = shopPrice(own);
    articles.push({
      sku: `S${String(1_000_000 + i)}`,
      unit_price,
      ...(random.below(100) < LIST_PRICE_PERCENT
        ? { mrp: shopPrice(unit_price * (1.05 + random.below(25) / 100)) }
        : {}),
      categories: [
        { name: 'c1', value: departmentName(Math.floor((i * DEPARTMENTS) / count)) },
        { name: 'c2', value: `shelf ${Math.floor(i / SHELF_ARTICLES)}` },
      ],
    });
  }
  return articles;
}

export const departmentName = (department: number) => `department ${department}`;

/** Ends in a five or a nine, as prices in shops do. */
export function shopPrice(price: number): number {
  const tens = Math.max(1, Math.round(price / 10));
  return tens * 10 - (tens % 3 === 0 ? 5 : 1);
}
