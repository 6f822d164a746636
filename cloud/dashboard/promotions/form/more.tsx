import { useForm } from './context.ts';
import { type Draft, isBuyAndGet, isSpendFamily } from './draft.ts';
import { Check, Choice, MoneyField, NumberField, TextField } from './fields.tsx';

type Options<T extends string> = readonly (readonly [T, string])[];

const EVERY_ORDER: Options<Draft['selection']> = [
  ['lowest_first', 'Take the cheapest, reduce the cheapest of them'],
  ['lowest_of_highest', 'Take the dearest, reduce the cheapest of all taken'],
  ['lowest_of_each_set', 'Take the dearest, reduce the cheapest of each set'],
  ['highest_first', 'Take the dearest, reduce the dearest of them'],
];
/** The other two words come to the same where no set is cut in two. */
const TWO_ORDERS: Options<Draft['selection']> = [
  ['lowest_first', 'The cheapest first'],
  ['highest_first', 'The dearest first'],
];
/** What is only needed is taken the other way round than its word says: the labels say what happens. */
const BUY_ORDERS: Options<Draft['selection']> = [
  ['lowest_first', 'The dearest first'],
  ['highest_first', 'The cheapest first'],
];
const SAME_AS: Partial<Record<Draft['selection'], Draft['selection']>> = {
  lowest_of_highest: 'lowest_first',
  lowest_of_each_set: 'highest_first',
};
const BASES: Options<Draft['price_base']> = [
  ['running', 'The price after earlier offers'],
  ['selling', 'The selling price'],
  ['mrp', 'The list price'],
];
const CRITERIA: Options<Draft['criteria']> = [
  ['priority', 'In order of priority'],
  ['best_discount', 'The best saving for the shopper wins'],
];
const KINDS: Options<Draft['applies_as']> = [
  ['discount', 'Off the price'],
  ['cashback', 'As cashback, afterwards'],
  ['tender', 'As a means of payment'],
  ['poslog_exclusion', 'Off the price, but not in the sales log'],
];

/** What most offers leave as it is. */
export function More({ isNew }: { isNew: boolean }) {
  const form = useForm();
  const { draft, change } = form;
  const isSpend = isSpendFamily(draft.family);
  return (
    <>
      <TextField
        path="description"
        label="Note for colleagues"
        value={draft.description}
        onValue={(description) => change({ description })}
      />
      <TextField
        path="retailer_promotion_id"
        label="Your own key"
        value={draft.retailer_promotion_id}
        readOnly={!isNew}
        hint={isNew ? 'Unique in each store; it stays for good.' : 'It was given when the offer was made.'}
        onValue={(retailer_promotion_id) => change({ retailer_promotion_id })}
      />
      <div class="line">
        {draft.family !== 'easy_plus' && (
          <NumberField
            path="max_applications"
            label="Times a basket"
            placeholder="no limit"
            value={draft.max_applications}
            onValue={(max_applications) => change({ max_applications })}
          />
        )}
        <MoneyField
          path="max_discount"
          label="Saves at most"
          placeholder="no cap"
          value={draft.max_discount}
          onValue={(max_discount) => change({ max_discount })}
        />
      </div>
      <Orders />
      <Choice
        path="price_base"
        label="Reckoned from"
        value={draft.price_base}
        options={BASES}
        onValue={(price_base) => change({ price_base })}
      />
      <div class="line">
        <Choice
          path="criteria"
          label="Beside other offers"
          value={draft.criteria}
          options={CRITERIA}
          onValue={(criteria) => change({ criteria })}
        />
        <NumberField
          path="priority"
          label="Priority"
          hint="1 goes before 2; none goes last."
          value={draft.priority}
          onValue={(priority) => change({ priority })}
        />
        <NumberField
          path="layer"
          label="Layer"
          hint={
            isSpend
              ? 'Spends always come after the others, in layer 100 or later.'
              : 'Offers of layer 2 come on top of those of layer 1.'
          }
          value={draft.layer}
          onValue={(layer) => change({ layer })}
        />
      </div>
      <Check
        label="Also on what an earlier layer has reduced"
        checked={draft.stackable}
        onChecked={(stackable) => change({ stackable })}
      />
      {!isSpend && (
        <Choice
          path="exclusive"
          label="Offers of later layers"
          value={draft.exclusive}
          options={[
            [
              '',
              draft.criteria === 'best_discount'
                ? 'As usual: may not touch its items'
                : 'As usual: may touch its items',
            ],
            ['no', 'May touch its items too'],
            ['yes', 'May not touch its items'],
          ]}
          onValue={(exclusive) => change({ exclusive })}
        />
      )}
      <Choice
        path="applies_as"
        label="How it is given"
        value={draft.applies_as}
        options={KINDS}
        onValue={(applies_as) => change({ applies_as })}
      />
      <FamilyExtras />
    </>
  );
}

function Orders() {
  const { draft, change } = useForm();
  const { family, groups } = draft;
  if (family === 'basket_threshold') return null;
  const cuts = isBuyAndGet(family) && groups.length === 1;
  const isTwo = isBuyAndGet(family) && groups.length === 2;
  return (
    <>
      <Choice
        path="selection"
        label={isTwo ? 'Of what is got' : 'Which ones count'}
        value={cuts ? draft.selection : (SAME_AS[draft.selection] ?? draft.selection)}
        options={cuts ? EVERY_ORDER : TWO_ORDERS}
        onValue={(selection) => change({ selection })}
      />
      {isTwo && (
        <Choice
          path="trigger_selection"
          label="Of what is bought"
          value={SAME_AS[draft.trigger_selection] ?? draft.trigger_selection}
          options={BUY_ORDERS}
          onValue={(trigger_selection) => change({ trigger_selection })}
        />
      )}
    </>
  );
}

function FamilyExtras() {
  const { draft, change } = useForm();
  switch (draft.family) {
    case 'evenly_distributed':
      return (
        <Choice<Draft['distribution']>
          path="distribution"
          label="Spread over the receipt lines"
          value={draft.distribution}
          options={[
            ['by_price', 'By their prices'],
            ['equal', 'In equal parts'],
          ]}
          onValue={(distribution) => change({ distribution })}
        />
      );
    case 'basket_threshold_target':
      return (
        <Check
          label="What is got does not count towards the spend"
          checked={draft.threshold_excludes_targets}
          onChecked={(threshold_excludes_targets) => change({ threshold_excludes_targets })}
        />
      );
    case 'easy':
      return draft.discount_type === 'percent' ? (
        <Check
          label="Also on extras that belong to an item"
          checked={draft.include_addons}
          onChecked={(include_addons) => change({ include_addons })}
        />
      ) : null;
    default:
      return null;
  }
}
