import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Draft, DraftGroup } from './draft.ts';

/** The form that a field stands in. */
export interface Form {
  draft: Draft;
  currency: string;
  readOnly: boolean;
  change(fields: Partial<Draft>): void;
  changeGroup(at: number, fields: Partial<DraftGroup>): void;
  /** What is wrong at a field, once a person has been there or has tried to save. */
  issueAt(path: string): string | null;
  touch(path: string): void;
}

export const FormContext = createContext<Form | null>(null);

/** Fields stand in a form; one without is a bug. */
export function useForm(): Form {
  const form = useContext(FormContext);
  if (form === null) throw new Error('a field without a form');
  return form;
}

/** The element of a field, for whoever leads a person to it. */
export const fieldId = (path: string): string => `field-${path.replaceAll('.', '-')}`;
