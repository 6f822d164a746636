import type { RefundPreview } from '../../../../shared/api/refund.ts';
import { money } from '../../../../shared/ui/money.ts';
import { moneyInput } from '../../promotions/form/amount.ts';
import type { Detail } from '../data.ts';
import { capital, paymentName } from '../words.ts';
import type { Draft } from './draft.ts';

interface Props {
  order: Detail;
  plan: RefundPreview;
  split: Draft['split'];
  onChange: (change: Pick<Draft, 'split'>) => void;
}

/** Over which payment the money goes back; of several, as staff split it. */
export function Split({ order, plan, split, onChange }: Props) {
  const { currency } = plan;
  const able = plan.payments.filter(({ can, available }) => can !== 'none' && available > 0);
  const name = (id: string) => capital(paymentName(order.payments.find((one) => one.id === id)));
  const partOf = (id: string) => plan.legs.find(({ payment_id }) => payment_id === id)?.amount ?? 0;
  const begin = () =>
    onChange({
      split: Object.fromEntries(
        able.map(({ payment_id }) => [payment_id, moneyInput(partOf(payment_id), currency)]),
      ),
    });
  return (
    <fieldset class="stack">
      <legend>Goes back to</legend>
      {split === null
        ? plan.legs.map(({ payment_id, amount }) => (
            <p key={payment_id} class="pane-row">
              <span>{name(payment_id)}</span>
              <span class="money">{money(amount, currency)}</span>
            </p>
          ))
        : able.map(({ payment_id, available, can }) => (
            <label key={payment_id}>
              {name(payment_id)}
              <span class="small soft">
                {can === 'full' ? 'only whole: ' : 'at most '}
                {money(available, currency)}
              </span>
              <input
                inputMode="decimal"
                value={split[payment_id] ?? ''}
                onInput={(event) =>
                  onChange({ split: { ...split, [payment_id]: event.currentTarget.value } })
                }
              />
            </label>
          ))}
      {able.length > 1 && (
        <button type="button" onClick={() => (split === null ? begin() : onChange({ split: null }))}>
          {split === null ? 'Split it otherwise' : 'As the store splits it'}
        </button>
      )}
    </fieldset>
  );
}
