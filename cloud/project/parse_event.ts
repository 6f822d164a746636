import { z } from 'zod';
import { StoreEvent } from '../../shared/events/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';

const REASON_CHARACTERS_MAX = 500;

/** A message as the queue or the store's object gives it: JSON text, or what the queue made of it. */
export function parseEvent(body: unknown): Result<StoreEvent, string> {
  const document = typeof body === 'string' ? parseJson(body) : { ok: true as const, value: body };
  if (!document.ok) return document;
  const parsed = StoreEvent.safeParse(document.value);
  if (parsed.success) return ok(parsed.data);
  const { path = [], message = 'not an event' } = parsed.error.issues[0] ?? {};
  return err(`invalid: /${path.map(String).join('/')} ${message}`.slice(0, REASON_CHARACTERS_MAX));
}

const Numbered = z.looseObject({ seq: z.number().int().min(1) });

/** The number of an event that is otherwise not readable, or null. */
export function seqOf(body: string): number | null {
  const document = parseJson(body);
  const numbered = document.ok ? Numbered.safeParse(document.value) : null;
  return numbered?.success ? numbered.data.seq : null;
}

function parseJson(text: string): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch {
    return err('not JSON');
  }
}
