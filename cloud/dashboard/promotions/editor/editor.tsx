import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { scheduleText } from '../../../../shared/promotion/describe/schedule_text.ts';
import { sentence } from '../../../../shared/promotion/describe/sentence.ts';
import { terms } from '../../../../shared/promotion/describe/terms.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { Notice } from '../../../../shared/ui/components.tsx';
import { session } from '../../session.ts';
import { currency, localNow, stores } from '../data/catalogue.ts';
import { familyTitle } from '../data/family_words.ts';
import { itemNames } from '../data/items.ts';
import { odditiesIn } from '../data/oddities.ts';
import { isFor, promotionOf, type Stored } from '../data/records.ts';
import { type Form, FormContext } from '../form/context.ts';
import type { Draft } from '../form/draft.ts';
import { draftOf } from '../form/draft_of.ts';
import { TextField } from '../form/fields.tsx';
import type { FieldIssue } from '../form/issues.ts';
import { More } from '../form/more.tsx';
import { Offer } from '../form/offer.tsx';
import { readDraft } from '../form/read_draft.ts';
import { ForWhom, When, Where } from '../form/when.tsx';
import { Lazy } from '../lazy.tsx';
import { Difference } from './difference.tsx';
import { IssueList } from './issue_list.tsx';
import { dropDraft, keepDraft } from './kept_draft.ts';
import { SaveBar } from './save_bar.tsx';

interface EditorProps {
  before: Stored | null;
  draft: Draft;
  restored: boolean;
  /** Leaves what is typed and begins with what is stored. */
  onRestart: () => void;
}

/** The engine comes beside the form, which does not wait for it. */
const loadPreview = () => import('../preview/preview.tsx').then((part) => part.Preview);

/** The id that a promotion has while it is only typed. */
const UNSAVED_ID = 'unsaved';

export function Editor({ before: first, draft: initial, restored, onRestart }: EditorProps) {
  const [before, setBefore] = useState(first);
  const [draft, setDraft] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<readonly FieldIssue[]>([]);
  const money = currency.value;
  const readOnly = session.value?.role !== 'admin';
  const isNew = before === null;

  const read = useMemo(
    () => readDraft(draft, before, before?.id ?? UNSAVED_ID, money),
    [draft, before, money],
  );
  const promotion = read.ok ? read.value : null;
  const issues = [...(read.ok ? [] : read.error), ...refused];
  const isChanged = useMemo(
    () => before === null || JSON.stringify(draftOf(before, money)) !== JSON.stringify(draft),
    [draft, before, money],
  );
  const wasRestored = useRef(restored);
  useEffect(() => {
    if (readOnly) return;
    if (isChanged) keepDraft(before?.id ?? null, { draft, revision: before?.revision ?? null });
    else dropDraft(before?.id ?? null);
  }, [draft, before, isChanged, readOnly]);

  const form: Form = {
    draft,
    currency: money,
    readOnly,
    change: (fields) => {
      setDraft((now) => ({ ...now, ...fields }));
      setRefused([]);
    },
    changeGroup: (at, fields) => {
      setDraft((now) => ({
        ...now,
        groups: now.groups.map((group, i) => (i === at ? { ...group, ...fields } : group)),
      }));
      setRefused([]);
    },
    issueAt: (path) => {
      const issue = issues.find((one) => one.path === path);
      return issue !== undefined && (tried || touched.has(path) || refused.includes(issue))
        ? issue.message
        : null;
    },
    touch: (path) => setTouched((now) => (now.has(path) ? now : new Set(now).add(path))),
  };
  const told = useLastSentence(promotion, money);
  const store = stores.value.find(({ id }) => before !== null && isFor(before, id)) ?? stores.value[0];
  const odd = promotion === null ? [] : odditiesIn([promotion], localNow(Date.now(), store?.id));

  return (
    <FormContext.Provider value={form}>
      <header class="offer-title">
        <h1>{told ?? familyTitle(draft.family)}</h1>
        {promotion !== null && (
          <p class="soft">
            {[scheduleText(promotion.schedule), ...terms(promotion, { currency: money })].join(' · ')}
          </p>
        )}
      </header>
      {readOnly && <Notice tone="info">You can look and try; only admins change promotions.</Notice>}
      {wasRestored.current && isChanged && (
        <Notice tone="info">
          What you had typed is back; it is not saved yet.{' '}
          <button type="button" onClick={onRestart}>
            Begin again
          </button>
        </Notice>
      )}
      <div class="editor">
        <form
          class="stack card"
          onSubmit={(event) => event.preventDefault()}
          aria-label={familyTitle(draft.family)}
          noValidate
        >
          <p class="soft small">{familyTitle(draft.family)}</p>
          <a class="to-preview" href="#preview">
            Try it on a basket ↓
          </a>
          <Offer />
          <TextField
            path="title"
            label="Title on the receipt"
            value={draft.title}
            placeholder={told ?? ''}
            hint="Without one the sentence above is used."
            onValue={(title) => form.change({ title })}
          />
          <details open={tried && issues.some(({ path }) => path.startsWith('schedule'))}>
            <summary>When</summary>
            <div class="stack">
              <When />
            </div>
          </details>
          <details open={tried && issues.some(({ path }) => path.startsWith('qualifiers'))}>
            <summary>{stores.value.length > 1 ? 'For whom and where' : 'For whom'}</summary>
            <div class="stack">
              <ForWhom />
              {stores.value.length > 1 && <Where stores={stores.value} />}
            </div>
          </details>
          <details open={tried && issues.some(({ path }) => MORE.has(path))}>
            <summary>More</summary>
            <div class="stack">
              <More isNew={isNew} />
            </div>
          </details>
          {odd.length > 0 && (
            <Notice tone="wait">
              <strong>Worth a look</strong>
              <ul>
                {odd.map(({ code, path, message }) => (
                  <li key={`${code}${path}`}>{message}</li>
                ))}
              </ul>
            </Notice>
          )}
          {tried && issues.length > 0 && <IssueList issues={issues} />}
          {before !== null && promotion !== null && isChanged && (
            <Difference before={promotionOf(before)} after={promotion} currency={money} />
          )}
          {!readOnly && (
            <SaveBar
              draft={draft}
              promotion={promotion}
              before={before}
              isChanged={isChanged}
              onTried={() => setTried(true)}
              onRefused={setRefused}
              onSaved={(stored) => {
                dropDraft(before?.id ?? null);
                wasRestored.current = false;
                setBefore(stored);
                setDraft(draftOf(stored, money));
                setTried(false);
              }}
              onRebase={(theirs) => {
                wasRestored.current = false;
                setBefore(theirs);
              }}
              onTheirs={(theirs) => {
                wasRestored.current = false;
                setBefore(theirs);
                setDraft(draftOf(theirs, money));
              }}
            />
          )}
        </form>
        <Lazy load={loadPreview} props={{ promotion, storeId: store?.id, currency: money }} />
      </div>
    </FormContext.Provider>
  );
}

/** Fields that stand under "More". */
const MORE: ReadonlySet<string> = new Set([
  'retailer_promotion_id',
  'description',
  'priority',
  'layer',
  'max_applications',
  'max_discount',
]);

/** The sentence of what is typed; while something is missing, the one before. */
function useLastSentence(promotion: Promotion | null, money: string): string | null {
  const last = useRef<string | null>(null);
  if (promotion !== null)
    last.current = sentence(promotion, { currency: money, nameOf: (sku) => itemNames.value.get(sku) });
  return last.current;
}
