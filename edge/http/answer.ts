import type { Answer, Refusal } from '../basket/port.ts';
import type { Ctx } from './context.ts';
import { type FitsAnyRoute, fitsAnyRoute, refuse } from './refuse.ts';

export function refused(c: Ctx, refusal: Refusal): FitsAnyRoute {
  const { code, ...extras } = refusal;
  return refuse(c, code, extras);
}

/** The answer of an object as HTTP; `as` makes the body that the client sees. */
export async function answered<T>(
  c: Ctx,
  status: 200 | 201,
  answer: Answer<T>,
  as: (body: T) => unknown | Promise<unknown> = (b) => b,
): Promise<FitsAnyRoute> {
  if (!answer.ok) return refused(c, answer.error);
  if (answer.value.replayed) c.header('Idempotency-Replayed', 'true');
  return fitsAnyRoute(c.json(await as(answer.value.body), status));
}

/** An answer that the object wrote as JSON already. */
export function answeredText(c: Ctx, answer: Answer<string>): FitsAnyRoute {
  if (!answer.ok) return refused(c, answer.error);
  if (answer.value.replayed) c.header('Idempotency-Replayed', 'true');
  return fitsAnyRoute(c.body(answer.value.body, 200, { 'content-type': 'application/json' }));
}
