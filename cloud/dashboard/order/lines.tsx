import type { Refund } from '../../../shared/api/refund.ts';
import { money } from '../../../shared/ui/money.ts';
import { type Detail, unitsLeft } from './data.ts';
import { shortTag } from './words.ts';

/** What was bought, and how much of each line may still come back. */
export function Lines({ order, refunds }: { order: Detail; refunds: readonly Refund[] }) {
  if (order.lines.length === 0) return null;
  return (
    <section aria-label="Items">
      <h3>Items</h3>
      <ul class="pane-lines">
        {order.lines.map((line) => {
          const left = unitsLeft(line, refunds);
          return (
            <li key={line.id}>
              <span>
                {line.quantity > 1 && `${line.quantity} × `}
                {line.name}
                <span class="small soft line-notes">
                  {line.epc != null && <span>tag {shortTag(line.epc)}</span>}
                  {line.discount > 0 && <span>saved {money(line.discount, order.currency)}</span>}
                  {left < line.quantity && (
                    <span>{left === 0 ? 'given back' : `${left} of ${line.quantity} left`}</span>
                  )}
                </span>
              </span>
              <span class="money">{money(line.total, order.currency)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
