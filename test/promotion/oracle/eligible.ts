import { sum } from './arithmetic.ts';
import { type Rule, ruleOf } from './rule.ts';
import type { WireHeader, WireInstance, WirePromotion, WireQualifier } from './wire.ts';

/** The promotions that may run in this basket at this time, and those that the basket itself brings. */
export function eligibleRules({ promotions, context }: WireInstance): Rule[] {
  const now = context?.now_local ?? null;
  const qualifiers = (context?.special_promos ?? []).flatMap(({ group_qualifiers }) => group_qualifiers);
  const rules: Rule[] = [];
  for (const promotion of promotions) {
    const matching = qualifiers.filter((qualifier) => unlocks(qualifier, promotion));
    const override = matching.map(headerOverride).find((fields) => fields !== null) ?? {};
    const own = { ...promotion, ...override };
    const limit =
      promotion.availability === 's' ? summedLimit(matching, own.max_application_limit ?? 1) : null;
    if (limit === 0 || !runsAt(own, now)) continue;
    rules.push(ruleOf(promotion, override, limit));
  }
  for (const qualifier of qualifiers) {
    const brought = qualifier.promo_override;
    if (!brought || !('family' in brought)) continue;
    const limit = qualifier.max_application_limit ?? null;
    if (limit === 0 || !runsAt(brought, now)) continue;
    rules.push(ruleOf(brought, {}, limit));
  }
  return rules;
}

/** An input that brings a promotion of its own stands for that one alone. */
const unlocks = (
  { qualifier_ids, promo_override }: WireQualifier,
  { availability, special_promo_info }: WirePromotion,
): boolean =>
  availability === 's' &&
  !(promo_override && 'family' in promo_override) &&
  (special_promo_info ?? []).some(({ group_qualifier_id }) => qualifier_ids.includes(group_qualifier_id));

const headerOverride = ({ promo_override }: WireQualifier): WireHeader | null =>
  promo_override && !('family' in promo_override) ? promo_override : null;

/** Every input allows what it states, or else as often as the promotion itself; together they add up. */
const summedLimit = (matching: readonly WireQualifier[], own: number): number =>
  sum(matching.map(({ max_application_limit }) => max_application_limit ?? own));

/** No clock means that every schedule is open. */
function runsAt(header: WireHeader, now: string | null): boolean {
  if (header.is_active === false) return false;
  if (now === null) return true;
  return header.is_happy_hour ? inHappyHour(header, now) : inPeriod(header, now);
}

function inPeriod(header: WireHeader, now: string): boolean {
  if (header.start_date_time && now < header.start_date_time) return false;
  if (header.end_date_time && now > header.end_date_time) return false;
  return activeOn(header, dayOf(now));
}

/** A window over midnight belongs, with its hours after midnight, to the day on which it opened. */
function inHappyHour(header: WireHeader, now: string): boolean {
  const { start_date_time: start, end_date_time: end } = header;
  const opens = start ? timeOf(start) : '00:00:00';
  const closes = end ? timeOf(end) : '23:59:59';
  const time = timeOf(now);
  let day = dayOf(now);
  if (opens <= closes) {
    if (time < opens || time > closes) return false;
  } else if (time < opens) {
    if (time > closes) return false;
    day = dayBefore(day);
  }
  if (start && day < dayOf(start)) return false;
  if (end && day > dayOf(end)) return false;
  return activeOn(header, day);
}

const dayOf = (local: string): string => local.slice(0, 10);
const timeOf = (local: string): string => local.slice(11);
const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** `active_days` begins with Monday. */
function activeOn({ active_days }: WireHeader, day: string): boolean {
  const sunday_first = new Date(`${day}T00:00:00Z`).getUTCDay();
  return (active_days ?? '1111111')[(sunday_first + 6) % 7] === '1';
}
