import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Payment } from '../../../shared/api/order.ts';
import { QrSymbol } from '../qr_symbol.tsx';
import { order } from '../trip.ts';
import { giveUp } from './actions.ts';
import { wordsOf } from './methods.ts';

/** Something happens, or the payer is told what to do: the page is never blank. */
export function PayingView() {
  const last = order.value?.payments.at(-1);
  const action = last?.next_action;
  if (last === undefined || action === undefined || action.type === 'wait') {
    return <Waiting pending={order.value?.payment_status === 'pending'} />;
  }
  return (
    <section class="pad stack centre" aria-live="polite">
      <Action payment={last} />
      {action.expires_at !== undefined && <Countdown until={action.expires_at} />}
      <button type="button" onClick={() => void giveUp()}>
        Stop, and pay another way
      </button>
    </section>
  );
}

function Waiting({ pending }: { pending: boolean }) {
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

function Action({ payment }: { payment: Payment }) {
  const { next_action: action, method } = payment;
  const { name } = wordsOf(method);
  const words = action?.message === undefined ? null : <p>{action.message}</p>;
  switch (action?.type) {
    case 'redirect':
      return (
        <>
          <h1>Go on at {name}</h1>
          {words ?? <p class="soft">The page of your bank or app opens; afterwards you are back here.</p>}
          <Go to={action.url} />
        </>
      );
    case 'deep_link':
      return (
        <>
          <h1>Open {name}</h1>
          {words ?? <p class="soft">Confirm there, then come back to this page.</p>}
          <Go to={action.url} />
        </>
      );
    case 'qr':
      return (
        <>
          <h1>Scan with {name}</h1>
          {words ?? <p class="soft">Scan it with another phone, or open the app on this one.</p>}
          {action.payload !== undefined && <QrSymbol text={action.payload} label="Code to pay" />}
          <Go to={action.url ?? action.payload} />
        </>
      );
    case 'push':
      return (
        <>
          <span class="spinner large" aria-hidden="true" />
          <h1>Look at your telephone</h1>
          {words ?? <p>{name} asks you there. Confirm it with your PIN; this page goes on by itself.</p>}
        </>
      );
    case 'terminal':
      return (
        <>
          <span class="spinner large" aria-hidden="true" />
          <h1>Follow the terminal</h1>
          {words ?? <p>Hold your card against it, or put it in.</p>}
        </>
      );
    default:
      return <Waiting pending={true} />;
  }
}

/** Only where the address is one that a phone can open. */
function Go({ to }: { to: string | undefined }) {
  if (to === undefined || !/^(?:https?|upi|swish|vipps|mobilepay\w*):/i.test(to)) return null;
  return (
    <a class="button primary" href={to}>
      Open
    </a>
  );
}

const now = signal(Date.now());

function Countdown({ until }: { until: string }) {
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const leftS = Math.max(0, Math.floor((Date.parse(until) - now.value) / 1000));
  return (
    <p class="soft number">
      {leftS > 0
        ? `good for ${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`
        : 'The time is over; the bank is asked once more.'}
    </p>
  );
}
