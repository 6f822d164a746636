import { currencyExponent } from '../../money/currency.ts';
import { err, ok, type Result } from '../../result.ts';
import { ALL_ITEMS } from '../schema.ts';
import { type ImportNote, type ImportOptions, type ImportProblem, note, problem } from './entry.ts';
import type { PublishedItem, PublishedPromotion } from './published.ts';
import { oneReward, type Reward } from './published_reward.ts';
import { termsOf, titleOf } from './published_terms.ts';
import { flag, money, spendOf, units } from './published_values.ts';

type Document = Record<string, unknown>;
/** `group` still waits for its name. */
interface SetDocument extends Document {
  max_applications: number;
  group: Document;
}
type Outcome<T> = Result<T, ImportProblem>;

/** The engine's largest number of applications in a basket, which stands for no limit. */
const UNLIMITED = 100_000;
/** The file gives no order, so units go where they save most; of spends more than one may be granted. */
const BEST = 'best_discount';
const IN_ORDER = 'priority';
const REMARK_SHOWN_MAX = 200;
/** "The amount for the benefit does not include items of the promotion." */
const SPEND_EXCLUDES_ITEMS = 'סכום להטבה לא כולל פריטים במבצע';
/** In a remark: "a kilogram". */
const A_KILOGRAM = 'לק"ג';
/** In a title: "the second at …", which some files write of one unit of two and others of both. */
const THE_SECOND = 'השני';

/**
 * A published promotion as one of ours, by the table of `docs/promotion_import.md`. What the table does not hold
 * is refused: a promotion that is guessed at would charge people something else than the shelf says.
 */
export function mapPublished(
  promotion: PublishedPromotion,
  options: ImportOptions,
  notes: ImportNote[],
): Result<Document, ImportProblem[]> {
  const mapping = new Mapping(promotion, options, notes);
  const document = mapping.document();
  return mapping.problems.length > 0 || document === null ? err(mapping.problems) : ok(document);
}

class Mapping {
  readonly problems: ImportProblem[] = [];
  readonly #promotion: PublishedPromotion;
  readonly #options: ImportOptions;
  readonly #notes: ImportNote[];
  readonly #digits: number;

  constructor(promotion: PublishedPromotion, options: ImportOptions, notes: ImportNote[]) {
    this.#promotion = promotion;
    this.#options = options;
    this.#notes = notes;
    this.#digits = currencyExponent(options.currency);
  }

  document(): Document | null {
    const { key, fields, groups } = this.#promotion;
    if (this.#promotion.problem !== null) this.problems.push(this.#promotion.problem);
    if (groups > 1) this.#refuse('groups', 'several_groups', 'nothing published says how groups combine');
    const terms = termsOf(this.#promotion);
    this.problems.push(...terms.problems);
    this.#notes.push(...terms.notes);
    const remark = fields.get('remark') ?? fields.get('remarks') ?? '';
    const reward = oneReward(this.#promotion, this.#digits);
    if (!reward.ok) this.problems.push(reward.error);
    if (!reward.ok || this.problems.length > 0) return null;
    const body = this.#body(reward.value, remark);
    if (remark !== '' && body?.['threshold_excludes_targets'] !== true)
      this.#note('remark', `not evaluated: ${remark.slice(0, REMARK_SHOWN_MAX)}`);
    return body === null ? null : { retailer_promotion_id: key, ...terms.fields, ...body };
  }

  #body(reward: Reward, remark: string): Document | null {
    const total = this.#read(flag(this.#promotion.fields, 'additionalistotal'));
    const spend = this.#read(spendOf(this.#promotion.fields, this.#digits));
    if (total === undefined || spend === undefined) return null;
    const hasGifts = this.#promotion.items.some((item) => item.isGift);
    if (reward.type === 6) return this.#gifts(reward, spend, total);
    if (hasGifts) return this.#refuse('items', 'gift_items', 'gifts go with RewardType 6 only');
    if (reward.type !== 7 && (this.#promotion.fields.get('additionalgiftcount') ?? '0') !== '0')
      return this.#refuse('additionalgiftcount', 'gift_items', 'free units go with RewardType 6 and 7 only');
    if (reward.discount?.discount_type === 'fixed' && !reward.isByWeight && remark.includes(A_KILOGRAM))
      return this.#refuse('remark', 'weight_reward', 'the remark makes it the price of a kilogram');
    if (reward.type === 4 && spend === 0)
      return this.#refuse('minpurchaseamnt', 'no_spend', 'RewardType 4 needs the amount to spend');
    if (total) return this.#total(reward, spend);
    if (reward.type === 7 || reward.type === 8 || reward.type === 9) return this.#another(reward, spend);
    if (reward.type === 10) {
      if (reward.minimum < 2) return this.#refuse('minqty', 'bad_quantity', 'a set needs two units');
      this.#noteMixed();
    }
    const set = this.#set(reward);
    if (set === null) return null;
    if (spend > 0) return this.#afterSpend(set, spend, remark);
    const { group, ...rest } = set;
    return { ...rest, groups: [{ name: 'g1', ...group }] };
  }

  /** So many units for a price, at a percentage off, or for an amount less. */
  #set(reward: Reward): SetDocument | null {
    if (reward.type === 2 && reward.minimum > 1 && titleOf(this.#promotion).includes(THE_SECOND))
      return this.#refuse(
        'rewardtype',
        'ambiguous_reward',
        'the title speaks of the second unit, the code of all',
      );
    const limit = this.#limit(reward);
    if (limit === null) return null;
    const shared = { criteria: BEST, price_base: 'selling', max_applications: limit };
    if (reward.prices !== null) {
      const nodes = this.#nodes(this.#promotion.items, (item) => {
        const price = reward.prices?.get(item);
        return price === undefined ? {} : { discount_type: 'fixed', discount_value: price };
      });
      const group = { minimum: 1, nodes };
      return nodes.length === 0 ? this.#noItems() : { ...shared, family: 'line_special', group };
    }
    if (reward.discount === null)
      return this.#refuse('discountedprice', 'no_reward', 'neither a price nor a rate with its type');
    const nodes = this.#nodes(this.#promotion.items);
    if (nodes.length === 0) return this.#noItems();
    return {
      ...shared,
      family: 'easy',
      ...reward.discount,
      discount_on: reward.isByWeight ? 'unit' : 'set',
      group: { minimum: reward.minimum, nodes },
    };
  }

  /** A set of the promotion's items, once a basket of anything has reached an amount. */
  #afterSpend({ group, ...set }: SetDocument, spend: number, remark: string): Document | null {
    if (set.max_applications !== 1 || set['family'] !== 'easy')
      return this.#refuse(
        'maxqty',
        'spend_limit',
        'a set is granted each time the amount is spent, so only one set a basket can be expressed',
      );
    const isKnown = remark === SPEND_EXCLUDES_ITEMS;
    if (isKnown) this.#note('spend_excludes_items', 'the amount counts without the units of the promotion');
    return {
      ...set,
      family: 'basket_threshold_target',
      criteria: IN_ORDER,
      target_group: 'g2',
      threshold_excludes_targets: isKnown,
      groups: [
        { name: 'g1', minimum: spend, nodes: [{ node_id: ALL_ITEMS }] },
        { name: 'g2', ...group },
      ],
    };
  }

  /** Something off the whole basket. */
  #total(reward: Reward, spend: number): Document | null {
    const { discount } = reward;
    if (discount === null || discount.discount_type === 'fixed' || ![2, 3, 4].includes(reward.type))
      return this.#refuse('additionalistotal', 'no_reward', 'the whole basket takes a rate or an amount off');
    if (reward.minimum > 1 || reward.maximum > 1)
      return this.#refuse('minqty', 'two_conditions', 'an amount and a number of units at once');
    if (this.#promotion.items.length > 0)
      this.#note('items_left_out', 'it is on every item, whatever it lists');
    return {
      family: 'basket_threshold',
      price_base: 'running',
      ...discount,
      groups: [{ name: 'g1', minimum: spend, nodes: [{ node_id: ALL_ITEMS }] }],
    };
  }

  /** One unit of a set, or as many as the file says, free or at a percentage off. */
  #another(reward: Reward, spend: number): Document | null {
    const { discount, minimum, type } = reward;
    const free = type === 7 ? this.#read(units(this.#promotion.fields, 'additionalgiftcount')) : 1;
    if (free === undefined) return null;
    if (spend > 0)
      return this.#refuse('minpurchaseamnt', 'two_conditions', 'an amount and a number of units at once');
    if (minimum < 2) return this.#refuse('minqty', 'bad_quantity', 'another unit needs a set of two or more');
    if (free < 1 || free >= minimum)
      return this.#refuse('additionalgiftcount', 'bad_quantity', 'some of the set must be free, and not all');
    if (type === 7 && discount !== null)
      return this.#refuse('discountedprice', 'two_rewards', 'free units have no price and no rate');
    if (type !== 7 && discount?.discount_type !== 'percent')
      return this.#refuse(
        'discountedprice',
        'ambiguous_reward',
        'a price may be of the second unit or of the whole set; only a percentage is read',
      );
    const limit = this.#limit(reward);
    const nodes = this.#nodes(this.#promotion.items);
    if (limit === null) return null;
    if (nodes.length === 0) return this.#noItems();
    if (type !== 9) this.#noteMixed();
    return {
      family: 'requisite',
      criteria: BEST,
      price_base: 'selling',
      max_applications: limit,
      discount_type: 'percent',
      discount_value: type === 7 ? 10_000 : discount?.discount_value,
      selection: 'lowest_of_each_set',
      target_quantity: free,
      groups: [{ name: 'g1', minimum, nodes }],
    };
  }

  /** Units of some items, or an amount spent on them, for gifts or units of others at a price. */
  #gifts(reward: Reward, spend: number, total: boolean): Document | null {
    const { items, fields } = this.#promotion;
    const gifts = items.filter((item) => item.isGift);
    const count = this.#read(units(fields, 'additionalgiftcount'));
    const prices = new Set(gifts.map((gift) => gift.fields.get('giftitemprice')));
    const [text] = prices;
    if (count === undefined) return null;
    if (gifts.length === 0) return this.#refuse('items', 'no_gift_items', 'RewardType 6 needs gift items');
    if (count < 1) return this.#refuse('additionalgiftcount', 'bad_quantity', 'how many gifts is not said');
    if (prices.size !== 1 || text === undefined)
      return this.#refuse('giftitemprice', 'no_reward', 'the gifts need one price, 0 if they are free');
    if (reward.discount !== null)
      return this.#refuse('discountedprice', 'two_rewards', 'the gifts have a price of their own');
    const price = this.#read(money(new Map([['giftitemprice', text]]), 'giftitemprice', this.#digits));
    if (price === undefined) return null;
    if (total || spend > 0 === reward.written > 0)
      return this.#refuse('minqty', 'two_conditions', 'expected a number of units or an amount, one of them');
    if (reward.maximum > 0)
      return this.#refuse('maxqty', 'ambiguous_reward', 'it may be of what is bought or of the gifts');
    const limit = this.#limit(reward);
    const bought = this.#nodes(items.filter((item) => !item.isGift));
    const given = this.#nodes(gifts);
    if (limit === null) return null;
    if (bought.length === 0 || given.length === 0) return this.#noItems();
    if (spend > 0) this.#note('repeats', 'granted each time the amount is spent');
    return {
      family: spend > 0 ? 'basket_threshold_target' : 'requisite',
      criteria: spend > 0 ? IN_ORDER : BEST,
      price_base: 'selling',
      max_applications: limit,
      discount_type: price === 0 ? 'percent' : 'fixed',
      discount_value: price === 0 ? 10_000 : price,
      discount_on: 'unit',
      target_group: 'g2',
      groups: [
        { name: 'g1', minimum: spend > 0 ? spend : reward.minimum, nodes: bought },
        { name: 'g2', minimum: count, nodes: given },
      ],
    };
  }

  /** Applications in a basket: of `MaxQty` units and of `RedemptionLimit` sets. */
  #limit({ minimum, maximum }: Reward): number | null {
    const sets = this.#read(units(this.#promotion.fields, 'redemptionlimit'));
    if (sets === undefined) return null;
    if (maximum > 0 && maximum < minimum)
      return this.#refuse('maxqty', 'bad_quantity', 'at most fewer units than at least');
    const limit = Math.min(sets || UNLIMITED, Math.floor(maximum / minimum) || UNLIMITED);
    if (limit < UNLIMITED || this.#promotion.fields.get('additionaliscoupon') !== '1') return limit;
    this.#note('coupon_once', 'a coupon without a limit of its own counts once a basket');
    return 1;
  }

  #nodes(items: readonly PublishedItem[], extra: (item: PublishedItem) => Document = () => ({})): Document[] {
    const nodes = new Map<string, Document>();
    const unknown = new Set<string>();
    for (const item of items) {
      const sku = item.code === '' ? null : this.#options.skuOf(item.code, item.type);
      if (sku === null) {
        unknown.add(item.code);
        continue;
      }
      const node: Document = { node_id: sku, ...extra(item) };
      const known = nodes.get(sku) ?? node;
      if (known['discount_value'] !== node['discount_value'])
        this.#refuse('items', 'conflict', `two prices for ${sku}`);
      nodes.set(sku, known);
    }
    if (unknown.size > 0)
      this.#note('unknown_items', `${unknown.size} of ${items.length} items are not sold here and left out`);
    return [...nodes.values()];
  }

  #noItems(): null {
    return this.#refuse('items', 'no_known_items', 'none of its items, or of its gifts, is sold here');
  }

  #noteMixed(): void {
    if (this.#promotion.items.length > 1)
      this.#note('mixed_items', 'its items count together, also where the chain may ask for the same item');
  }

  #read<T>(outcome: Outcome<T>): T | undefined {
    if (outcome.ok) return outcome.value;
    if (!this.problems.some(({ path }) => path === outcome.error.path)) this.problems.push(outcome.error);
    return undefined;
  }

  #note(code: string, message: string): void {
    this.#notes.push(note(code, message));
  }

  #refuse(path: string, code: string, message: string): null {
    this.problems.push(problem(path, code, message));
    return null;
  }
}
