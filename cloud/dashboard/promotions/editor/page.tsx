import { useEffect, useState } from 'preact/hooks';
import { Notice, Wait } from '../../../../shared/ui/components.tsx';
import { session } from '../../session.ts';
import { follow } from '../address.ts';
import { troubleOf } from '../data/call.ts';
import {
  currency,
  promotions,
  readCatalogue,
  reading,
  readPromotion,
  stores,
  trouble,
} from '../data/catalogue.ts';
import type { Stored } from '../data/records.ts';
import { type Draft, newDraft } from '../form/draft.ts';
import { draftOf } from '../form/draft_of.ts';
import { ChooseFamily } from './choose_family.tsx';
import { Editor } from './editor.tsx';
import { dropDraft, keptDraft } from './kept_draft.ts';

/** What the form begins with. */
interface Start {
  before: Stored | null;
  draft: Draft;
  /** Typed earlier in this tab and never saved. */
  restored: boolean;
}

const KEY_BYTES = 4;

/** One promotion, or a new one where the id is null. */
export function EditorPage({ id }: { id: string | null }) {
  const [start, setStart] = useState<Start | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const ready = stores.value.length > 0;

  useEffect(() => {
    if (reading.value === 'never' || reading.value === 'failed') void readCatalogue();
  }, [attempt]);
  useEffect(() => {
    if (!ready) return undefined;
    let over = false;
    setFailure(null);
    if (id === null) setStart(restoredNew());
    else
      void readPromotion(id).then((answer) => {
        if (over) return;
        if (answer.ok) setStart(startOf(answer.value));
        else
          setFailure(
            answer.problem?.status === 404 ? 'There is no such promotion.' : troubleOf(answer.problem),
          );
      });
    return () => {
      over = true;
    };
  }, [id, ready, attempt]);

  const told = failure ?? (ready ? null : trouble.value);
  return (
    <section class="stack" aria-label="Promotion">
      <p>
        <a href="/promotions" onClick={follow}>
          ← All promotions
        </a>
      </p>
      {told !== null && (
        <Notice tone="alarm">
          {told} Nothing was changed.{' '}
          <button type="button" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </Notice>
      )}
      {start === null && told === null && (id !== null || !ready) && <Wait>Reading the promotion</Wait>}
      {start === null && id === null && ready && session.value?.role !== 'admin' && (
        <Notice tone="info">Only admins make promotions.</Notice>
      )}
      {start === null && id === null && ready && session.value?.role === 'admin' && (
        <ChooseFamily
          onChoose={(family) =>
            setStart({ before: null, draft: newDraft(family, newKey()), restored: false })
          }
        />
      )}
      {start !== null && (
        <Editor
          key={start.before?.id ?? 'new'}
          {...start}
          onRestart={() => {
            dropDraft(id);
            setStart(null);
            setAttempt(attempt + 1);
          }}
        />
      )}
    </section>
  );
}

function startOf(stored: Stored): Start {
  const kept = keptDraft(stored.id);
  const before = kept === null ? stored : { ...stored, revision: kept.revision ?? stored.revision };
  return { before, draft: kept?.draft ?? draftOf(stored, currency.value), restored: kept !== null };
}

function restoredNew(): Start | null {
  const kept = keptDraft(null);
  return kept === null ? null : { before: null, draft: kept.draft, restored: true };
}

/** A key that no promotion of this retailer has yet; a person may write a better one. */
function newKey(): string {
  const taken = new Set([...promotions.value.values()].map((one) => one.retailer_promotion_id));
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const key = `P-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    if (!taken.has(key)) return key;
  }
}
