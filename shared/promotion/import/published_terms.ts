import { type ImportNote, type ImportProblem, note, problem } from './entry.ts';
import type { PublishedPromotion } from './published.ts';
import { clubsOf, flag, moment } from './published_values.ts';

const TITLE_MAX = 255;
const EVERY_DAY = '1111111';

/** For whom and when a published promotion is, and what it is called. */
export interface Terms {
  fields: Record<string, unknown>;
  problems: ImportProblem[];
  notes: ImportNote[];
}

export function titleOf({ fields }: PublishedPromotion): string {
  return (fields.get('promotiondescription') ?? '').slice(0, TITLE_MAX);
}

export function termsOf(promotion: PublishedPromotion): Terms {
  const { fields } = promotion;
  const terms: Terms = { fields: { title: titleOf(promotion) }, problems: [], notes: [] };
  if ((fields.get('promotiondescription') ?? '').length > TITLE_MAX)
    terms.notes.push(note('title_cut', `the title is cut to ${TITLE_MAX} characters`));
  addStacking(promotion, terms);
  addActivity(promotion, terms);
  addAvailability(promotion, terms);
  addSchedule(promotion, terms);
  return terms;
}

function addStacking({ fields }: PublishedPromotion, terms: Terms): void {
  const isAllowed = flag(fields, 'allowmultiplediscounts');
  if (!isAllowed.ok) terms.problems.push(isAllowed.error);
  else if (fields.has('allowmultiplediscounts'))
    Object.assign(terms.fields, { stackable: isAllowed.value, exclusive: !isAllowed.value });
}

function addActivity({ fields }: PublishedPromotion, terms: Terms): void {
  const isActive = flag(fields, 'additionalisactive');
  if (!isActive.ok) terms.problems.push(isActive.error);
  else if (fields.has('additionalisactive') && !isActive.value) {
    terms.fields['is_active'] = false;
    terms.notes.push(note('inactive', 'the file marks it as not active'));
  }
  const gifts = fields.get('isgiftitem') ?? '0';
  if (gifts !== '0')
    terms.notes.push(note('ignored_field', `IsGiftItem ${gifts} of the promotion is not read`));
}

function addAvailability(promotion: PublishedPromotion, terms: Terms): void {
  const clubs = clubsOf(promotion.clubs);
  const coupon = flag(promotion.fields, 'additionaliscoupon');
  if (!clubs.ok) terms.problems.push(clubs.error);
  if (!coupon.ok) terms.problems.push(coupon.error);
  if (!clubs.ok || !coupon.ok) return;
  if (coupon.value && clubs.value.length > 0) {
    const message = 'a coupon and a club at once cannot be asked for';
    terms.problems.push(problem('clubs', 'coupon_and_club', message));
  }
  const qualifiers = coupon.value
    ? [{ id: `coupon:${promotion.key}`, description: titleOf(promotion) }]
    : clubs.value.map(({ id, description }) => ({
        id: `club:${id}`,
        description: description.slice(0, TITLE_MAX),
      }));
  if (qualifiers.length > 0) Object.assign(terms.fields, { availability: 'special', qualifiers });
}

function addSchedule({ fields }: PublishedPromotion, terms: Terms): void {
  const days = fields.get('promotiondays') ?? '';
  if (days !== '' && days !== EVERY_DAY) {
    const message = `${days}: nothing published says which day is first`;
    terms.problems.push(problem('promotiondays', 'unknown_days', message));
  }
  const schedule: Record<string, string> = {};
  for (const end of ['start', 'end'] as const) {
    const at = moment(fields, end);
    if (!at.ok) terms.problems.push(at.error);
    else if (at.value !== undefined) schedule[end] = at.value;
  }
  terms.fields['schedule'] = schedule;
}
