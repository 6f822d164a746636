import { useState } from 'preact/hooks';
import { Badge, Notice } from '../../../shared/ui/components.tsx';
import { clock } from '../../../shared/ui/money.ts';
import { follow } from '../promotions/address.ts';
import { session } from '../session.ts';
import { type Alert, orderAddress, write } from './data.ts';
import { kindOf } from './kinds.ts';

type Verb = 'acknowledge' | 'resolve';

/** One alert: what happened, its orders, who looks after it, and what can be done now. */
export function AlertCard({ alert, onChange }: { alert: Alert; onChange: (alert: Alert) => void }) {
  const [asking, setAsking] = useState<Verb | null>(null);
  const [tone, title] = kindOf(alert.kind);
  const now = new Date();
  const mayResolve = session.value?.role !== 'cashier';
  const done = (changed: Alert) => {
    setAsking(null);
    onChange(changed);
  };
  return (
    <li class="card alert" aria-label={`${title}, ${clock(alert.at, now)}`}>
      <p class="alert-head">
        <Badge tone={alert.status === 'resolved' ? 'open' : tone}>{title}</Badge>
        <span class="small soft">
          {alert.store_name} · <span class="number">{clock(alert.at, now)}</span>
        </span>
      </p>
      <p>{alert.text}</p>
      {alert.orders.length > 0 && (
        <p class="alert-orders">
          {alert.orders.map(({ id, number }) => (
            <a key={id} href={orderAddress(id)} onClick={follow}>
              Order {number}
            </a>
          ))}
        </p>
      )}
      <CareLine word="Taken by" care={alert.acknowledged} now={now} />
      <CareLine word="Resolved by" care={alert.resolved} now={now} />
      {alert.status !== 'resolved' && asking === null && (
        <p class="alert-actions">
          {alert.status === 'open' && (
            <button type="button" onClick={() => setAsking('acknowledge')}>
              Take it
            </button>
          )}
          {mayResolve && (
            <button type="button" onClick={() => setAsking('resolve')}>
              Resolve
            </button>
          )}
        </p>
      )}
      {asking !== null && (
        <CareForm key={asking} id={alert.id} verb={asking} onDone={done} onGiveUp={() => setAsking(null)} />
      )}
    </li>
  );
}

function CareLine({ word, care, now }: { word: string; care: Alert['resolved']; now: Date }) {
  if (care === null) return null;
  return (
    <p class="small">
      {word} <strong>{care.name}</strong>, <span class="number">{clock(care.at, now)}</span>
      {care.note !== '' && <>: {care.note}</>}
    </p>
  );
}

const NAME_KEY = 'sesame.alerts.name';

interface FormProps {
  id: string;
  verb: Verb;
  onDone: (alert: Alert) => void;
  onGiveUp: () => void;
}

/** A name, since a desk may share one account, and a note: a closed alert says what was done. */
function CareForm({ id, verb, onDone, onGiveUp }: FormProps) {
  const [key] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const resolving = verb === 'resolve';
  const submit = async (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const name = String(fields.get('name') ?? '').trim();
    const note = String(fields.get('note') ?? '').trim();
    if (name === '' || (resolving && note === '')) return;
    sessionStorage.setItem(NAME_KEY, name);
    setBusy(true);
    const answer = await write(id, verb, { name, note }, key);
    setBusy(false);
    if (typeof answer === 'string') setTrouble(answer);
    else onDone(answer);
  };
  return (
    <form
      class="alert-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      <label>
        Your name
        <input
          name="name"
          required
          maxLength={100}
          autoComplete="name"
          defaultValue={sessionStorage.getItem(NAME_KEY) ?? ''}
        />
      </label>
      <label>
        {resolving ? 'What was done' : 'Note (may stay empty)'}
        <textarea name="note" rows={2} required={resolving} maxLength={1000} />
      </label>
      <p class="alert-actions">
        <button type="submit" class="primary" disabled={busy}>
          {resolving ? 'Close the alert' : 'I look after it'}
        </button>
        <button type="button" onClick={onGiveUp} disabled={busy}>
          Back
        </button>
      </p>
    </form>
  );
}
