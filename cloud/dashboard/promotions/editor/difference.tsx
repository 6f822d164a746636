import { scheduleText } from '../../../../shared/promotion/describe/schedule_text.ts';
import { sentence } from '../../../../shared/promotion/describe/sentence.ts';
import { terms } from '../../../../shared/promotion/describe/terms.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { itemNames } from '../data/items.ts';

interface DifferenceProps {
  before: Promotion;
  after: Promotion;
  currency: string;
}

/** What saving would change, in the words of the label. */
export function Difference({ before, after, currency }: DifferenceProps) {
  const nameOf = (sku: string) => itemNames.value.get(sku);
  const say = (promotion: Promotion) => [
    sentence(promotion, { currency, nameOf }),
    promotion.title === '' ? '' : `“${promotion.title}”`,
    scheduleText(promotion.schedule),
    ...terms(promotion, { currency }),
  ];
  const was = say(before);
  const is = say(after);
  const gone = was.filter((text) => text !== '' && !is.includes(text));
  const come = is.filter((text) => text !== '' && !was.includes(text));
  if (gone.length + come.length === 0)
    return <p class="soft small">Changed, but what the label says stays the same.</p>;
  return (
    <div class="difference small">
      {gone.length > 0 && (
        <p>
          <span class="soft">Saved: </span>
          <del>{gone.join(' · ')}</del>
        </p>
      )}
      {come.length > 0 && (
        <p>
          <span class="soft">Will be: </span>
          <ins>{come.join(' · ')}</ins>
        </p>
      )}
    </div>
  );
}
