import type { StoreId } from '../../shared/ids/index.ts';
import { checkForStorage } from '../../shared/promotion/check_stored.ts';
import { parsePromotion } from '../../shared/promotion/parse.ts';
import type { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';

import type { Held } from './held.ts';
import { isLiveIn, isNowhere, type Links, overlap, sameLinks } from './links.ts';

/** Of a promotion's JSON in UTF-8; doubled by escaping it still fits a parameter and a row. */
const DOCUMENT_BYTES_MAX = 900_000;
/** Of one promotion: a list for people, and for a row. */
const ISSUES_MAX = 100;

export interface Issue {
  /** JSON Pointer (RFC 6901). */
  path: string;
  code: string;
  message: string;
}

/** A promotion as it shall be, beside what it was; null: it is new. */
export interface Draft {
  before: Held | null;
  promotion: Promotion;
  links: Links;
  source: string | null;
}

/** A write of one promotion. */
export interface Change {
  id: string;
  key: string;
  promotion: Promotion;
  document: string;
  links: Links;
  revision: number;
  source: string | null;
  links_changed: boolean;
}

const utf8 = new TextEncoder();

/** A document in either vocabulary as a promotion that may be stored, or everything that is wrong with it. */
export function storable(document: unknown): Result<Promotion, Issue[]> {
  const parsed = parsePromotion(document);
  if (!parsed.ok)
    return err(
      parsed.error.issues.slice(0, ISSUES_MAX).map((issue) => ({ ...issue, path: pointerOf(issue.path) })),
    );
  const issues: Issue[] = checkForStorage(parsed.value).map((issue) => ({
    ...issue,
    path: pointerOf(issue.path),
  }));
  const { length } = utf8.encode(JSON.stringify(parsed.value));
  if (length > DOCUMENT_BYTES_MAX)
    issues.push({
      path: '',
      code: 'too_large',
      message: `a promotion has at most ${DOCUMENT_BYTES_MAX} bytes`,
    });
  return issues.length > 0 ? err(issues.slice(0, ISSUES_MAX)) : ok(parsed.value);
}

export const pointerOf = (path: string): string => (path === '' ? '' : `/${path.replaceAll('.', '/')}`);

/** The write that a draft needs, or null where it says what is stored already. */
export function changeOf({ before, promotion, links, source }: Draft): Change | null {
  const document = JSON.stringify(promotion);
  const links_changed = before === null || !sameLinks(before.links, links);
  if (before !== null && before.document === document && !links_changed && before.source === source)
    return null;
  const revision = (before?.revision ?? 0) + 1;
  const key = promotion.retailer_promotion_id ?? promotion.id;
  return { id: promotion.id, key, promotion, document, links, revision, source, links_changed };
}

/** Which promotions have a key, and where: the check of what is unique in a store. */
export class KeyIndex {
  readonly #byKey = new Map<string, Map<string, Links>>();
  readonly #links = new Map<string, Links>();

  constructor(held: Iterable<Held>) {
    for (const { id, key, links } of held) this.set(id, key, links);
  }

  set(id: string, key: string, links: Links): void {
    const named = this.#byKey.get(key) ?? new Map<string, Links>();
    this.#byKey.set(key, named.set(id, links));
    this.#links.set(id, links);
  }

  /** Whether the promotion is one of these, and live in that store where one is given. */
  isKnown(id: string, store?: StoreId): boolean {
    const links = this.#links.get(id);
    return links !== undefined && (store === undefined || isLiveIn(links, store));
  }

  /** The promotions with the key that are live somewhere, or in that store. */
  named(key: string, store?: StoreId): string[] {
    const live = (links: Links) => (store === undefined ? !isNowhere(links) : isLiveIn(links, store));
    return [...(this.#byKey.get(key) ?? [])].flatMap(([id, links]) => (live(links) ? [id] : []));
  }

  /** Another promotion with the key that is live in one of the same stores. */
  rival(id: string, key: string, links: Links): string | null {
    for (const [other, where] of this.#byKey.get(key) ?? [])
      if (other !== id && overlap(where, links)) return other;
    return null;
  }
}

export const rivalIssue = (key: string, rival: string): Issue => ({
  path: '/retailer_promotion_id',
  code: 'duplicate_key',
  message: `promotion ${rival} has the key "${key}" in one of the stores`,
});

/** Stores of the links that the retailer does not have. */
export function unknownStores(links: Links, stores: ReadonlySet<StoreId>): Issue[] {
  return links.stores.flatMap((id) =>
    stores.has(id) ? [] : [{ path: '/store_ids', code: 'unknown_store', message: `there is no store ${id}` }],
  );
}
