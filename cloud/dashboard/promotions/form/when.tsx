import { useForm } from './context.ts';
import type { Draft } from './draft.ts';
import { Check, Field, Issue, TextField } from './fields.tsx';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** From when to when, on which days, at which hours; all on the store's own clock. */
export function When() {
  const form = useForm();
  const { schedule } = form.draft;
  const set = (fields: Partial<Draft['schedule']>) => form.change({ schedule: { ...schedule, ...fields } });
  return (
    <>
      <div class="line">
        <TextField
          path="schedule.start"
          label="From"
          type="date"
          value={schedule.start_date}
          onValue={(start_date) => set({ start_date })}
        />
        <TextField
          path="schedule.start_time"
          label={schedule.is_happy_hour ? 'Each day from' : 'Time'}
          type="time"
          value={schedule.start_time}
          onValue={(start_time) => set({ start_time })}
        />
        <TextField
          path="schedule.end"
          label="Until"
          type="date"
          value={schedule.end_date}
          onValue={(end_date) => set({ end_date })}
        />
        <TextField
          path="schedule.end_time"
          label={schedule.is_happy_hour ? 'Each day until' : 'Time'}
          type="time"
          value={schedule.end_time}
          onValue={(end_time) => set({ end_time })}
        />
      </div>
      <Check
        label="Happy hour"
        hint="The two times bound a few hours of each day; a time before the other one goes past midnight."
        checked={schedule.is_happy_hour}
        onChecked={(is_happy_hour) => set({ is_happy_hour })}
      />
      <fieldset class="days">
        <legend>Days</legend>
        {DAYS.map((name, day) => (
          <Check
            key={name}
            label={name}
            checked={schedule.active_days[day] ?? false}
            onChecked={(on) =>
              set({ active_days: schedule.active_days.map((one, i) => (i === day ? on : one)) })
            }
          />
        ))}
      </fieldset>
      <p class="soft small">On the store’s own clock; both ends belong to it.</p>
    </>
  );
}

/** Everybody, or whoever brings one of these coupons and cards. */
export function ForWhom() {
  const form = useForm();
  const { availability, qualifiers } = form.draft;
  const set = (at: number, fields: Partial<Draft['qualifiers'][number]>) =>
    form.change({ qualifiers: qualifiers.map((one, i) => (i === at ? { ...one, ...fields } : one)) });
  return (
    <fieldset class="choices">
      <legend>Who it is for</legend>
      <label class="check">
        <input
          type="radio"
          name="availability"
          checked={availability === 'all'}
          disabled={form.readOnly}
          onChange={() => form.change({ availability: 'all' })}
        />
        Everybody
      </label>
      <label class="check">
        <input
          type="radio"
          name="availability"
          checked={availability === 'special'}
          disabled={form.readOnly}
          onChange={() =>
            form.change({
              availability: 'special',
              qualifiers: qualifiers.length === 0 ? [{ id: '', description: '' }] : qualifiers,
            })
          }
        />
        Only with a coupon, card or membership
      </label>
      {availability === 'special' && (
        <>
          {qualifiers.map((one, i) => (
            <div class="line" key={i}>
              <TextField
                path={`qualifiers.${i}.id`}
                label="Coupon or card"
                value={one.id}
                onValue={(id) => set(i, { id })}
              />
              <TextField
                path={`qualifiers.${i}.description`}
                label="What people call it"
                value={one.description}
                onValue={(description) => set(i, { description })}
              />
              {!form.readOnly && (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Remove ${one.id || 'this coupon'}`}
                  onClick={() => form.change({ qualifiers: qualifiers.filter((_, k) => k !== i) })}
                >
                  ✕
                </button>
              )}
            </div>
          ))}
          <Issue path="qualifiers" issue={form.issueAt('qualifiers')} />
          {!form.readOnly && (
            <button
              type="button"
              onClick={() => form.change({ qualifiers: [...qualifiers, { id: '', description: '' }] })}
            >
              Add another
            </button>
          )}
        </>
      )}
    </fieldset>
  );
}

/** In which of the retailer's stores it runs. */
export function Where({
  stores,
}: {
  stores: readonly { id: Draft['excluded_store_ids'][number]; name: string }[];
}) {
  const form = useForm();
  const { store_ids, excluded_store_ids } = form.draft;
  const isIn = (id: Draft['excluded_store_ids'][number]) =>
    store_ids === null ? !excluded_store_ids.includes(id) : store_ids.includes(id);
  const all = store_ids === null && excluded_store_ids.length === 0;
  return (
    <Field path="store_ids" label="Stores" hint="“All stores” takes in those that come later.">
      <Check
        label="All stores"
        checked={all}
        onChecked={(on) =>
          form.change({ store_ids: on ? null : stores.map(({ id }) => id), excluded_store_ids: [] })
        }
      />
      {!all &&
        stores.map(({ id, name }) => (
          <Check
            key={id}
            label={name}
            checked={isIn(id)}
            onChecked={(on) =>
              form.change({
                store_ids: stores.map((one) => one.id).filter((one) => (one === id ? on : isIn(one))),
                excluded_store_ids: [],
              })
            }
          />
        ))}
    </Field>
  );
}
