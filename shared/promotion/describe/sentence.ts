import type { Promotion, PromotionGroup, PromotionNode } from '../schema.ts';
import { listed, percentText, priceText } from './amounts.ts';
import { isOneItem, type NameOf, nameOfNode, someOf, thingsOf } from './things.ts';

export interface DescribeOptions {
  /** ISO 4217 code of the amounts. */
  currency: string;
  /** Names of items; one without a name shows its SKU. */
  nameOf?: NameOf;
}

const HALF = 5_000;
const WHOLE = 10_000;

/**
 * What a promotion does, as a shelf label would say it: "Any 3 crisps, £1 off". When it runs and how often it
 * applies is not in it: `scheduleText` and `terms` say that.
 */
export function sentence(
  promotion: Promotion,
  { currency, nameOf = () => undefined }: DescribeOptions,
): string {
  const text = say({ promotion, currency, nameOf });
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Told {
  promotion: Promotion;
  currency: string;
  nameOf: NameOf;
}

function say(told: Told): string {
  switch (told.promotion.family) {
    case 'easy':
      return anyOf(told);
    case 'easy_plus':
      return quantityBreak(told);
    case 'combo':
      return `${together(told)}${tail(told, unitsOf(told.promotion))}`;
    case 'line_special':
      return ownPrices(told);
    case 'requisite':
      return buyAndGet(told);
    case 'evenly_distributed':
      return `${buyAndGet(told)}, the saving spread over all of them`;
    case 'basket_threshold':
      return spendAndSave(told);
    case 'basket_threshold_target':
      return spendAndGet(told);
  }
}

type Reward = Pick<PromotionNode, 'discount_type' | 'discount_value'>;

/** The discount as it follows a noun: ", £1 off", " for £7", ", half price". `units`: of one set. */
function tail(told: Told, units: number, reward: Reward = told.promotion): string {
  const each = units > 1 && told.promotion.discount_on === 'unit' ? ' each' : '';
  const value = reward.discount_value ?? 0;
  switch (reward.discount_type) {
    case 'fixed':
      return ` for ${priceText(value, told.currency)}${each}`;
    case 'amount':
      return `, ${priceText(value, told.currency)} off${each}`;
    default:
      return `, ${percentOff(value)}`;
  }
}

function percentOff(value: number): string {
  if (value === WHOLE) return 'free';
  return value === HALF ? 'half price' : `${percentText(value)} off`;
}

function anyOf(told: Told): string {
  const { promotion, nameOf } = told;
  const [group] = promotion.groups;
  if (group === undefined) return '';
  if (group.minimum > 1) {
    const any = isOneItem(group) ? '' : 'any ';
    return `${any}${someOf(group.minimum, group, nameOf)}${tail(told, group.minimum)}`;
  }
  const things = thingsOf(group, nameOf) ?? 'everything';
  if (promotion.discount_type === 'fixed')
    return `${things}${tail(told, 1)}${isOneItem(group) ? '' : ' each'}`;
  if (promotion.discount_type === 'percent' && promotion.discount_value === HALF)
    return `half price on ${things}`;
  const off = tail(told, 1).slice(2);
  return off === 'free' ? `${things} free` : `${off} ${things}`;
}

function quantityBreak(told: Told): string {
  const { promotion, currency, nameOf } = told;
  const [group] = promotion.groups;
  if (group === undefined) return '';
  const { minimum, maximum } = group;
  const range = maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
  const things = `${range} ${thingsOf(group, nameOf) ?? 'items'}`;
  const price = priceText(promotion.discount_value, currency);
  const perSet = promotion.discount_on === 'set' && minimum > 1;
  switch (promotion.discount_type) {
    case 'percent':
      return `${things}, ${percentOff(promotion.discount_value)}`;
    case 'amount':
      return `${things}, ${price} off ${perSet ? `every ${minimum}` : 'each'}`;
    case 'fixed':
      return perSet ? `${things} at ${minimum} for ${price}` : `${things} for ${price} each`;
  }
}

function together({ promotion: { groups }, nameOf }: Told): string {
  if (groups.every((group) => group.minimum === 1 && !isOneItem(group)))
    return `one each of ${listed(groups.map((group) => thingsOf(group, nameOf) ?? 'anything'))}`;
  return listed(groups.map((group) => someOf(group.minimum, group, nameOf)));
}

const unitsOf = ({ groups }: Promotion): number => groups.reduce((sum, { minimum }) => sum + minimum, 0);

const PRICED_MAX = 4;

function ownPrices(told: Told): string {
  const { promotion, nameOf } = told;
  const parts = promotion.groups.flatMap((group) => {
    const priced = group.nodes.filter((node) => !node.is_excluded);
    const count = group.minimum > 1 ? `${group.minimum} × ` : '';
    return priced.map((node) => `${count}${nameOfNode(node, nameOf)}${ownReward(told, node)}`);
  });
  const shown =
    parts.length > PRICED_MAX ? [...parts.slice(0, PRICED_MAX - 1), 'others at their own prices'] : parts;
  return `${promotion.groups.length > 1 ? 'bought together: ' : ''}${shown.join('; ')}`;
}

function ownReward(told: Told, node: PromotionNode): string {
  return tail(told, 1, node.discount_type === undefined ? told.promotion : node).replace(/^, /, ' ');
}

/** The groups of a family that has a target: what must be bought, and what is then reduced. */
function sidesOf({ groups, target_group }: Promotion): { buy: PromotionGroup; get: PromotionGroup } | null {
  const get = groups.find((group) => group.name === target_group) ?? groups[0];
  const buy = groups.find((group) => group !== get);
  return get === undefined || buy === undefined ? null : { buy, get };
}

function buyAndGet(told: Told): string {
  const { promotion, nameOf } = told;
  const sides = sidesOf(promotion);
  if (sides !== null)
    return `buy ${someOf(sides.buy.minimum, sides.buy, nameOf)}, get ${gotten(told, sides.get)}`;
  const [group] = promotion.groups;
  if (group === undefined) return '';
  const targets = Math.min(promotion.target_quantity ?? group.minimum, group.minimum);
  if (targets === group.minimum) return anyOf(told);
  const isDearest = promotion.selection === 'highest_first';
  const which = `${isDearest ? 'the dearest' : 'the cheapest'}${targets > 1 ? ` ${targets}` : ''}`;
  const any = `any ${someOf(group.minimum, group, nameOf)}`;
  const value = promotion.discount_value;
  if (promotion.discount_type !== 'percent')
    return `${any}, ${which}${tail(told, targets).replace(/^, /, ' ')}`;
  if (value !== WHOLE)
    return value === HALF ? `${any}, ${which} half price` : `${any}, ${percentOff(value)} ${which}`;
  const deal = `${group.minimum} for ${group.minimum - targets} on ${thingsOf(group, nameOf) ?? 'everything'}`;
  return isDearest ? `${deal}, ${which} free` : deal;
}

function gotten(told: Told, group: PromotionGroup): string {
  const reward = tail(told, group.minimum);
  return `${someOf(group.minimum, group, told.nameOf)}${reward.startsWith(', ') ? rewardAfter(reward.slice(2)) : reward}`;
}

const rewardAfter = (reward: string): string =>
  reward === 'free' || reward === 'half price' ? ` ${reward}` : ` with ${reward}`;

function spendAndSave(told: Told): string {
  const { promotion, currency, nameOf } = told;
  const [group] = promotion.groups;
  if (group === undefined) return '';
  const value = promotion.discount_value;
  const things = thingsOf(group, nameOf);
  const on = things === null ? '' : ` on ${things}`;
  const price = priceText(value, currency);
  if (group.minimum === 0) {
    if (promotion.discount_type === 'fixed') return `${things ?? 'the whole basket'} for ${price} in all`;
    const off = promotion.discount_type === 'amount' ? `${price} off` : `${percentText(value)} off`;
    return `${off} ${things ?? 'the whole basket'}`;
  }
  const spend = priceText(group.minimum, currency);
  if (promotion.discount_type === 'fixed') return `spend ${spend}${on}, pay ${price} in all`;
  if (promotion.discount_type === 'percent') return `spend ${spend}${on}, get ${percentText(value)} off`;
  return promotion.max_applications > 1
    ? `save ${price} for every ${spend} spent${on}`
    : `spend ${spend}${on}, save ${price}`;
}

function spendAndGet(told: Told): string {
  const sides = sidesOf(told.promotion);
  if (sides === null) return '';
  const things = thingsOf(sides.buy, told.nameOf);
  const on = things === null ? '' : ` on ${things}`;
  return `spend ${priceText(sides.buy.minimum, told.currency)}${on}, get ${gotten(told, sides.get)}`;
}
