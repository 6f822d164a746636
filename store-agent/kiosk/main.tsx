import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Notice } from '../../shared/ui/components.tsx';
import { BasketStep } from './basket.tsx';
import { DoneStep } from './done.tsx';
import { price } from './money.ts';
import { Patience } from './patience.tsx';
import { CardStep, CashStep, PayStep } from './pay.tsx';
import {
  begin,
  callStaff,
  endsAt,
  helpCalled,
  problem,
  reached,
  refused,
  said,
  scan,
  step,
  till,
  watchTill,
} from './state.ts';
import { TypeCode } from './type_code.tsx';
import { listenToWedge } from './wedge.ts';
import { fill, LANGUAGES, type Language, language, problemText, words } from './words.ts';

function App() {
  useEffect(watchTill, []);
  useEffect(() => listenToWedge((code) => void scan(code)), []);
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  const closed = till.value?.closed ?? null;
  const free = step.value === 'idle' || step.value === 'basket';
  return (
    <>
      <header class="top">
        <strong>{till.value?.store.name ?? ''}</strong>
        <span class="grow" />
        <Languages />
        <button type="button" onClick={() => void callStaff()}>
          {words().callStaff}
        </button>
      </header>
      <Offline />
      <main>
        {refused.value && <Notice tone="wait">{words().signIn}</Notice>}
        {!reached.value && !refused.value && <Notice tone="wait">{words().agentGone}</Notice>}
        {helpCalled.value && <Notice tone="info">{words().staffCalled}</Notice>}
        {problem.value !== null && <Notice tone="alarm">{problemText(problem.value)}</Notice>}
        {closed !== null && free ? <Closed why={closed} /> : <Steps />}
      </main>
      <p class="hidden" role="status" aria-live="polite">
        {said.value}
      </p>
      <Patience />
    </>
  );
}

function Steps() {
  switch (step.value) {
    case 'idle':
      return <Idle />;
    case 'basket':
      return <BasketStep />;
    case 'pay':
      return <PayStep />;
    case 'cash':
      return <CashStep />;
    case 'card':
      return <CardStep />;
    case 'done':
      return <DoneStep />;
  }
}

function Idle() {
  return (
    <section class="idle">
      <svg class="idle-picture" viewBox="0 0 240 150" role="img" aria-label={words().welcome}>
        <rect x="38" y="10" width="164" height="118" rx="14" class="label" />
        {[4, 2, 6, 2, 3, 7, 2, 4, 2, 5, 3, 2, 6, 3].map((width, i) => (
          <rect key={`${i}-${width}`} x={56 + i * 9.4} y="28" width={width} height="68" class="bar" />
        ))}
        <rect x="56" y="104" width="128" height="8" rx="4" class="digits" />
        <rect x="18" y="60" width="204" height="5" rx="2.5" class="beam" />
      </svg>
      <h1>{words().welcome}</h1>
      <p class="soft lead">{words().welcomeHint}</p>
      <div class="buttons">
        <button type="button" class="primary big" onClick={() => void begin()}>
          {words().start}
        </button>
        <TypeCode />
      </div>
    </section>
  );
}

function Closed({ why }: { why: string }) {
  return (
    <section class="idle">
      <h1>{words().closedTitle}</h1>
      <p class="lead">{problemText(why)}</p>
    </section>
  );
}

/** What a cut line changes for the shopper, and how long the till may go on. */
function Offline() {
  const now = useSecond();
  const limits = till.value?.limits ?? null;
  if (limits === null || endsAt.value === null) return null;
  const left = Math.max(0, Math.floor((endsAt.value - now) / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  return (
    <aside class="offline" aria-label={words().offline}>
      <span>
        <strong>{words().offline}</strong> {fill(words().offlineChanges, { amount: price(limits.sale) })}
      </span>
      <span class="countdown">
        {words().offlineEnds}{' '}
        <b class="number" role="timer">
          {two(Math.floor(left / 3600))}:{two(Math.floor(left / 60) % 60)}:{two(left % 60)}
        </b>
      </span>
    </aside>
  );
}

function useSecond(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Languages() {
  const others = Object.keys(LANGUAGES).filter((one): one is Language => one !== language.value);
  return (
    <>
      {others.map((one) => (
        <button type="button" class="quiet" key={one} lang={one} onClick={() => (language.value = one)}>
          {LANGUAGES[one].language}
        </button>
      ))}
    </>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
