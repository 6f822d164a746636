import type { Explanation } from '../../../../shared/promotion/explain/explanation.ts';
import { promotionText } from '../../../../shared/promotion/explain/text.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { money } from '../../../../shared/ui/money.ts';
import type { TriedOut } from './try_out.ts';

/** The basket with and without the offer, and what it changes. */
export function Totals({
  tried,
  explanation,
  promotion,
  currency,
}: {
  tried: TriedOut;
  explanation: Explanation | null;
  promotion: Promotion | null;
  currency: string;
}) {
  const { shelf, without, evaluation } = tried;
  const saved = without - tried.with;
  const told = explanation?.promotions.find((one) => one.promotion_id === promotion?.id);
  const later = evaluation.cashback_total + evaluation.tender_total;
  return (
    <div role="status" aria-live="polite">
      <dl class="totals">
        <dt>Shelf prices</dt>
        <dd class="money">{money(shelf, currency)}</dd>
        {without !== shelf && (
          <>
            <dt>With the other promotions</dt>
            <dd class="money">{money(without, currency)}</dd>
          </>
        )}
        <dt class="strong">With this offer</dt>
        <dd class="money strong">{money(tried.with, currency)}</dd>
        {later > 0 && (
          <>
            <dt>Cashback and credit</dt>
            <dd class="money">{money(later, currency)}</dd>
          </>
        )}
      </dl>
      <p class={`verdict ${saved > 0 ? 'good' : ''}`}>{verdict(promotion, saved, currency)}</p>
      {explanation !== null && told !== undefined && told.reason !== null && (
        <p class="small">{promotionText(told, explanation, { currency })}</p>
      )}
      {evaluation.optimality.status === 'bounded' && (
        <p class="soft small">The best combination was not proved; this one is a good one.</p>
      )}
    </div>
  );
}

function verdict(promotion: Promotion | null, saved: number, currency: string): string {
  if (promotion === null) return 'The form is not finished: this is the basket without the offer.';
  if (saved > 0) return `This offer saves the shopper ${money(saved, currency)} more.`;
  if (saved < 0)
    return `With this offer the shopper pays ${money(-saved, currency)} more: it displaces a better one.`;
  return 'This offer changes nothing on this basket.';
}
