import { signal } from '@preact/signals';
import { Badge, Empty, Notice } from '../../shared/ui/components.tsx';
import { request } from '../../shared/ui/http.ts';
import { clock } from '../../shared/ui/money.ts';
import { person, rememberPerson } from './person.ts';
import { Alarm, alarms, showAlarm, token } from './state.ts';

const RESOLUTIONS = [
  ['paid', 'It was paid'],
  ['returned', 'Goods came back'],
  ['theft', 'Theft'],
  ['false', 'False alarm'],
  ['walked_off', 'Walked off'],
] as const;

const hint = signal<string | null>(null);

async function act(alarm: Alarm, path: string, body: Record<string, string>): Promise<void> {
  hint.value = null;
  const answer = await request(Alarm, `/v1/alarms/${alarm.id}/${path}`, { method: 'POST', token, body });
  if (answer.ok) showAlarm(answer.value);
  else
    hint.value =
      answer.problem?.detail ?? answer.problem?.title ?? 'The agent does not answer; nothing changed.';
}

/** Alarms that wait for a name and a reason. */
export function Alarms() {
  return (
    <>
      {hint.value !== null && <Notice tone="wait">{hint.value}</Notice>}
      {alarms.value.length === 0 ? (
        <Empty>No alarm waits for anybody.</Empty>
      ) : (
        <ul class="alarms" aria-live="polite">
          {alarms.value.map((alarm) => (
            <AlarmCard key={alarm.id} alarm={alarm} />
          ))}
        </ul>
      )}
    </>
  );
}

function AlarmCard({ alarm }: { alarm: Alarm }) {
  const now = new Date();
  const isOpen = alarm.state === 'open';
  const near = alarm.near_orders.map(({ number }) => number).join(', ');
  return (
    <li class={isOpen ? 'alarm' : 'wait'}>
      <div class="head">
        <Badge tone={isOpen ? 'alarm' : 'wait'}>
          {isOpen ? 'Alarm' : `With ${alarm.acknowledged?.name}`}
        </Badge>
        <span class="small soft number">
          {clock(alarm.opened_at, now)}
          {alarm.times > 1 && ` · ${alarm.times} times, last ${clock(alarm.last_seen_at, now)}`}
        </span>
      </div>
      <span>
        {alarm.tags.map((tag) => (
          <span key={tag.epc} class="tag">
            {tag.name ?? `tag …${tag.epc.slice(-6)}`}{' '}
            <span class="soft">· {tag.status === 'unsold' ? 'not paid' : 'ours, but unknown'}</span>
          </span>
        ))}
      </span>
      {near !== '' && <span class="small soft">Paid shortly before: {near}</span>}
      <AlarmForm alarm={alarm} />
    </li>
  );
}

function AlarmForm({ alarm }: { alarm: Alarm }) {
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const fields = new FormData(form);
    const name = String(fields.get('name') ?? '').trim();
    rememberPerson(name);
    const resolution = String(fields.get('resolution') ?? '');
    if (resolution === '') void act(alarm, 'acknowledgements', { name });
    else void act(alarm, 'resolutions', { name, resolution });
  };
  return (
    <form onSubmit={send}>
      <label class="small">
        Your name
        <input name="name" required maxLength={100} autocomplete="name" defaultValue={person.value} />
      </label>
      <label class="small">
        What it was
        <select name="resolution">
          {alarm.state === 'open' && <option value="">I look after it</option>}
          {RESOLUTIONS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Save</button>
    </form>
  );
}
