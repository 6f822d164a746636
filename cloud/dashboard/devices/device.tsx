import { useState } from 'preact/hooks';
import { Badge, Notice } from '../../../shared/ui/components.tsx';
import { clock } from '../../../shared/ui/money.ts';
import { type Code, type Device, KINDS, makeCode, publish, revoke } from './data.ts';

interface CardProps {
  device: Device;
  mayChange: boolean;
  onChange: (device: Device) => void;
}

/** One device: what it is, and for an administrator its code and its end. */
export function DeviceCard({ device, mayChange, onChange }: CardProps) {
  const [code, setCode] = useState<Code | null>(null);
  const [asksToRevoke, setAsksToRevoke] = useState(false);
  const [said, setSaid] = useState<{ tone: 'open' | 'alarm'; text: string } | null>(null);
  const title = KINDS.find(([kind]) => kind === device.kind)?.[1] ?? device.kind;

  const fetchCode = async () => {
    const made = await makeCode(device.id, crypto.randomUUID());
    if (typeof made === 'string') setSaid({ tone: 'alarm', text: made });
    else {
      setSaid(null);
      setCode(made);
    }
  };
  const letIn = async () => {
    const published = await publish(device.store_id, crypto.randomUUID());
    setSaid(
      typeof published === 'string'
        ? { tone: 'alarm', text: published }
        : { tone: 'open', text: 'Published: the store knows its devices now.' },
    );
  };
  const end = async () => {
    const revoked = await revoke(device.id);
    if (typeof revoked === 'string') setSaid({ tone: 'alarm', text: revoked });
    else onChange(revoked);
  };
  return (
    <li class="card device" aria-label={device.name}>
      <p class="device-head">
        <strong>{device.name}</strong>
        <Badge tone="info">{title}</Badge>
        <code class="small soft">{device.id}</code>
      </p>
      {said !== null && <Notice tone={said.tone}>{said.text}</Notice>}
      {code !== null && <CodeNote kind={device.kind} code={code} onPublish={() => void letIn()} />}
      {mayChange && !asksToRevoke && (
        <p class="device-actions">
          <button type="button" onClick={() => void fetchCode()}>
            {code === null ? 'Enrolment code' : 'Another code'}
          </button>
          <button type="button" class="quiet" onClick={() => setAsksToRevoke(true)}>
            Revoke
          </button>
        </p>
      )}
      {asksToRevoke && (
        <Notice tone="alarm">
          <p>
            Its token ends here at once and at the store with the next publication. This cannot be undone.
          </p>
          <p class="device-actions">
            <button type="button" onClick={() => void end()}>
              Revoke {device.name}
            </button>
            <button type="button" onClick={() => setAsksToRevoke(false)}>
              Keep it
            </button>
          </p>
        </Notice>
      )}
    </li>
  );
}

function CodeNote({ kind, code, onPublish }: { kind: string; code: Code; onPublish: () => void }) {
  return (
    <div class="notice info" role="status">
      <p class="enrolment-code">{code.code}</p>
      <p class="small">
        Good once, until <span class="number">{clock(code.expires_at, new Date())}</span>; it is shown here
        only.
      </p>
      {kind === 'agent' ? (
        <p class="small">
          In the shop: <code>npm run agent -- enrol --config FILE --code {code.code}</code>
        </p>
      ) : (
        <p class="small">
          The device sends it to <code>POST /v1/enrolments</code> and gets its user name and secret.
        </p>
      )}
      <button type="button" onClick={onPublish}>
        Publish the store
      </button>
    </div>
  );
}
