import { useForm } from './context.ts';
import { type Draft, isBuyAndGet, newGroup } from './draft.ts';
import { MoneyField, NumberField } from './fields.tsx';
import { NodePicker } from './node_picker.tsx';
import { Reward } from './reward.tsx';

/** The fields that make the offer, by what it is. */
export function Offer() {
  const { draft } = useForm();
  switch (draft.family) {
    case 'easy':
      return (
        <>
          <Count at={0} label="How many" />
          <NodePicker at={0} label="Of what" />
          <Reward label="What they get" shares={draft.groups[0]?.minimum !== '1'} />
        </>
      );
    case 'easy_plus':
      return (
        <>
          <div class="line">
            <Count at={0} label="From how many" />
            <Maximum />
          </div>
          <NodePicker at={0} label="Of what" />
          <Reward label="What each gets" shares={draft.groups[0]?.minimum !== '1'} />
        </>
      );
    case 'combo':
      return (
        <>
          <Parts fewest={2} />
          <Reward label="All together" shares />
        </>
      );
    case 'line_special':
      return (
        <>
          <Parts fewest={1} />
          <Reward label="Items without a price of their own" shares={false} />
        </>
      );
    case 'requisite':
    case 'evenly_distributed':
      return <BuyAndGet />;
    case 'basket_threshold':
      return (
        <>
          <Spend at={0} />
          <Reward label="What they save" shares={false} />
        </>
      );
    case 'basket_threshold_target':
      return (
        <>
          <Spend at={draft.target === 0 ? 1 : 0} />
          <Get />
          <Reward label="What that costs" shares={draft.groups[draft.target]?.minimum !== '1'} />
        </>
      );
  }
}

function Count({ at, label }: { at: number; label: string }) {
  const { draft, changeGroup } = useForm();
  return (
    <NumberField
      path={`groups.${at}.minimum`}
      label={label}
      value={draft.groups[at]?.minimum ?? ''}
      onValue={(minimum) => changeGroup(at, { minimum })}
    />
  );
}

function Maximum() {
  const { draft, changeGroup } = useForm();
  return (
    <NumberField
      path="groups.0.maximum"
      label="Up to how many"
      placeholder="any number"
      value={draft.groups[0]?.maximum ?? ''}
      onValue={(maximum) => changeGroup(0, { maximum })}
    />
  );
}

function Parts({ fewest }: { fewest: number }) {
  const { draft, change, readOnly } = useForm();
  return (
    <>
      {draft.groups.map(({ name }, at) => (
        <fieldset key={name} class="part">
          <legend class="hidden">Part {at + 1}</legend>
          <div class="part-title">
            <strong aria-hidden="true">Part {at + 1}</strong>
            {!readOnly && draft.groups.length > fewest && (
              <button
                type="button"
                class="quiet small"
                onClick={() => change({ groups: draft.groups.filter((_, i) => i !== at) })}
              >
                Remove<span class="hidden"> part {at + 1}</span>
              </button>
            )}
          </div>
          <Count at={at} label="How many" />
          <NodePicker at={at} label="Of what" />
        </fieldset>
      ))}
      {!readOnly && (
        <button type="button" onClick={() => change({ groups: [...draft.groups, newGroup(draft.groups)] })}>
          Add a part
        </button>
      )}
    </>
  );
}

function BuyAndGet() {
  const { draft, change } = useForm();
  const isOne = draft.groups.length === 1;
  return (
    <>
      <SameOrOther />
      {isOne ? (
        <>
          <div class="line">
            <Count at={0} label="Bought together" />
            <NumberField
              path="target_quantity"
              label="Of which reduced"
              value={draft.target_quantity}
              onValue={(target_quantity) => change({ target_quantity })}
            />
          </div>
          <NodePicker at={0} label="Of what" />
        </>
      ) : (
        <>
          <fieldset class="part">
            <legend>Buy</legend>
            <Count at={draft.target === 0 ? 1 : 0} label="How many" />
            <NodePicker at={draft.target === 0 ? 1 : 0} label="Of what" />
          </fieldset>
          <Get />
        </>
      )}
      <Reward
        label="What the reduced ones cost"
        shares={(isOne ? draft.target_quantity : draft.groups[draft.target]?.minimum) !== '1'}
      />
    </>
  );
}

function Get() {
  const { target } = useForm().draft;
  return (
    <fieldset class="part">
      <legend>Get</legend>
      <Count at={target} label="How many" />
      <NodePicker at={target} label="Of what" />
    </fieldset>
  );
}

function SameOrOther() {
  const { draft, change, readOnly } = useForm();
  const set = (groups: Draft['groups']) => change({ groups, target: groups.length - 1 });
  const [first] = draft.groups;
  const isOne = draft.groups.length === 1;
  if (first === undefined || !isBuyAndGet(draft.family)) return null;
  return (
    <fieldset class="choices">
      <legend>What is reduced</legend>
      <label class="check">
        <input
          type="radio"
          name="same"
          checked={isOne}
          disabled={readOnly}
          onChange={() => set([draft.groups[draft.target === 0 ? 1 : 0] ?? first])}
        />
        One of the same: 3 for 2
      </label>
      <label class="check">
        <input
          type="radio"
          name="same"
          checked={!isOne}
          disabled={readOnly}
          onChange={() => set([first, newGroup([first])])}
        />
        Something else: buy this, get that
      </label>
    </fieldset>
  );
}

function Spend({ at }: { at: number }) {
  const { draft, changeGroup } = useForm();
  return (
    <fieldset class="part">
      <legend>Spend</legend>
      <MoneyField
        path={`groups.${at}.minimum`}
        label="At least"
        value={draft.groups[at]?.minimum ?? ''}
        onValue={(minimum) => changeGroup(at, { minimum })}
      />
      <NodePicker at={at} label="On what" />
    </fieldset>
  );
}
