import type { Outcome } from '../../../../shared/ui/http.ts';
import { call } from './call.ts';
import { remember } from './catalogue.ts';
import { changesOf, type Wanted } from './changes_of.ts';
import { Stored } from './records.ts';

/** `key` makes a repeated call harmless: the same promotion is not created twice. */
export async function createPromotion(wanted: Wanted, key: string): Promise<Outcome<Stored>> {
  return remembered(await call(Stored, '/v1/promotions', { method: 'POST', body: wanted, key }));
}

/** Sends what differs from what was read, and only if nobody else has changed it since then. */
export async function changePromotion(before: Stored, wanted: Wanted): Promise<Outcome<Stored>> {
  const body = changesOf(before, wanted);
  if (Object.keys(body).length === 0) return { ok: true, value: before };
  return patch(before, body);
}

export const switchPromotion = (before: Stored, is_active: boolean): Promise<Outcome<Stored>> =>
  patch(before, { is_active });

async function patch(before: Stored, body: Record<string, unknown>): Promise<Outcome<Stored>> {
  const path = `/v1/promotions/${encodeURIComponent(before.id)}`;
  return remembered(await call(Stored, path, { method: 'PATCH', body, revision: before.revision }));
}

function remembered(answer: Outcome<Stored>): Outcome<Stored> {
  if (answer.ok) remember(answer.value);
  return answer;
}
