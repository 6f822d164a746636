import { useState } from 'preact/hooks';
import { Notice } from '../../../shared/ui/components.tsx';
import type { Store } from '../ask.ts';
import { addDevice, type Device, KINDS } from './data.ts';

interface AddProps {
  stores: readonly Store[];
  onAdded: (device: Device) => void;
}

/** Adds a device to a store. It speaks to nobody until it has enrolled and the store is published. */
export function AddDevice({ stores, onAdded }: AddProps) {
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const add = async (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const of = (name: string) => String(fields.get(name) ?? '').trim();
    setBusy(true);
    const added = await addDevice({ store_id: of('store'), kind: of('kind'), name: of('name') }, key);
    setBusy(false);
    setTrouble(typeof added === 'string' ? added : null);
    if (typeof added === 'string') return;
    setKey(crypto.randomUUID());
    form.reset();
    onAdded(added);
  };
  return (
    <form
      class="card device-form"
      aria-label="Add a device"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      <label>
        Store
        <select name="store">
          {stores.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        What it is
        <select name="kind">
          {KINDS.map(([kind, title]) => (
            <option key={kind} value={kind}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Name
        <input name="name" required maxLength={100} placeholder="Back room" />
      </label>
      <button type="submit" class="primary" disabled={busy}>
        Add
      </button>
    </form>
  );
}
