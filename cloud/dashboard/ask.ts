import { z } from 'zod';
import { request } from '../../shared/ui/http.ts';
import { session, signOut } from './session.ts';

const PAGE_ROWS = 100;

/** The cloud's answer, or what to tell the reader. `key` repeats a lost answer. */
export async function ask<T extends z.ZodType>(
  schema: T,
  path: string,
  call: { method?: 'POST' | 'DELETE'; body?: unknown; key?: string } = {},
): Promise<z.infer<T> | string> {
  const answer = await request(schema, path, { token: session.value?.token ?? null, ...call });
  if (answer.ok) return answer.value;
  if (answer.problem === null) return 'No connection: try again.';
  if (answer.problem.code === 'unauthenticated') signOut();
  return answer.problem.detail ?? answer.problem.title;
}

export const listOf = <T extends z.ZodType>(of: T) => z.object({ data: z.array(of), has_more: z.boolean() });

/** Everything of a list, page by page: only for lists that are short by nature, such as a retailer's stores. */
export async function askAll<T extends { id: string }>(
  schema: z.ZodType<T>,
  path: string,
): Promise<T[] | string> {
  const rows: T[] = [];
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
    if (after !== '') query.set('starting_after', after);
    const page = await ask(listOf(schema), `${path}?${query}`);
    if (typeof page === 'string') return page;
    rows.push(...page.data);
    after = page.data.at(-1)?.id ?? '';
    if (!page.has_more || after === '') return rows;
  }
}

export const Store = z.looseObject({ id: z.string(), name: z.string() });
export type Store = z.infer<typeof Store>;
export const readStores = (): Promise<Store[] | string> => askAll(Store, '/v1/stores');
