import type { Oddity } from '../lint.ts';
import { isBasketFamily, ruleOf } from '../rule.ts';
import type { Promotion } from '../schema.ts';

/** Fields that are filled in but change nothing for this kind of promotion. */
export function ignoredFields(promotion: Promotion): Oddity[] {
  const { family, groups } = promotion;
  const oddities: Oddity[] = [];
  const ignored = (path: string, message: string) => oddities.push({ code: 'field_ignored', path, message });
  const rule = ruleOf(promotion);
  const buysAndGets = family === 'requisite' || family === 'evenly_distributed';

  if (family === 'basket_threshold' && promotion.selection !== 'lowest_first')
    ignored('selection', 'A discount on the spend is for all of its items, so their order changes nothing.');
  if (promotion.trigger_selection !== 'lowest_first' && !(buysAndGets && groups.length === 2))
    ignored('trigger_selection', 'Only an offer with separate items to buy has an order for them.');
  if (promotion.distribution === 'equal' && family !== 'evenly_distributed')
    ignored('distribution', 'Only an offer that spreads its saving over all items can spread it equally.');
  if (promotion.threshold_excludes_targets && family !== 'basket_threshold_target')
    ignored('threshold_excludes_targets', 'Only a spend-and-get has targets to leave out of the spend.');
  if (promotion.exclusive === true && isBasketFamily(family))
    ignored('exclusive', 'A discount on the spend closes no items to other offers.');
  if (promotion.target_quantity !== undefined && !(buysAndGets && groups.length === 1))
    ignored('target_quantity', 'How many items are discounted is set by their own group here.');
  if (promotion.availability === 'all' && promotion.qualifiers.length > 0) {
    oddities.push({
      code: 'open_to_everybody',
      path: 'availability',
      message: 'Codes or cards are listed, but everybody gets this without them.',
    });
  }
  oddities.push(...limitIgnored(promotion), ...targetName(promotion, rule.triggers > 0));
  if (family !== 'line_special') {
    for (const [g, { nodes }] of groups.entries()) {
      const n = nodes.findIndex((node) => node.discount_type !== undefined);
      if (n >= 0)
        ignored(
          `groups.${g}.nodes.${n}`,
          'Discounts of single items only count in a set with its own prices.',
        );
    }
  }
  return oddities;
}

function limitIgnored({ family, discount_type, max_applications }: Promotion): Oddity[] {
  if (max_applications === 1) return [];
  const path = 'max_applications';
  if (family === 'easy_plus') {
    return [
      {
        code: 'limit_ignored',
        path,
        message: 'A quantity break applies once, to every item: no limit counts.',
      },
    ];
  }
  if (family === 'basket_threshold' && discount_type !== 'amount') {
    return [
      {
        code: 'limit_ignored',
        path,
        message: 'Only money off repeats with the spend: this applies once whatever the limit.',
      },
    ];
  }
  return [];
}

function targetName({ family, groups, target_group }: Promotion, hasTriggers: boolean): Oddity[] {
  const oddities: Oddity[] = [];
  const lower = groups.map(({ name }) => name.toLowerCase());
  const path = 'target_group';
  const isUsed = groups.length === 2 && (family === 'basket_threshold_target' || hasTriggers);
  if (new Set(lower).size < groups.length) {
    oddities.push({
      code: 'group_names_alike',
      path: 'groups',
      message: 'Two groups have names that differ in upper and lower case alone.',
    });
  }
  if (target_group === undefined || isUsed) return oddities;
  const exact = groups.some(({ name }) => name === target_group);
  if (!exact && lower.includes(target_group.toLowerCase())) {
    oddities.push({
      code: 'target_group_case',
      path,
      message: `No group is called "${target_group}": upper and lower case differ.`,
    });
  } else if (!exact || groups.length > 1) {
    oddities.push({
      code: 'field_ignored',
      path,
      message: 'This kind of offer discounts all of its groups, so naming one changes nothing.',
    });
  }
  return oddities;
}
