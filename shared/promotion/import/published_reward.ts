import { err, ok, type Result } from '../../result.ts';
import { parseDecimal } from './decimal.ts';
import { type ImportProblem, problem } from './entry.ts';
import { type Fields, type PublishedItem, type PublishedPromotion, REWARD_FIELDS } from './published.ts';
import { flag, money, rate, units } from './published_values.ts';

/** Basis points of a percent, else minor units. */
interface Discount {
  discount_type: 'percent' | 'amount' | 'fixed';
  discount_value: number;
}

/** What a promotion gives for how many units. */
export interface Reward {
  /** The regulation's code, 1 to 10. */
  type: number;
  discount: Discount | null;
  /** Where each item has a price of its own, those of one unit. */
  prices: ReadonlyMap<PublishedItem, number> | null;
  /** `MinQty` as it stands, and as at least one. */
  written: number;
  minimum: number;
  /** `MaxQty` in units, 0 for none. */
  maximum: number;
  /** The price is of a kilogram, whatever is weighed. */
  isByWeight: boolean;
}

const CODES = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
/** Codes whose rate is a percentage without a word. */
const SAY_PERCENT: ReadonlySet<number> = new Set([2, 8, 9]);
const PERCENT_MAX = 10_000;
/** "From 0.01 kg": how a file says that a price of a kilogram has no least weight. */
const ANY_WEIGHT_MILLI = 10;

type Outcome<T> = Result<T, ImportProblem>;

const refuse = (path: string, code: string, message: string): { ok: false; error: ImportProblem } =>
  err(problem(path, code, message));

/** The one reward of all items, or a price for each of them; anything else that differs is refused. */
export function oneReward(promotion: PublishedPromotion, digits: number): Outcome<Reward> {
  const different = new Map<string, Fields>();
  for (const item of promotion.items) {
    const fields = new Map([...promotion.fields, ...item.fields]);
    different.set([...REWARD_FIELDS].map((name) => fields.get(name) ?? '').join('|'), fields);
  }
  const rewards: Reward[] = [];
  for (const fields of different.size > 0 ? different.values() : [promotion.fields]) {
    const reward = rewardOf(fields, promotion, digits);
    if (!reward.ok) return reward;
    rewards.push(reward.value);
  }
  const [first] = rewards;
  if (first === undefined) return refuse('rewardtype', 'no_reward', 'nothing is given');
  if (rewards.every((reward) => isSame(reward, first))) return ok(first);
  const arePrices = rewards.every(
    (reward) =>
      reward.discount?.discount_type === 'fixed' &&
      [1, 3].includes(reward.type) &&
      reward.minimum === 1 &&
      !reward.isByWeight &&
      reward.maximum === first.maximum,
  );
  if (!arePrices) return refuse('items', 'mixed_rewards', 'its items get different things');
  return ok({ ...first, discount: null, prices: pricesOf(promotion, digits) });
}

function isSame(one: Reward, other: Reward): boolean {
  return (
    one.type === other.type &&
    one.discount?.discount_type === other.discount?.discount_type &&
    one.discount?.discount_value === other.discount?.discount_value &&
    one.written === other.written &&
    one.maximum === other.maximum &&
    one.isByWeight === other.isByWeight
  );
}

function pricesOf(promotion: PublishedPromotion, digits: number): Map<PublishedItem, number> {
  return new Map(
    promotion.items.map((item) => [
      item,
      parseDecimal(item.fields.get('discountedprice') ?? '', digits) ?? 0,
    ]),
  );
}

function rewardOf(fields: Fields, promotion: PublishedPromotion, digits: number): Outcome<Reward> {
  const text = fields.get('rewardtype') ?? '';
  const type = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  if (!CODES.has(type)) return refuse('rewardtype', 'unknown_reward_type', `RewardType ${text || '(none)'}`);
  if (type === 5 && promotion.clubs.every((club) => club === '' || club === '0'))
    return refuse('clubs', 'no_club', 'RewardType 5 needs a club');
  const discount = discountOf(fields, type, promotion.isByItem, digits);
  if (!discount.ok) return discount;
  const weighed = flag(fields, fields.has('bisweighted') ? 'bisweighted' : 'isweightedpromo');
  if (!weighed.ok) return weighed;
  if (weighed.value) return weighedReward(fields, type, discount.value, promotion.isByItem);
  const minimum = units(fields, 'minqty');
  if (!minimum.ok) return minimum;
  const maximum = units(fields, 'maxqty');
  if (!maximum.ok) return maximum;
  return ok({
    type,
    discount: discount.value,
    prices: null,
    written: minimum.value,
    minimum: Math.max(1, minimum.value),
    maximum: maximum.value,
    isByWeight: false,
  });
}

/** The engine counts units, so of weighed goods only a price or a rate without any weight can be expressed. */
function weighedReward(
  fields: Fields,
  type: number,
  discount: Discount | null,
  isByItem: boolean,
): Outcome<Reward> {
  const least = parseDecimal(fields.get('minqty') ?? '0', 3);
  const most = parseDecimal(fields.get('maxqty') ?? '0', 3);
  if (least === null || least > ANY_WEIGHT_MILLI || most !== 0)
    return refuse('minqty', 'weight_condition', 'a least or greatest weight cannot be expressed');
  if (isByItem || ![1, 2, 5].includes(type) || discount === null || discount.discount_type === 'amount')
    return refuse(
      'isweightedpromo',
      'weight_reward',
      'of weighed goods a price of a kilogram or a percentage is read',
    );
  return ok({ type, discount, prices: null, written: 1, minimum: 1, maximum: 0, isByWeight: true });
}

/**
 * A price stands for a fixed price. A rate needs its type, 0 for a percentage and 1 for an amount, or a code that
 * says which. Items that have rewards of their own give the rate that the price comes to beside it.
 */
function discountOf(
  fields: Fields,
  type: number,
  isByItem: boolean,
  digits: number,
): Outcome<Discount | null> {
  const price = money(fields, 'discountedprice', digits);
  if (!price.ok) return price;
  const written = rate(fields, isByItem);
  if (!written.ok) return written;
  const kind = fields.get('discounttype') ?? '';
  if (!['', '0', '1'].includes(kind))
    return refuse('discounttype', 'bad_discount_type', `DiscountType ${kind}`);
  if (price.value > 0 && written.value > 0 && !isByItem)
    return refuse('discountedprice', 'two_rewards', 'a price and a rate at once');
  if (price.value > 0 && (written.value === 0 || !SAY_PERCENT.has(type)))
    return priceOf(type, price.value, isByItem);
  if (written.value === 0) return ok(null);
  if (kind === '0' ? type !== 3 : kind === '' && SAY_PERCENT.has(type)) {
    if (written.value > PERCENT_MAX) return refuse('discountrate', 'bad_rate', 'more than 100 percent');
    return ok({ discount_type: 'percent', discount_value: written.value });
  }
  if (kind === '1' ? !SAY_PERCENT.has(type) : kind === '' && type === 3 && !isByItem)
    return ok({ discount_type: 'amount', discount_value: written.value });
  return refuse(
    'discounttype',
    'bad_discount_type',
    `DiscountType ${kind || '(none)'} with RewardType ${type}`,
  );
}

function priceOf(type: number, price: number, isByItem: boolean): Outcome<Discount | null> {
  if (type === 2)
    return refuse(
      'discountrate',
      'no_reward',
      'RewardType 2 is a percentage, and the file gives a price alone',
    );
  if (type === 3 && !isByItem)
    return refuse(
      'discountedprice',
      'two_rewards',
      'RewardType 3 is an amount off, and the file gives a price',
    );
  return ok({ discount_type: 'fixed', discount_value: price });
}
