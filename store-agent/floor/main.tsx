import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Badge, Empty, Notice, type Tone } from '../../shared/ui/components.tsx';
import { clock } from '../../shared/ui/money.ts';
import { Alarms } from './alarms.tsx';
import { DemoPanel } from './demo.tsx';
import { Gates } from './gates.tsx';
import { Lane } from './lane.tsx';
import {
  calls,
  type Decision,
  decisions,
  devices,
  link,
  prints,
  reached,
  refused,
  storeName,
  watchFloor,
} from './state.ts';

function App() {
  useEffect(watchFloor, []);
  return (
    <main>
      <header class="top">
        <h1>{storeName.value || 'Store floor'}</h1>
        <LinkBadge />
      </header>
      {refused.value && (
        <Notice tone="wait">
          Open this page with the address that the store agent printed: it carries the sign-in.
        </Notice>
      )}
      {calls.value.map((call) => (
        <Notice tone="wait" key={call.device_id}>
          {call.name} asks for a member of staff.{' '}
          <button
            type="button"
            onClick={() => {
              calls.value = calls.value.filter((one) => one !== call);
            }}
          >
            I am going
          </button>
        </Notice>
      ))}
      {!reached.value && !refused.value && (
        <Notice tone="alarm">
          The store agent does not answer. Gates decide by their own fail-safe until it is back.
        </Notice>
      )}
      <div class="grid">
        <div class="side lead">
          <section class="card" aria-label="Alarms">
            <h2>Alarms</h2>
            <Alarms />
          </section>
          <section class="card" aria-label="Gate lane">
            <h2>Lane</h2>
            <Lane />
            <DemoPanel />
          </section>
        </div>
        <section class="card" aria-label="Gate answers">
          <h2>Gate answers</h2>
          <Answers />
        </section>
        <div class="side">
          <section class="card" aria-label="Gates">
            <h2>Gates</h2>
            <Gates />
          </section>
          <section class="card" aria-label="Devices">
            <h2>Devices</h2>
            <Devices />
          </section>
          <section class="card" aria-label="Prints">
            <h2>Prints</h2>
            <Prints />
          </section>
        </div>
      </div>
    </main>
  );
}

function LinkBadge() {
  const now = link.value;
  if (now === null) return null;
  const up = now.state === 'up';
  return (
    <span class="link" role="status">
      <Badge tone={up ? 'open' : now.state === 'syncing' ? 'wait' : 'alarm'}>
        {up ? 'Linked to the edge' : now.state === 'syncing' ? 'Catching up' : 'Line is cut'}
      </Badge>
      {now.backlog > 0 && (
        <span class="small soft">
          {now.backlog} to report
          {now.oldest_unsent_ms != null && `, oldest ${Math.round(now.oldest_unsent_ms / 1000)} s`}
        </span>
      )}
    </span>
  );
}

const ANSWER: Record<Decision['decision'], [Tone, string]> = {
  open: ['open', 'Open'],
  alarm: ['alarm', 'Alarm'],
  ignore: ['info', 'Ignored'],
};

const WHY: Record<string, string> = {
  sold: 'paid',
  unsold: 'not paid',
  unknown: 'ours, but unknown',
  foreign: 'not ours',
};

/** Why a gate moved though it saw no tag. */
const WITHOUT_TAGS: Record<string, string> = { override: 'opened by hand', pass: 'exit pass' };

function Answers() {
  if (decisions.value.length === 0) return <Empty>Nobody has walked through a gate yet.</Empty>;
  const now = new Date();
  return (
    <ol class="answers" aria-live="polite">
      {decisions.value.map((one) => {
        const [tone, word] = ANSWER[one.decision];
        return (
          <li key={one.id} class={tone}>
            <Badge tone={tone}>{word}</Badge>
            <span>
              {one.epcs.length === 0 && <span class="tag">{WITHOUT_TAGS[one.source] ?? 'no tag'}</span>}
              {one.epcs.map((tag) => (
                <span key={tag.epc} class="tag">
                  {tag.name ?? `tag …${tag.epc.slice(-6)}`}{' '}
                  <span class="soft">· {WHY[tag.status] ?? tag.status}</span>
                </span>
              ))}
            </span>
            <span class="small soft number">
              {clock(one.at, now)} · {(one.took_us / 1000).toFixed(one.took_us < 1000 ? 2 : 1)} ms
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const LAMP: Record<string, Tone> = {
  online: 'open',
  connecting: 'wait',
  degraded: 'wait',
  offline: 'alarm',
  unavailable: 'info',
};

function Devices() {
  if (devices.value.length === 0) return <Empty>No device is configured.</Empty>;
  return (
    <ul class="devices">
      {devices.value.map((device) => (
        <li key={device.id}>
          <Badge tone={LAMP[device.state] ?? 'info'}>{device.state}</Badge>
          <span>
            <strong>{device.name}</strong> <span class="soft small">{device.kind}</span>
            <br />
            <span class="small soft">
              {device.detail}
              {device.session !== undefined && device.session.model !== '' && (
                <>
                  {' '}
                  {device.session.model} {device.session.firmware}.
                </>
              )}
              {device.command !== undefined && (
                <>
                  {' '}
                  Told to {device.command.name} at {clock(device.command.at, new Date())}:{' '}
                  {device.command.status}.
                </>
              )}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

const PRINT: Record<string, Tone> = { printed: 'open', doubtful: 'alarm', failed: 'alarm' };

function Prints() {
  if (prints.value.length === 0) return <Empty>Nothing was printed yet.</Empty>;
  const now = new Date();
  return (
    <ul class="devices">
      {prints.value.map((job) => (
        <li key={job.id}>
          <Badge tone={PRINT[job.status] ?? 'wait'}>{job.status}</Badge>
          <span class="small soft number">{clock(job.at, now)}</span>
        </li>
      ))}
    </ul>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
