import { listed, priceText } from '../describe/amounts.ts';
import { scheduleText } from '../describe/schedule_text.ts';
import type { ExplainedPromotion, Explanation, Reason } from './explanation.ts';

export interface ExplanationTextOptions {
  /** ISO 4217 code of the amounts. */
  currency: string;
}

/**
 * The explanation in sentences: first each promotion that applied with what it saved and what it kept out, then
 * those that a shopper could ask about: they would have saved something, or lack a little. The others are silent.
 */
export function explanationText(explanation: Explanation, options: ExplanationTextOptions): string[] {
  const applied = explanation.promotions.filter(({ is_applied }) => is_applied);
  const open = new Set(explanation.promotions.filter((one) => !one.is_applied && isLoud(one)));
  const texts = applied.map((winner) => {
    const sentences = [appliedText(winner, options)];
    for (const other of open) {
      if (!isBeatenBy(other, winner)) continue;
      open.delete(other);
      sentences.push(besideWinner(other, options) ?? promotionText(other, explanation, options));
    }
    return sentences.join(' ');
  });
  return [...texts, ...[...open].map((other) => promotionText(other, explanation, options))];
}

/** What became of a promotion, in a sentence. */
export function promotionText(
  promotion: ExplainedPromotion,
  explanation: Explanation,
  options: ExplanationTextOptions,
): string {
  return promotion.reason === null
    ? appliedText(promotion, options)
    : reasonText(promotion, promotion.reason, explanation, options);
}

/** Why a promotion did not apply, or not to some unit, in a sentence. */
export function reasonText(
  { title }: Pick<ExplainedPromotion, 'title'>,
  reason: Reason,
  { promotions }: Explanation,
  { currency }: ExplanationTextOptions,
): string {
  const money = (minor: number) => priceText(minor, currency);
  const titles = new Map(promotions.map((one) => [one.promotion_id, one.title]));
  const others = (by: readonly string[]) =>
    by.length === 0 ? 'another offer' : listed(by.map((id) => titles.get(id) ?? id));
  const toSave = (saves: number | null) => (saves === null ? `for ${title}` : `to save ${money(saves)}`);
  const verb = (by: readonly string[], one: string, many: string) => (by.length > 1 ? many : one);
  switch (reason.code) {
    case 'outbid': {
      const saved = `${others(reason.by)} ${verb(reason.by, 'saves', 'together save')} ${money(reason.saved)}`;
      return `${title} would have saved ${money(reason.would_save)} on the same items; ${saved}.`;
    }
    case 'already_used':
      return `${title}: its items already count for ${others(reason.by)}.`;
    case 'locked':
      return `${title} cannot be combined with ${others(reason.by)}.`;
    case 'already_discounted':
      return `${title} is not for items already reduced by ${others(reason.by)}.`;
    case 'too_few': {
      const more = reason.present > 0 ? `${reason.missing} more` : `${reason.missing}`;
      const items = reason.missing === 1 ? 'item' : 'items';
      const what = reason.what === null ? ` ${items}` : ` from ${reason.what}`;
      return `Add ${more}${what} ${toSave(reason.saves)}.`;
    }
    case 'below_threshold': {
      const what = reason.what === null ? '' : ` on ${reason.what}`;
      return `Spend ${money(reason.missing)} more${what} ${toSave(reason.saves)}.`;
    }
    case 'limit_reached':
      return reason.limit === 0 ? `${title} is used up.` : `${title} is limited to ${reason.limit} a basket.`;
    case 'maximum_reached':
      return `${title} is for ${reason.maximum} items at most.`;
    case 'cap_reached':
      return `${title} saves ${money(reason.max_discount)} at most.`;
    case 'outside_schedule':
      return `${title} is not on now: ${scheduleText(reason.schedule)}.`;
    case 'needs_qualifier': {
      const what = reason.descriptions.length === 0 ? 'a code or card' : listed(reason.descriptions, 'or');
      return `${title} needs ${what}.`;
    }
    case 'switched_off':
      return `${title} is switched off.`;
    case 'no_gain':
      return reason.by.length === 0
        ? `${title} takes nothing off here.`
        : `${title} takes nothing more off after ${others(reason.by)}.`;
    case 'cannot_carry': {
      const after = reason.by.length === 0 ? '' : ` after ${others(reason.by)}`;
      return `${title} is not for items that cost so little${after}.`;
    }
    case 'not_best_threshold': {
      const saved = `${others(reason.by)} saves ${money(reason.saved)}`;
      return `${title} would have saved ${money(reason.would_save)}; ${saved}, and only one of them counts.`;
    }
    case 'one_per_layer':
      return `${title} is not given together with ${others(reason.by)}.`;
    case 'remainder':
      return `${title} takes full sets of ${reason.required}: ${reason.left} left over.`;
    case 'spend_only':
      return `This counts towards ${title}.`;
  }
}

function appliedText(
  { title, discount, applies_as }: ExplainedPromotion,
  { currency }: ExplanationTextOptions,
) {
  const amount = priceText(discount, currency);
  if (discount === 0) return `${title} applies, but takes nothing off.`;
  if (applies_as === 'cashback') return `${title}: ${amount} cashback.`;
  if (applies_as === 'tender') return `${title}: ${amount} towards the payment.`;
  return `${title}: −${amount}.`;
}

/** Whether anybody could expect it: it would save something, or a little more would earn it. */
function isLoud({ would_save, reason }: ExplainedPromotion): boolean {
  return would_save > 0 || reason?.code === 'too_few' || reason?.code === 'below_threshold';
}

/** Right after its only winner, whose saving has been told. */
function besideWinner({ title, reason }: ExplainedPromotion, { currency }: ExplanationTextOptions) {
  if (reason?.code !== 'outbid' || reason.by.length > 1) return null;
  return `${title} would have saved ${priceText(reason.would_save, currency)} on the same items.`;
}

function isBeatenBy({ reason }: ExplainedPromotion, winner: ExplainedPromotion): boolean {
  return (
    (reason?.code === 'outbid' || reason?.code === 'not_best_threshold') &&
    reason.by[0] === winner.promotion_id
  );
}
