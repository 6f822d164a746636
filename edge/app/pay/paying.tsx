import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Payment } from '../../../shared/api/order.ts';
import { money } from '../../../shared/ui/money.ts';
import { QrSymbol } from '../qr_symbol.tsx';
import { order } from '../trip.ts';
import { giveUp } from './actions.ts';
import { leaveFor } from './leave.ts';
import { wordsOf } from './methods.ts';
import { isOpen } from './paid.ts';

const TICK_MS = 500;
/** After so long a payer wonders how far it is, and then whether she is held here. */
const SHOWN_AFTER_S = 3;
const LONG_AFTER_S = 15;

const now = signal(Date.now());

/** Something happens, or the payer is told what to do: the page is never blank. */
export function PayingView() {
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const open = order.value?.payments.findLast(isOpen);
  const action = open?.next_action;
  if (open === undefined || action === undefined || action.type === 'wait') return <Waiting payment={open} />;
  return (
    <section class="pad stack centre" aria-live="polite">
      <Action payment={open} />
      {action.expires_at !== undefined && <Countdown until={action.expires_at} />}
      {action.type !== 'redirect' && <Elapsed since={open.created_at} />}
      <StopButton />
    </section>
  );
}

const StopButton = () => (
  <button type="button" onClick={() => void giveUp()}>
    Stop, and pay another way
  </button>
);

function Waiting({ payment }: { payment: Payment | undefined }) {
  const pending = payment?.status === 'pending';
  const reserved = order.value?.payment_status === 'authorized';
  return (
    <section class="pad stack centre">
      <span class="spinner large" aria-hidden="true" />
      <h1>{reserved ? 'The money is reserved' : pending ? 'Waiting for the bank' : 'Paying'}</h1>
      <p class="soft" role="status">
        {reserved
          ? 'The shop takes it in a moment.'
          : pending
            ? 'It has not said yes or no yet. We keep asking; you will not be charged twice.'
            : 'Please keep this page open.'}
      </p>
      {payment !== undefined && <Elapsed since={payment.created_at} />}
      {payment !== undefined && secondsSince(payment.created_at) >= LONG_AFTER_S && <StopButton />}
    </section>
  );
}

const secondsSince = (at: string): number => Math.max(0, Math.floor((now.value - Date.parse(at)) / 1000));
const minutes = (s: number): string => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;

/** How long it has been asked, and that nobody is held here. */
function Elapsed({ since }: { since: string }) {
  const s = secondsSince(since);
  if (s < SHOWN_AFTER_S) return null;
  return (
    <>
      <p class="soft number small">Asked {minutes(s)} ago</p>
      {s >= LONG_AFTER_S && (
        <p class="small">
          You may leave this page: it is safe. Open it again on this phone, and you are back here.
        </p>
      )}
    </>
  );
}

function Action({ payment }: { payment: Payment }) {
  const { next_action: action, method, amount, currency } = payment;
  const { name } = wordsOf(method);
  const words = action?.message === undefined ? null : <p>{action.message}</p>;
  const sum = <strong class="money total">{money(amount, currency)}</strong>;
  switch (action?.type) {
    case 'redirect':
      return (
        <>
          <h1>{name}: go on at the bank’s page</h1>
          {sum}
          {words ?? <p class="soft">The page of your bank or app opens; afterwards you are back here.</p>}
          <button type="button" class="primary" onClick={() => leaveFor(action)}>
            Open it
          </button>
        </>
      );
    case 'deep_link':
      return (
        <>
          <h1>Open {name}</h1>
          {sum}
          {words ?? <p class="soft">Confirm there, then come back to this page.</p>}
          <Go to={action.url} />
        </>
      );
    case 'qr':
      return (
        <>
          <h1>{name}</h1>
          {sum}
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
          {sum}
          {words ?? <p>{name} asks you there. Confirm it with your PIN; this page goes on by itself.</p>}
        </>
      );
    case 'terminal':
      return (
        <>
          <span class="spinner large" aria-hidden="true" />
          <h1>Follow the terminal</h1>
          {sum}
          {words ?? <p>Hold your card against it, or put it in.</p>}
        </>
      );
    default:
      return <Waiting payment={payment} />;
  }
}

/** Only where the address is one that a phone can open. */
function Go({ to }: { to: string | undefined }) {
  if (to === undefined || !/^(?:https?|upi|swish|vipps|mobilepay\w*):/i.test(to)) return null;
  return (
    <a class="button primary" href={to}>
      Open the app
    </a>
  );
}

function Countdown({ until }: { until: string }) {
  const leftS = Math.max(0, Math.floor((Date.parse(until) - now.value) / 1000));
  return (
    <p class="soft number">
      {leftS > 0 ? `good for ${minutes(leftS)}` : 'The time is over; the bank is asked once more.'}
    </p>
  );
}
