import type { ComponentChildren } from 'preact';
import { currencySign } from '../../../../shared/money/format.ts';
import { fieldId, useForm } from './context.ts';

interface FieldProps {
  path: string;
  label: string;
  hint?: string | undefined;
  children: ComponentChildren;
  class?: string;
}

/** A field with its label, a hint, and what is wrong with it. */
export function Field({ path, label, hint, children, class: name = '' }: FieldProps) {
  const issue = useForm().issueAt(path);
  return (
    <div class={`field ${name}`}>
      <label for={fieldId(path)}>{label}</label>
      {children}
      {hint !== undefined && (
        <p class="soft small" id={`${fieldId(path)}-hint`}>
          {hint}
        </p>
      )}
      <Issue path={path} issue={issue} />
    </div>
  );
}

export function Issue({ path, issue }: { path: string; issue: string | null }) {
  return issue === null ? null : (
    <p class="issue small" id={`${fieldId(path)}-issue`}>
      <span aria-hidden="true">! </span>
      {issue}
    </p>
  );
}

/** What ties an input to its label, its hint and its issue. */
function tied(path: string, hint: string | undefined, issue: string | null) {
  const described = [
    ...(hint === undefined ? [] : [`${fieldId(path)}-hint`]),
    ...(issue === null ? [] : [`${fieldId(path)}-issue`]),
  ];
  return {
    id: fieldId(path),
    'aria-invalid': issue !== null,
    ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
  };
}

interface TextProps {
  path: string;
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  type?: 'text' | 'date' | 'time';
  inputMode?: 'numeric' | 'decimal' | 'text';
  placeholder?: string | undefined;
  /** What stands before or behind the figure. */
  unit?: string | undefined;
  class?: string;
  readOnly?: boolean;
}

export function TextField({ path, label, value, onValue, hint, unit, class: name, ...rest }: TextProps) {
  const form = useForm();
  const issue = form.issueAt(path);
  const { type = 'text', inputMode = 'text', placeholder, readOnly = false } = rest;
  const input = {
    ...tied(path, hint, issue),
    value,
    readOnly: readOnly || form.readOnly,
    onInput: (event: { currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
    onBlur: () => form.touch(path),
  };
  return (
    <Field path={path} label={label} hint={hint} class={name ?? ''}>
      <div class="unit-field">
        {unit !== undefined && unit !== '%' && <span aria-hidden="true">{unit}</span>}
        {type === 'text' ? (
          <input
            type="text"
            inputMode={inputMode}
            placeholder={placeholder ?? ''}
            autoComplete="off"
            {...input}
          />
        ) : (
          <input type={type} {...input} />
        )}
        {unit === '%' && <span aria-hidden="true">%</span>}
      </div>
    </Field>
  );
}

export const NumberField = (props: TextProps) => <TextField {...props} inputMode="numeric" class="short" />;

export function MoneyField(props: TextProps) {
  const { currency } = useForm();
  return <TextField {...props} inputMode="decimal" unit={currencySign(currency) ?? currency} class="short" />;
}

interface ChoiceProps<T extends string> {
  path: string;
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onValue: (value: T) => void;
  hint?: string;
}

export function Choice<T extends string>({ path, label, value, options, onValue, hint }: ChoiceProps<T>) {
  const form = useForm();
  return (
    <Field path={path} label={label} hint={hint}>
      <select
        {...tied(path, hint, form.issueAt(path))}
        value={value}
        disabled={form.readOnly}
        onChange={(event) => {
          const chosen = options.find(([one]) => one === event.currentTarget.value);
          if (chosen !== undefined) onValue(chosen[0]);
        }}
      >
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChecked: (checked: boolean) => void;
  hint?: string;
}

export function Check({ label, checked, onChecked, hint }: CheckProps) {
  const { readOnly } = useForm();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={readOnly}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <span class="soft small block">{hint}</span>}
      </span>
    </label>
  );
}
