import type { Item } from '../../../../shared/catalog/item.ts';
import type { ExplainedUnits, Explanation } from '../../../../shared/promotion/explain/explanation.ts';
import { reasonText } from '../../../../shared/promotion/explain/text.ts';
import { money } from '../../../../shared/ui/money.ts';
import type { TestLine } from './test_basket.ts';
import type { TriedOut } from './try_out.ts';

interface LinesProps {
  lines: readonly TestLine[];
  tried: TriedOut | null;
  explanation: Explanation | null;
  currency: string;
  /** The promotion that is tried. */
  promotionId: string | null;
  onAdd: (item: Item, more: number) => void;
}

/** Every line of the test basket, and of its units what took them and what did not. */
export function Lines({ lines, tried, explanation, currency, promotionId, onAdd }: LinesProps) {
  return (
    <ul class="test-lines">
      {lines.map(({ item, quantity }, at) => {
        const discount = tried?.evaluation.lines[at]?.discount ?? 0;
        const full = item.unit_price * quantity;
        return (
          <li key={item.sku}>
            <span class="test-name">{item.name}</span>
            <span class="stepper">
              <button type="button" aria-label={`One ${item.name} less`} onClick={() => onAdd(item, -1)}>
                −
              </button>
              <span class="number">{quantity}</span>
              <button type="button" aria-label={`One ${item.name} more`} onClick={() => onAdd(item, 1)}>
                +
              </button>
            </span>
            <span class="money">
              {discount > 0 && <s class="soft">{money(full, currency)}</s>} {money(full - discount, currency)}
            </span>
            {explanation !== null && (
              <ul class="units small">
                {explanation.lines[at]?.units.map((units) => (
                  <Units
                    key={units.from}
                    units={units}
                    explanation={explanation}
                    currency={currency}
                    promotionId={promotionId}
                  />
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface UnitsProps {
  units: ExplainedUnits;
  explanation: Explanation;
  currency: string;
  promotionId: string | null;
}

function Units({ units, explanation, currency, promotionId }: UnitsProps) {
  const { count, taken, passed } = units;
  const of = (id: string) => explanation.promotions.find((one) => one.promotion_id === id);
  return (
    <li>
      {taken.length === 0 ? (
        <p class="soft">
          {count} ×: no offer takes {count === 1 ? 'it' : 'them'}
        </p>
      ) : (
        taken.map((one) => (
          <p
            key={`${one.promotion_id}${one.application}`}
            class={one.promotion_id === promotionId ? 'strong' : ''}
          >
            {count} × {of(one.promotion_id)?.title ?? one.title}{' '}
            {one.role === 'trigger' && one.discount === 0 ? (
              <span class="soft">counts towards it</span>
            ) : (
              <span class="money good">−{money(one.discount, currency)} each</span>
            )}
          </p>
        ))
      )}
      {passed.length > 0 && (
        <details class="why">
          <summary>Why no other ({passed.length})</summary>
          {passed.map(({ promotion_id, reason }) => {
            const other = of(promotion_id);
            return other === undefined ? null : (
              <p key={promotion_id}>{reasonText(other, reason, explanation, { currency })}</p>
            );
          })}
        </details>
      )}
    </li>
  );
}
