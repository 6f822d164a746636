import { Random } from '../../../scripts/demo/catalogue/random.ts';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import { type Article, makeCatalogue, SHELF_ARTICLES } from './catalogue.ts';
import { type Deal, draftDeals, storeWideDeals, wordDeal } from './deals.ts';

/**
 * `retail`: five articles a promotion, each in the groups of three promotions. `dense`: each article in those of
 * 5 to 50, most in few.
 */
export type Variant = 'retail' | 'dense';

export interface Workload {
  articles: readonly Article[];
  /** Promotions as a retailer's file would hold them, in our own words. */
  documents: readonly object[];
}

const RETAIL_ARTICLES_A_PROMOTION = 5;
const RETAIL_GROUPS_AN_ARTICLE = 3;
const DENSE_ARTICLES_LEAST = 500;
const DENSE_GROUPS_LEAST = 5;
const DENSE_GROUPS_MOST = 50;
/** An article joins groups from its own part of the shop: so many to either side. */
const REACH_GROUPS = 6;

export function makeWorkload(variant: Variant, live: number, seed: number): Workload {
  const random = new Random(seed);
  const articles = makeCatalogue(
    variant === 'retail' ? live * RETAIL_ARTICLES_A_PROMOTION : Math.max(DENSE_ARTICLES_LEAST, live),
    random,
  );
  const wide = storeWideDeals();
  const deals = draftDeals(live - wide.length, random);
  fillGroups(variant, articles, deals, random);
  return { articles, documents: [...deals.map((deal) => wordDeal(deal, articles, random)), ...wide] };
}

/** The deals' groups stand along the shop in their order, and take articles from about there. */
function fillGroups(
  variant: Variant,
  articles: readonly Article[],
  deals: readonly Deal[],
  random: Random,
): void {
  const groups = deals.flatMap((deal, number) => deal.groups.map((group) => ({ number, group })));
  for (let article = 0; article < articles.length; article++) {
    const wanted = Math.min(groupsOf(variant, random), deals.length);
    const reach = Math.max(REACH_GROUPS, Math.ceil(1.5 * wanted));
    const home = Math.floor((article * groups.length) / articles.length);
    const low = Math.max(0, Math.min(home - reach, groups.length - 2 * reach - 1));
    const high = Math.min(groups.length - 1, low + 2 * reach);
    const joined = new Set<number>();
    // A window may hold fewer different promotions than an article wants.
    for (let tries = 0; joined.size < wanted && tries < 20 * wanted; tries++) {
      const found = groups[random.between(low, high)];
      if (found === undefined || joined.has(found.number)) continue;
      joined.add(found.number);
      found.group.members.push(article);
    }
  }
  for (const [place, { number, group }] of groups.entries()) {
    if (group.members.length > 0) continue;
    const taken = deals[number]?.groups.flatMap(({ members }) => members) ?? [];
    let article = Math.floor((place * articles.length) / groups.length);
    while (taken.includes(article)) article = (article + 1) % articles.length;
    group.members.push(article);
  }
}

function groupsOf(variant: Variant, random: Random): number {
  if (variant === 'retail') return RETAIL_GROUPS_AN_ARTICLE;
  const skewed = (random.below(1000) / 1000) ** 3;
  return DENSE_GROUPS_LEAST + Math.floor(skewed * (DENSE_GROUPS_MOST - DENSE_GROUPS_LEAST + 1));
}

/**
 * Baskets of so many lines. A shopper goes to a part of the shop and takes one to six different articles
 * there, so that the lines of one basket share groups.
 */
export function makeBaskets(
  articles: readonly Article[],
  lines: number,
  count: number,
  seed: number,
): PromotionLine[][] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const taken = new Map<number, number>();
    while (taken.size < Math.min(lines, articles.length)) {
      const start = random.below(articles.length);
      const visit = random.below(10) < 4 ? 1 : random.between(2, 6);
      for (let i = 0; i < visit && taken.size < lines; i++) {
        const article = Math.min(articles.length - 1, start + random.below(SHELF_ARTICLES));
        if (!taken.has(article)) taken.set(article, quantity(random));
      }
    }
    return [...taken].flatMap(([article, own], i) => {
      const found = articles[article];
      return found === undefined ? [] : [{ line_id: `l${i + 1}`, quantity: own, ...found }];
    });
  });
}

/** Mostly one, sometimes two to four. */
function quantity(random: Random): number {
  const draw = random.below(100);
  return draw < 72 ? 1 : draw < 90 ? 2 : draw < 96 ? 3 : 4;
}
