import { type ImportProblem, problem, ROWS_MAX } from './entry.ts';
import type { XmlElement } from './split_xml.ts';

/** What one item gets; a file says it of the promotion, of a row, or of each item. */
export const REWARD_FIELDS: ReadonlySet<string> = new Set([
  'rewardtype',
  'discounttype',
  'discountrate',
  'discountedprice',
  'minqty',
  'maxqty',
  'bisweighted',
  'isweightedpromo',
]);

/** Read, but of no weight in what a basket costs; `docs/promotion_import.md` says why. */
const IDLE_FIELDS: ReadonlySet<string> = new Set([
  'promotionupdatedate',
  'promotionupdatetime',
  'priceupdatedate',
  'priceupdatetime',
  'minnoofitemofered',
  'minnoofitemoffered',
  'discountedpricepermida',
  'weightunit',
  'chainid',
  'subchainid',
  'bikoretno',
  'groupid',
]);

const USED_FIELDS: ReadonlySet<string> = new Set([
  ...REWARD_FIELDS,
  'storeid',
  'promotionid',
  'promotiondescription',
  'promotionstartdate',
  'promotionstarthour',
  'promotionstartdatetime',
  'promotionenddate',
  'promotionendhour',
  'promotionenddatetime',
  'promotiondays',
  'allowmultiplediscounts',
  'redemptionlimit',
  'minpurchaseamnt',
  'minpurchaseamount',
  'minamount',
  'maxamount',
  'additionalminbasketamount',
  'additionalminamount',
  'additionaliscoupon',
  'additionalgiftcount',
  'additionalistotal',
  'additionalisactive',
  'isgiftitem',
  'remark',
  'remarks',
  'additionalrestrictions',
  'itemcode',
  'itemid',
  'itemtype',
  'giftitemprice',
  'clubid',
]);

const CONTAINERS: ReadonlySet<string> = new Set([
  'promotiondetails',
  'additionalrestrictions',
  'remarks',
  'clubs',
]);
const ITEM_LISTS: ReadonlySet<string> = new Set(['promotionitems', 'giftsitems', 'giftitems', 'items']);

export type Fields = ReadonlyMap<string, string>;

export interface PublishedItem {
  code: string;
  type: string;
  isGift: boolean;
  /** Its own ones before those of its row. */
  fields: Fields;
}

/** A promotion as a chain published it: names in lower case, texts as they stand, empty ones left out. */
export interface PublishedPromotion {
  line: number;
  key: string;
  fields: Map<string, string>;
  clubs: string[];
  items: PublishedItem[];
  /** How many `Group` elements it has. */
  groups: number;
  /** Its items say themselves what they get. */
  isByItem: boolean;
  /** Names that nothing is known of. */
  unknown: Set<string>;
  /** The first thing that is wrong with how it is written. */
  problem: ImportProblem | null;
}

export function publishedOf(line: number, element: XmlElement): PublishedPromotion {
  const promotion: PublishedPromotion = {
    line,
    key: '',
    fields: new Map(),
    clubs: [],
    items: [],
    groups: 0,
    isByItem: false,
    unknown: new Set(),
    problem: null,
  };
  const own = new Map<string, string>();
  collect(promotion, element, own);
  // A row of the older files names its one item beside the promotion's fields.
  const code = own.get('itemcode') ?? own.get('itemid');
  if (code !== undefined) promotion.items.push(itemOf(own, false));
  const row = [...own].filter(([name]) => REWARD_FIELDS.has(name));
  promotion.items = promotion.items.map((item) => ({ ...item, fields: new Map([...row, ...item.fields]) }));
  for (const name of [
    'itemcode',
    'itemid',
    'itemtype',
    ...(code === undefined ? [] : ['isgiftitem', 'giftitemprice']),
  ])
    own.delete(name);
  promotion.key = own.get('promotionid') ?? '';
  promotion.fields = own;
  return promotion;
}

/** Whether the next row is of the same promotion: then its items join, and what else differs is remembered. */
export function joinRow(promotion: PublishedPromotion, row: PublishedPromotion): boolean {
  if (row.key === '' || row.key !== promotion.key) return false;
  const names = new Set([...promotion.fields.keys(), ...row.fields.keys()]);
  for (const name of names) {
    if (REWARD_FIELDS.has(name) || IDLE_FIELDS.has(name)) continue;
    if (promotion.fields.get(name) !== row.fields.get(name)) promotion.problem ??= differing(name);
  }
  if (promotion.clubs.join('|') !== row.clubs.join('|')) promotion.problem ??= differing('clubs');
  if (promotion.items.length + row.items.length > ROWS_MAX)
    promotion.problem ??= problem('', 'entry_too_big', `more than ${ROWS_MAX} items`);
  else for (const item of row.items) promotion.items.push(item);
  promotion.groups = Math.max(promotion.groups, row.groups);
  promotion.isByItem ||= row.isByItem;
  for (const name of row.unknown) promotion.unknown.add(name);
  promotion.problem ??= row.problem;
  return true;
}

const differing = (field: string): ImportProblem =>
  problem(field, 'conflict', 'what is said of one promotion differs in it');

function collect(promotion: PublishedPromotion, element: XmlElement, own: Map<string, string>): void {
  for (const child of element.children) {
    const { name, text, children } = child;
    if (name === 'clubid') promotion.clubs.push(text);
    else if (ITEM_LISTS.has(name)) collectItems(promotion, child, name.startsWith('gift'));
    else if (name === 'groups') collectGroups(promotion, child, own);
    else if (children.length > 0 && CONTAINERS.has(name)) collect(promotion, child, own);
    else if (children.length > 0) promotion.unknown.add(name);
    else if (!USED_FIELDS.has(name) && !IDLE_FIELDS.has(name) && !CONTAINERS.has(name))
      promotion.unknown.add(name);
    else if (text !== '' && !own.has(name)) own.set(name, text);
    else if (text !== '' && own.get(name) !== text) promotion.problem ??= differing(name);
  }
}

function collectGroups(promotion: PublishedPromotion, groups: XmlElement, own: Map<string, string>): void {
  for (const group of groups.children) {
    promotion.groups += 1;
    const fields = new Map<string, string>();
    const before = promotion.items.length;
    collect(promotion, group, fields);
    for (const [name, text] of fields) {
      if (REWARD_FIELDS.has(name)) continue;
      if ((own.get(name) ?? text) !== text) promotion.problem ??= differing(name);
      own.set(name, text);
    }
    const rewards = [...fields].filter(([name]) => REWARD_FIELDS.has(name));
    promotion.items = promotion.items.map((item, i) =>
      i < before ? item : { ...item, fields: new Map([...rewards, ...item.fields]) },
    );
  }
}

function collectItems(promotion: PublishedPromotion, list: XmlElement, areGifts: boolean): void {
  for (const child of list.children) {
    const fields = new Map<string, string>();
    for (const leaf of child.children) {
      if (!USED_FIELDS.has(leaf.name) && !IDLE_FIELDS.has(leaf.name)) promotion.unknown.add(leaf.name);
      else if (leaf.text !== '') fields.set(leaf.name, leaf.text);
      promotion.isByItem ||= REWARD_FIELDS.has(leaf.name) && leaf.text !== '';
    }
    if (!['0', '1'].includes(fields.get('isgiftitem') ?? '0'))
      promotion.problem ??= problem('isgiftitem', 'bad_flag', 'neither 0 nor 1');
    promotion.items.push(itemOf(fields, areGifts));
  }
}

function itemOf(fields: Fields, isGift: boolean): PublishedItem {
  const flag = fields.get('isgiftitem') ?? '0';
  return {
    code: fields.get('itemcode') ?? fields.get('itemid') ?? '',
    type: fields.get('itemtype') ?? '',
    isGift: isGift || flag === '1',
    fields: new Map([...fields].filter(([name]) => REWARD_FIELDS.has(name) || name === 'giftitemprice')),
  };
}
