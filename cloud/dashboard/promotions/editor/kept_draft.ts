import { z } from 'zod';
import { Draft } from '../form/draft.ts';

/** What is typed and not saved outlives a reload and a look at another page of this tab. */
const Kept = z.object({
  draft: Draft,
  /** The edit that the form began with; null: a new promotion. */
  revision: z.int().nullable(),
});
export type Kept = z.infer<typeof Kept>;

const keyOf = (id: string | null): string => `sesame.promotion.${id ?? 'new'}`;

export function keepDraft(id: string | null, kept: Kept): void {
  try {
    sessionStorage.setItem(keyOf(id), JSON.stringify(kept));
  } catch {
    // A full or forbidden storage costs the safety net, not the form.
  }
}

export const dropDraft = (id: string | null): void => sessionStorage.removeItem(keyOf(id));

export function keptDraft(id: string | null): Kept | null {
  try {
    return Kept.safeParse(JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}
