import { EVERY_TIME } from '../../../../shared/promotion/describe/terms.ts';
import { parsePromotion } from '../../../../shared/promotion/parse.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../../../shared/result.ts';
import type { Stored } from '../data/records.ts';
import { readCount, readMoney, readPercent } from './amount.ts';
import { type Draft, type DraftGroup, isBuyAndGet, isSpend, isSpendFamily } from './draft.ts';
import { type FieldIssue, plainIssue } from './issues.ts';
import { localMoment } from './moment.ts';

/**
 * What is typed as a promotion, or all that is missing or wrong in it, at its fields. `before`: what the form
 * began with, for what it does not show. The id is the caller's.
 */
export function readDraft(
  draft: Draft,
  before: Stored | null,
  id: string,
  currency: string,
): Result<Promotion, FieldIssue[]> {
  const issues: FieldIssue[] = [];
  const read = (path: string, value: Result<number, string>, otherwise: number): number => {
    if (value.ok) return value.value;
    issues.push({ path, message: value.error });
    return otherwise;
  };
  const optional = (path: string, text: string, reader: (text: string) => Result<number, string>) =>
    text.trim() === '' ? undefined : read(path, reader(text), 1);
  const money = (text: string) => readMoney(text, currency);
  const reward = (type: string, text: string) => (type === 'percent' ? readPercent(text) : money(text));

  const groups = draft.groups.map((group, i) => groupOf(draft, group, i, { read, optional, money, reward }));
  const needsHeader =
    draft.family !== 'line_special' || groups.some((group) => group.nodes.some(lacksReward));
  const { start, end } = scheduleOf(draft, issues);
  const document = {
    ...(before === null ? {} : { short_code: before.short_code, filters: before.filters }),
    id,
    retailer_promotion_id: draft.retailer_promotion_id.trim(),
    title: draft.title.trim(),
    description: draft.description.trim(),
    family: draft.family,
    is_active: draft.is_active,
    groups,
    discount_type: draft.discount_type,
    discount_value:
      needsHeader || draft.discount_value.trim() !== ''
        ? read('discount_value', reward(draft.discount_type, draft.discount_value), 0)
        : 0,
    discount_on: isSpendFamily(draft.family) ? 'set' : draft.discount_on,
    ...targetOf(draft, read),
    criteria: draft.criteria,
    priority: optional('priority', draft.priority, (text) => readCount(text, 0)),
    layer: read('layer', readCount(draft.layer, 1), 1),
    price_base: draft.price_base,
    selection: draft.selection,
    trigger_selection: draft.trigger_selection,
    max_applications:
      optional('max_applications', draft.max_applications, (text) => readCount(text, 1)) ??
      Math.max(EVERY_TIME, before?.max_applications ?? 0),
    max_discount: optional('max_discount', draft.max_discount, money),
    stackable: draft.stackable,
    exclusive: draft.exclusive === '' ? undefined : draft.exclusive === 'yes',
    applies_as: draft.applies_as,
    include_addons: draft.include_addons,
    distribution: draft.distribution,
    threshold_excludes_targets: draft.threshold_excludes_targets,
    availability: draft.availability,
    qualifiers: draft.qualifiers.map((one) => ({ id: one.id.trim(), description: one.description.trim() })),
    schedule: {
      start,
      end,
      active_days: draft.schedule.active_days,
      is_happy_hour: draft.schedule.is_happy_hour,
    },
  };
  if (document.retailer_promotion_id === '')
    issues.push({ path: 'retailer_promotion_id', message: 'Give it a key of your own.' });

  const parsed = parsePromotion(document);
  if (!parsed.ok) {
    const known = new Set(issues.map(({ path }) => path));
    issues.push(...parsed.error.issues.map(plainIssue).filter(({ path }) => !known.has(path)));
  }
  return parsed.ok && issues.length === 0 ? ok(parsed.value) : err(issues);
}

interface Reader {
  read: (path: string, value: Result<number, string>, otherwise: number) => number;
  optional: (
    path: string,
    text: string,
    reader: (text: string) => Result<number, string>,
  ) => number | undefined;
  money: (text: string) => Result<number, string>;
  reward: (type: string, text: string) => Result<number, string>;
}

function groupOf(draft: Draft, group: DraftGroup, i: number, { read, optional, money, reward }: Reader) {
  const path = `groups.${i}`;
  const minimum = isSpend(draft, i)
    ? read(`${path}.minimum`, money(group.minimum), 0)
    : read(`${path}.minimum`, readCount(group.minimum, 1), 1);
  return {
    name: group.name,
    minimum,
    maximum:
      draft.family === 'easy_plus'
        ? optional(`${path}.maximum`, group.maximum, (text) => readCount(text, minimum))
        : undefined,
    filters: group.filters,
    nodes: group.nodes.map(({ discount_type, discount_value, ...node }, n) =>
      discount_type === '' || draft.family !== 'line_special'
        ? node
        : {
            ...node,
            discount_type,
            discount_value: read(
              `${path}.nodes.${n}.discount_value`,
              reward(discount_type, discount_value),
              0,
            ),
          },
    ),
  };
}

const lacksReward = (node: { is_excluded: boolean; discount_type?: unknown }): boolean =>
  !node.is_excluded && node.discount_type === undefined;

function targetOf({ family, groups, target, target_quantity }: Draft, read: Reader['read']) {
  if (family === 'basket_threshold_target' || (isBuyAndGet(family) && groups.length === 2))
    return { target_group: groups[target]?.name };
  if (!isBuyAndGet(family)) return {};
  return { target_quantity: read('target_quantity', readCount(target_quantity, 1), 1) };
}

function scheduleOf({ schedule }: Draft, issues: FieldIssue[]): { start?: string; end?: string } {
  const start = localMoment(schedule.start_date, schedule.start_time, 'start');
  const end = localMoment(schedule.end_date, schedule.end_time, 'end');
  // The times of a daily window stand in the same two fields as its dates.
  if (schedule.is_happy_hour) {
    for (const [side, moment] of [
      ['start', start],
      ['end', end],
    ] as const) {
      if (moment === null)
        issues.push({
          path: `schedule.${side}`,
          message: 'Daily hours need a date and a time on both sides.',
        });
    }
  }
  return { ...(start === null ? {} : { start }), ...(end === null ? {} : { end }) };
}
