import { z } from 'zod';
import { request } from '../../../shared/ui/http.ts';
import { session, signOut } from '../session.ts';

export const KINDS = [
  ['agent', 'Store agent'],
  ['gate', 'Gate'],
  ['kiosk', 'Kiosk or till'],
  ['printer', 'Printer'],
  ['reader', 'Reader'],
] as const;
export type Kind = (typeof KINDS)[number][0];

const Device = z.looseObject({
  id: z.string(),
  store_id: z.string(),
  kind: z.string(),
  name: z.string(),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});
export type Device = z.infer<typeof Device>;
const Store = z.looseObject({ id: z.string(), name: z.string() });
export type Store = z.infer<typeof Store>;
const Code = z.looseObject({ code: z.string(), expires_at: z.string() });
export type Code = z.infer<typeof Code>;

const list = <T extends z.ZodType>(of: T) => z.object({ data: z.array(of), has_more: z.boolean() });
const PAGE_ROWS = 100;

/** The answer, or what to tell the reader. */
async function ask<T extends z.ZodType>(
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

/** Everything of a list, page by page: a retailer has few stores and a store few devices. */
async function all<T extends { id: string }>(schema: z.ZodType<T>, path: string): Promise<T[] | string> {
  const rows: T[] = [];
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
    if (after !== '') query.set('starting_after', after);
    const page = await ask(list(schema), `${path}?${query}`);
    if (typeof page === 'string') return page;
    rows.push(...page.data);
    after = page.data.at(-1)?.id ?? '';
    if (!page.has_more || after === '') return rows;
  }
}

export const readDevices = (): Promise<Device[] | string> => all(Device, '/v1/devices');
export const readStores = (): Promise<Store[] | string> => all(Store, '/v1/stores');

export const addDevice = (
  device: { store_id: string; kind: string; name: string },
  key: string,
): Promise<Device | string> => ask(Device, '/v1/devices', { method: 'POST', body: device, key });

export const makeCode = (id: string, key: string): Promise<Code | string> =>
  ask(Code, `/v1/devices/${id}/enrolment_codes`, { method: 'POST', body: {}, key });

export const revoke = (id: string): Promise<Device | string> =>
  ask(Device, `/v1/devices/${id}`, { method: 'DELETE' });

export const publish = (store: string, key: string): Promise<unknown> =>
  ask(z.unknown(), `/v1/stores/${store}/publications`, { method: 'POST', body: {}, key });
