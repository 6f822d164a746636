import { useRef, useState } from 'preact/hooks';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { Badge, Notice } from '../../../../shared/ui/components.tsx';
import { clock } from '../../../../shared/ui/money.ts';
import { editAddress, go } from '../address.ts';
import { troubleOf } from '../data/call.ts';
import { publishedAt, readPromotion } from '../data/catalogue.ts';
import type { Stored } from '../data/records.ts';
import { staleStores } from '../data/unpublished.ts';
import { changePromotion, createPromotion } from '../data/write.ts';
import type { Draft } from '../form/draft.ts';
import { type FieldIssue, issuesOfService } from '../form/issues.ts';
import { say } from '../list/undo.tsx';
import { PublishDialog } from '../publish.tsx';

interface SaveProps {
  draft: Draft;
  /** As it would be saved; null while something is open. */
  promotion: Promotion | null;
  before: Stored | null;
  isChanged: boolean;
  onTried: () => void;
  onRefused: (issues: FieldIssue[]) => void;
  onSaved: (stored: Stored) => void;
  /** Keep what is typed, on top of what someone else saved. */
  onRebase: (theirs: Stored) => void;
  onTheirs: (theirs: Stored) => void;
}

/** Saving, off or live, and publishing. What is typed stays whatever becomes of it. */
export function SaveBar(props: SaveProps) {
  const { draft, promotion, before, isChanged } = props;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<Stored | null>(null);
  const [publishing, setPublishing] = useState(false);
  const key = useRef(crypto.randomUUID());

  const save = async (is_active: boolean) => {
    props.onTried();
    if (promotion === null) return;
    setBusy(true);
    setFailure(null);
    const { id: _, ...fields } = { ...promotion, is_active };
    const wanted = { ...fields, store_ids: draft.store_ids, excluded_store_ids: draft.excluded_store_ids };
    const answer =
      before === null ? await createPromotion(wanted, key.current) : await changePromotion(before, wanted);
    setBusy(false);
    if (answer.ok) {
      say(is_active ? 'Saved and on. Publish it, and the stores have it.' : 'Saved; it is off.');
      props.onSaved(answer.value);
      if (before === null) go(editAddress(answer.value.id));
      return;
    }
    const { problem } = answer;
    if (problem?.code === 'precondition_failed' && before !== null) {
      const now = await readPromotion(before.id);
      if (now.ok) setTheirs(now.value);
      else setFailure(`${troubleOf(now.problem)} Someone else changed this. Yours is still here.`);
      return;
    }
    // A refused call did nothing; the next one is another call.
    if (problem !== null) key.current = crypto.randomUUID();
    if (problem?.errors !== undefined && problem.errors.length > 0)
      props.onRefused(issuesOfService(problem.errors));
    setFailure(`${troubleOf(problem)} It is not saved; what you typed is still here.`);
  };

  const stale = before === null ? [] : staleStores(before, publishedAt.value);
  const isLive = before?.is_active ?? false;
  return (
    <div class="save-bar">
      {theirs !== null && before !== null && (
        <Notice tone="wait">
          <strong>Someone else changed this</strong> at {clock(theirs.updated_at, new Date())}, after you
          began. Yours is not saved and still here.
          <div class="actions">
            <button
              type="button"
              onClick={() => {
                props.onTheirs(theirs);
                setTheirs(null);
              }}
            >
              Take theirs
            </button>
            <button
              type="button"
              onClick={() => {
                props.onRebase(theirs);
                setTheirs(null);
              }}
            >
              Keep mine and compare
            </button>
          </div>
        </Notice>
      )}
      {failure !== null && <Notice tone="alarm">{failure}</Notice>}
      <div class="actions">
        {before !== null && !isChanged && stale.length > 0 && <Badge tone="wait">Not published</Badge>}
        {before !== null && !isChanged && stale.length === 0 && publishedAt.value.size > 0 && (
          <Badge tone="open">Published</Badge>
        )}
        {before !== null && !isChanged && (
          <button type="button" class={stale.length > 0 ? 'primary' : ''} onClick={() => setPublishing(true)}>
            Publish to stores…
          </button>
        )}
        {before !== null && isLive && (
          <button type="button" disabled={busy} onClick={() => void save(false)}>
            {isChanged ? 'Save and turn off' : 'Turn off'}
          </button>
        )}
        {!isLive && (isChanged || before === null) && (
          <button type="button" disabled={busy} onClick={() => void save(false)}>
            Save as draft
          </button>
        )}
        {(isChanged || !isLive) && (
          <button type="button" class="primary" disabled={busy} onClick={() => void save(true)}>
            {isLive ? 'Save' : isChanged ? 'Save and turn on' : 'Turn on'}
          </button>
        )}
      </div>
      {publishing && <PublishDialog onClose={() => setPublishing(false)} />}
    </div>
  );
}
