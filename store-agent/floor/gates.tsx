import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { z } from 'zod';
import { Badge, Empty, Notice } from '../../shared/ui/components.tsx';
import { request } from '../../shared/ui/http.ts';
import { clock } from '../../shared/ui/money.ts';
import { person, rememberPerson } from './person.ts';
import { type Gate, gates, showGate, token } from './state.ts';

const MINUTES = [5, 15, 30, 60] as const;

const hint = signal<{ tone: 'open' | 'wait'; text: string } | null>(null);
const Muted = z.looseObject({ muted_until: z.string().nullable() });

type Words = { staff: string; reason: string };

async function open(gate: Gate, words: Words): Promise<void> {
  const path = `/v1/gates/${gate.gate_id}/overrides`;
  const answer = await request(z.unknown(), path, {
    method: 'POST',
    token,
    body: words,
    key: crypto.randomUUID(),
  });
  hint.value = answer.ok
    ? { tone: 'open', text: `${gate.name} was opened and ${words.staff} noted.` }
    : { tone: 'wait', text: answer.problem?.title ?? 'The agent does not answer; the gate was not opened.' };
}

async function mute(gate: Gate, minutes: number, words: Words): Promise<void> {
  const path = `/v1/gates/${gate.gate_id}/mute`;
  const answer = await request(Muted, path, { method: 'PUT', token, body: { minutes, ...words } });
  hint.value = answer.ok
    ? null
    : { tone: 'wait', text: answer.problem?.title ?? 'The agent does not answer; nothing changed.' };
  if (answer.ok) showGate({ ...gate, muted_until: answer.value.muted_until });
}

/** What staff do at a gate by hand, always by a name and for a reason. */
export function Gates() {
  return (
    <>
      {hint.value !== null && <Notice tone={hint.value.tone}>{hint.value.text}</Notice>}
      {gates.value.length === 0 ? (
        <Empty>This store has no gate yet.</Empty>
      ) : (
        <ul class="alarms">
          {gates.value.map((gate) => (
            <GateRow key={gate.gate_id} gate={gate} />
          ))}
        </ul>
      )}
    </>
  );
}

function GateRow({ gate }: { gate: Gate }) {
  const [asking, setAsking] = useState<'open' | 'mute' | null>(null);
  const now = new Date();
  const isMuted = gate.muted_until !== null && Date.parse(gate.muted_until) > now.getTime();
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const fields = new FormData(form);
    const of = (name: string): string => String(fields.get(name) ?? '').trim();
    const words = { staff: of('name'), reason: of('reason') };
    rememberPerson(words.staff);
    setAsking(null);
    if (asking === 'open') void open(gate, words);
    else void mute(gate, Number(of('minutes')), words);
  };
  const endMute = (): void => void mute(gate, 0, { staff: person.value || 'staff', reason: 'ended early' });
  return (
    <li class={isMuted ? 'wait' : 'calm'} aria-label={gate.name}>
      <div class="head">
        <strong>{gate.name}</strong>
        {isMuted && gate.muted_until !== null && (
          <Badge tone="wait">Silent until {clock(gate.muted_until, now)}</Badge>
        )}
      </div>
      {asking === null ? (
        <div class="buttons">
          <button type="button" onClick={() => setAsking('open')}>
            Open by hand
          </button>
          <button type="button" onClick={() => (isMuted ? endMute() : setAsking('mute'))}>
            {isMuted ? 'End the silence' : 'Silence for shelves'}
          </button>
        </div>
      ) : (
        <form onSubmit={send}>
          <label class="small">
            Your name
            <input name="name" required maxLength={100} autocomplete="name" defaultValue={person.value} />
          </label>
          <label class="small">
            Why
            <input
              name="reason"
              required
              maxLength={500}
              defaultValue={asking === 'mute' ? 'Filling shelves' : ''}
            />
          </label>
          {asking === 'mute' && (
            <label class="small">
              For
              <select name="minutes">
                {MINUTES.map((minutes) => (
                  <option key={minutes} value={minutes}>
                    {minutes} minutes
                  </option>
                ))}
              </select>
            </label>
          )}
          <button type="submit">{asking === 'open' ? 'Open the gate' : 'Silence'}</button>
          <button type="button" onClick={() => setAsking(null)}>
            Back
          </button>
        </form>
      )}
    </li>
  );
}
