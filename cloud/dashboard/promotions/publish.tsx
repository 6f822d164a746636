import { useEffect, useRef, useState } from 'preact/hooks';
import { z } from 'zod';
import type { StoreId } from '../../../shared/ids/index.ts';
import { Notice } from '../../../shared/ui/components.tsx';
import { clock } from '../../../shared/ui/money.ts';
import { session } from '../session.ts';
import { call, troubleOf } from './data/call.ts';
import { promotions, publishedAt, readPublications, stores } from './data/catalogue.ts';
import { staleStores } from './data/unpublished.ts';

const Published = z.object({ version: z.int(), promotions: z.int() });
type Progress = { state: 'running' } | { state: 'done'; text: string } | { state: 'failed'; text: string };

/** Which stores learn of the changes now. Publishing again is harmless. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [progress, setProgress] = useState<ReadonlyMap<StoreId, Progress>>(new Map());
  const waiting = waitingByStore();
  const [chosen, setChosen] = useState<ReadonlySet<StoreId>>(
    () =>
      new Set(stores.value.flatMap(({ id }) => (stores.value.length === 1 || waiting.get(id) ? [id] : []))),
  );
  const isBusy = [...progress.values()].some(({ state }) => state === 'running');
  useEffect(() => {
    dialog.current?.showModal();
    void readPublications(stores.value.map(({ id }) => id));
  }, []);

  const publish = async () => {
    const tell = (id: StoreId, now: Progress) => setProgress((before) => new Map(before).set(id, now));
    for (const id of chosen) {
      tell(id, { state: 'running' });
      const answer = await call(Published, `/v1/stores/${id}/publications`, {
        method: 'POST',
        body: {},
        key: crypto.randomUUID(),
      });
      if (answer.ok)
        tell(id, {
          state: 'done',
          text: `Published as version ${answer.value.version}, with ${answer.value.promotions} promotions`,
        });
      else tell(id, { state: 'failed', text: `${troubleOf(answer.problem)} The store works as before.` });
    }
    await readPublications([...chosen]);
  };

  const toggle = (id: StoreId) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };

  return (
    <dialog ref={dialog} class="card stack" aria-labelledby="publish-title" onClose={onClose}>
      <h2 id="publish-title">Publish to stores</h2>
      <p class="soft">
        A published store works with all saved prices, promotions and settings from one scan to the next.
      </p>
      {session.value?.role === 'cashier' && <Notice tone="info">Only managers and admins publish.</Notice>}
      <ul class="stores">
        {stores.value.map(({ id, name }) => (
          <li key={id}>
            <label class="check">
              <input type="checkbox" checked={chosen.has(id)} disabled={isBusy} onChange={() => toggle(id)} />
              <span>
                {name}
                <span class="soft small">{storeText(id, waiting.get(id) ?? 0)}</span>
              </span>
            </label>
            <StoreProgress progress={progress.get(id)} />
          </li>
        ))}
      </ul>
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
        <button
          type="button"
          class="primary"
          disabled={isBusy || chosen.size === 0 || session.value?.role === 'cashier'}
          onClick={() => void publish()}
        >
          Publish to {chosen.size === 1 ? '1 store' : `${chosen.size} stores`}
        </button>
      </div>
    </dialog>
  );
}

/** How many promotions each store has in an older edit. */
function waitingByStore(): Map<StoreId, number> {
  const waiting = new Map<StoreId, number>();
  for (const promotion of promotions.value.values())
    for (const id of staleStores(promotion, publishedAt.value)) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  return waiting;
}

function storeText(id: StoreId, waiting: number): string {
  const at = publishedAt.value.get(id);
  if (at === undefined) return '';
  if (at === null) return ' · never published';
  const changes =
    waiting === 0
      ? 'up to date'
      : waiting === 1
        ? '1 promotion changed since'
        : `${waiting} promotions changed since`;
  return ` · published ${clock(at, new Date())}, ${changes}`;
}

function StoreProgress({ progress }: { progress: Progress | undefined }) {
  if (progress === undefined) return null;
  if (progress.state === 'running')
    return (
      <p class="soft small" role="status">
        <span class="spinner" aria-hidden="true" /> Publishing
      </p>
    );
  return <Notice tone={progress.state === 'done' ? 'open' : 'alarm'}>{progress.text}</Notice>;
}
