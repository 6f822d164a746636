import { Wait } from '../../shared/ui/components.tsx';
import { money } from '../../shared/ui/money.ts';
import { pay } from './actions.ts';
import { order, store } from './trip.ts';

/** What a shopper reads for each method that a store may offer. A method without words shows its own name. */
const METHODS: Record<string, { name: string; hint: string }> = {
  card: { name: 'Card', hint: 'Pays at once' },
  card_3ds: { name: 'Card with approval', hint: 'Your bank asks you first' },
  card_pending: { name: 'Card, slow bank', hint: 'The bank answers in a moment' },
  card_declined: { name: 'Card that is refused', hint: 'To see what a refusal looks like' },
  card_timeout: { name: 'Card, lost answer', hint: 'The line to the bank breaks; we ask until it has said' },
};

export function PayView() {
  const now = order.value;
  if (now === null) return <Wait>Making your order</Wait>;
  const gateways = store.value?.gateways ?? [];
  return (
    <section class="pad stack">
      <h1>
        Pay <span class="money">{money(now.total - now.captured, now.currency)}</span>
      </h1>
      <p class="soft">
        Order {now.number} · {now.lines.reduce((sum, line) => sum + line.quantity, 0)} items
        {now.discount > 0 && <> · saved {money(now.discount, now.currency)}</>}
      </p>
      <div class="methods">
        {gateways.flatMap((gateway) =>
          gateway.methods.map((method) => (
            <button
              key={`${gateway.gateway}/${method}`}
              type="button"
              onClick={() => void pay(gateway.gateway, method)}
            >
              <span>{METHODS[method]?.name ?? method}</span>
              <span class="small soft">{METHODS[method]?.hint ?? ''}</span>
            </button>
          )),
        )}
      </div>
      {gateways.some((g) => g.environment === 'test') && (
        <p class="small soft">A demo store: no money moves.</p>
      )}
    </section>
  );
}

export function PayingView() {
  const pending = order.value?.payment_status === 'pending';
  return (
    <section class="pad stack centre">
      <span class="spinner large" aria-hidden="true" />
      <h1>{pending ? 'Waiting for the bank' : 'Paying'}</h1>
      <p class="soft" role="status">
        {pending
          ? 'It has not said yes or no yet. We keep asking; you will not be charged twice.'
          : 'Please keep this page open.'}
      </p>
    </section>
  );
}
