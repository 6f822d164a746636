import type { Refund, RefundPreview } from '../../../../shared/api/refund.ts';
import { money } from '../../../../shared/ui/money.ts';
import { type Detail, unitsLeft } from '../data.ts';
import { shortTag } from '../words.ts';
import { type Draft, goodsOf } from './draft.ts';

interface Props {
  order: Detail;
  refunds: readonly Refund[];
  draft: Draft;
  plan: RefundPreview | null;
  onChange: (change: Partial<Draft>) => void;
}

/** How many of each line come back, what that gives back, and whether the goods are on the shelf again. */
export function Goods({ order, refunds, draft, plan, onChange }: Props) {
  const goods = new Map(goodsOf(draft, order, refunds).map(({ id, units }) => [id, units]));
  const chooses = draft.mode === 'lines';
  const set = (id: string, units: number) => onChange({ units: { ...draft.units, [id]: units } });
  const shelve = (id: string) => {
    const shelved = new Set(draft.shelved);
    if (!shelved.delete(id)) shelved.add(id);
    onChange({ shelved });
  };
  return (
    <ul class="refund-goods">
      {order.lines.map((line) => {
        const left = unitsLeft(line, refunds);
        const units = goods.get(line.id) ?? 0;
        const name = line.epc == null ? line.name : `${line.name}, tag ${shortTag(line.epc)}`;
        const gives = plan?.lines.find(({ line_id }) => line_id === line.id)?.amount;
        if (left === 0) return null;
        return (
          <li key={line.id}>
            <span class="refund-name">
              {line.name}
              <span class="small soft">
                {line.epc == null ? `${left} left` : `tag ${shortTag(line.epc)}`}
              </span>
            </span>
            {chooses ? (
              <span class="stepper">
                <button
                  type="button"
                  aria-label={`One less of ${name}`}
                  disabled={units === 0}
                  onClick={() => set(line.id, units - 1)}
                >
                  −
                </button>
                <output class="number" aria-label={`Of ${name} come back`}>
                  {units}
                </output>
                <button
                  type="button"
                  aria-label={`One more of ${name}`}
                  disabled={units >= left}
                  onClick={() => set(line.id, units + 1)}
                >
                  +
                </button>
              </span>
            ) : (
              <span class="number">{units}</span>
            )}
            <span class="money">{units > 0 && gives !== undefined ? money(gives, order.currency) : '–'}</span>
            {units > 0 && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={draft.shelved.has(line.id)}
                  onChange={() => shelve(line.id)}
                />
                <span>
                  Back in the shop, for sale again
                  {line.epc != null && <span class="small soft"> · its tag will alarm</span>}
                </span>
              </label>
            )}
          </li>
        );
      })}
    </ul>
  );
}
