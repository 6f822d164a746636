import { useState } from 'preact/hooks';
import { scheduleText } from '../../../../shared/promotion/describe/schedule_text.ts';
import type { PromotionState } from '../../../../shared/promotion/describe/state_at.ts';
import { terms } from '../../../../shared/promotion/describe/terms.ts';
import type { LintFinding } from '../../../../shared/promotion/lint.ts';
import { Badge, type Tone } from '../../../../shared/ui/components.tsx';
import { editAddress, follow } from '../address.ts';
import { troubleOf } from '../data/call.ts';
import { currency, promotions, readPromotion, stores } from '../data/catalogue.ts';
import { isFor, type Stored } from '../data/records.ts';
import { switchPromotion } from '../data/write.ts';
import type { Row } from './choose_rows.ts';
import { STATE_WORDS } from './filters.tsx';
import { say } from './undo.tsx';

const TONES: Record<PromotionState, Tone> = { live: 'open', scheduled: 'wait', ended: 'info', off: 'info' };

interface RowProps {
  row: Row;
  isStale: boolean;
  findings: readonly LintFinding[];
  mayEdit: boolean;
}

export function PromotionRow({ row: { promotion, state, text }, isStale, findings, mayEdit }: RowProps) {
  const { title } = promotion;
  const more = [scheduleText(promotion.schedule), ...terms(promotion, { currency: currency.value })];
  if (promotion.store_ids !== null || promotion.excluded_store_ids.length > 0)
    more.push(storesText(promotion));
  return (
    <li class="row card">
      <div class="row-text">
        <a class="row-title" href={editAddress(promotion.id)} onClick={follow}>
          {text}
        </a>
        {title !== '' && title.toLowerCase() !== text.toLowerCase() && <span>“{title}”</span>}
        <span class="soft small">{more.join(' · ')}</span>
        {findings.length > 0 && (
          <details class="small">
            <summary>
              <Badge tone="wait">
                {findings.length === 1 ? 'Worth a look' : `${findings.length} things worth a look`}
              </Badge>
            </summary>
            <ul>
              {findings.map((finding) => (
                <li key={`${finding.code}${finding.path}`}>{finding.message}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <div class="row-state">
        <Badge tone={TONES[state]}>{STATE_WORDS[state]}</Badge>
        {isStale && <Badge tone="wait">Not published</Badge>}
      </div>
      {mayEdit && <Switch promotion={promotion} name={title || text} />}
    </li>
  );
}

function storesText(promotion: Stored): string {
  const names = stores.value.filter(({ id }) => isFor(promotion, id)).map(({ name }) => name);
  if (names.length === 0) return 'in no store';
  return names.length === 1 ? `only ${names[0]}` : `${names.length} of ${stores.value.length} stores`;
}

/** On or off at once; what a tap did can be taken back. */
function Switch({ promotion, name }: { promotion: Stored; name: string }) {
  const [busy, setBusy] = useState(false);
  const set = async (is_active: boolean, isUndo: boolean) => {
    setBusy(true);
    const answer = await switchPromotion(promotions.value.get(promotion.id) ?? promotion, is_active);
    setBusy(false);
    const word = is_active ? 'on' : 'off';
    if (answer.ok) {
      say(
        `“${name}” is ${word}${isUndo ? ' again' : ''}. Stores learn of it when it is published.`,
        isUndo ? null : () => void set(!is_active, true),
      );
      return;
    }
    if (answer.problem?.code !== 'precondition_failed') {
      say(`${troubleOf(answer.problem)} “${name}” was not turned ${word}.`);
      return;
    }
    await readPromotion(promotion.id);
    say(`Someone else changed “${name}” just now. It was not turned ${word}; look at it and try again.`);
  };
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={promotion.is_active}
      aria-label={`${name}, on`}
      disabled={busy}
      onClick={() => void set(!promotion.is_active, false)}
    >
      <span aria-hidden="true">{promotion.is_active ? 'On' : 'Off'}</span>
    </button>
  );
}
