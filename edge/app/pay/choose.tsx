import { signal } from '@preact/signals';
import { Notice, Wait } from '../../../shared/ui/components.tsx';
import { money } from '../../../shared/ui/money.ts';
import { order, store } from '../trip.ts';
import { pay } from './actions.ts';
import { isForPhones, type Need, wordsOf } from './methods.ts';

/** The method that waits for a word of the payer. */
const asking = signal<{ gateway: string; method: string; need: Need } | null>(null);

export function PayView() {
  const now = order.value;
  if (now === null) return <Wait>Making your order</Wait>;
  if (asking.value !== null) return <AskView {...asking.value} />;
  const gateways = store.value?.gateways ?? [];
  const held = now.payments.reduce((sum, one) => sum + (one.authorized ?? 0), 0);
  const paid = now.captured + held;
  return (
    <section class="pad stack">
      <h1>
        Pay <span class="money">{money(now.total - paid, now.currency)}</span>
      </h1>
      <p class="soft">
        Order {now.number} · {now.lines.reduce((sum, line) => sum + line.quantity, 0)} items
        {now.discount > 0 && <> · saved {money(now.discount, now.currency)}</>}
      </p>
      {paid > 0 && (
        <Notice tone="open">
          {money(paid, now.currency)} of {money(now.total, now.currency)} is paid. Choose how to pay the rest.
        </Notice>
      )}
      <div class="methods">
        {gateways.flatMap(({ gateway, methods }) =>
          methods.filter(isForPhones).map((method) => {
            const { name, hint, need } = wordsOf(method);
            return (
              <button
                key={`${gateway}/${method}`}
                type="button"
                onClick={() => {
                  if (need === undefined) void pay({ gateway, method });
                  else asking.value = { gateway, method, need };
                }}
              >
                <span>{name}</span>
                <span class="small soft">{hint}</span>
              </button>
            );
          }),
        )}
      </div>
      {gateways.some((g) => g.environment === 'test') && (
        <p class="small soft">A demo store: no money moves.</p>
      )}
    </section>
  );
}

/** One question, one field: what the method must know before it can begin. */
function AskView({ gateway, method, need }: { gateway: string; method: string; need: Need }) {
  const submit = (form: HTMLFormElement) => {
    const given = String(new FormData(form).get(need.field) ?? '').trim();
    if (given === '') return;
    asking.value = null;
    void pay({ gateway, method, [need.field]: given });
  };
  return (
    <section class="pad stack">
      <h1>{wordsOf(method).name}</h1>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit(event.currentTarget);
        }}
      >
        <label class="stack">
          {need.label}
          <input
            name={need.field}
            inputMode={need.keyboard}
            autoComplete={need.autoComplete}
            required
            maxLength={128}
          />
        </label>
        <p class="small soft">{need.hint}</p>
        <button type="submit" class="primary">
          Pay
        </button>
        <button type="button" onClick={() => (asking.value = null)}>
          Another way to pay
        </button>
      </form>
    </section>
  );
}
