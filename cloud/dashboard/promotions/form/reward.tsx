import { currencySign } from '../../../../shared/money/format.ts';
import { fieldId, useForm } from './context.ts';
import { type Draft, type DraftNode, isSpendFamily } from './draft.ts';
import { Choice, Issue, TextField } from './fields.tsx';

type Kind = Draft['discount_type'];

/** What is given, and for what. `units`: whether more than one unit shares it. */
export function Reward({ label, shares }: { label: string; shares: boolean }) {
  const { draft, change, currency } = useForm();
  const fixed =
    isSpendFamily(draft.family) && draft.family === 'basket_threshold' ? 'Pay in all' : 'For a price of';
  return (
    <fieldset class="line">
      <legend>{label}</legend>
      <Choice<Kind>
        path="discount_type"
        label="Kind"
        value={draft.discount_type}
        options={[
          ['fixed', fixed],
          ['amount', 'Money off'],
          ['percent', 'Percent off'],
        ]}
        onValue={(discount_type) => change({ discount_type })}
      />
      <TextField
        path="discount_value"
        label={draft.discount_type === 'percent' ? 'Percent' : 'Amount'}
        value={draft.discount_value}
        inputMode="decimal"
        unit={draft.discount_type === 'percent' ? '%' : (currencySign(currency) ?? currency)}
        class="short"
        onValue={(discount_value) => change({ discount_value })}
      />
      {shares && draft.discount_type !== 'percent' && (
        <Choice<Draft['discount_on']>
          path="discount_on"
          label="For"
          value={draft.discount_on}
          options={[
            ['set', draft.family === 'easy_plus' ? 'every so many' : 'all of them together'],
            ['unit', 'each of them'],
          ]}
          onValue={(discount_on) => change({ discount_on })}
        />
      )}
    </fieldset>
  );
}

interface OwnProps {
  path: string;
  node: DraftNode;
  name: string;
  onChange: (fields: Partial<DraftNode>) => void;
}

const OWN: readonly (readonly [DraftNode['discount_type'], string])[] = [
  ['', 'As the others'],
  ['fixed', 'For a price of'],
  ['amount', 'Money off'],
  ['percent', 'Percent off'],
];

/** What one item of a set with own prices is given. */
export function OwnReward({ path, node, name, onChange }: OwnProps) {
  const form = useForm();
  const valuePath = `${path}.discount_value`;
  const issue = form.issueAt(valuePath);
  return (
    <span class="own">
      <select
        aria-label={`${name}: discount`}
        value={node.discount_type}
        disabled={form.readOnly}
        onChange={(event) => {
          const chosen = OWN.find(([one]) => one === event.currentTarget.value);
          if (chosen !== undefined) onChange({ discount_type: chosen[0] });
        }}
      >
        {OWN.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
      {node.discount_type !== '' && (
        <input
          id={fieldId(valuePath)}
          aria-label={`${name}: ${node.discount_type === 'percent' ? 'percent' : 'amount'}`}
          aria-invalid={issue !== null}
          inputMode="decimal"
          value={node.discount_value}
          readOnly={form.readOnly}
          onInput={(event) => onChange({ discount_value: event.currentTarget.value })}
          onBlur={() => form.touch(valuePath)}
        />
      )}
      <Issue path={valuePath} issue={issue} />
    </span>
  );
}
