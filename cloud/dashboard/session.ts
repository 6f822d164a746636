import { signal } from '@preact/signals';
import { z } from 'zod';

const Session = z.object({ token: z.string(), role: z.string(), expires_at: z.string() });
export type Session = z.infer<typeof Session>;
export const SessionAnswer = z.looseObject(Session.shape);

const STORAGE_KEY = 'sesame.staff';

/** Who is signed in on this tab; gone when the tab is closed. */
export const session = signal<Session | null>(read());

export function signIn(answer: Session): void {
  session.value = { token: answer.token, role: answer.role, expires_at: answer.expires_at };
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(session.value));
}

export function signOut(): void {
  session.value = null;
  sessionStorage.removeItem(STORAGE_KEY);
}

function read(): Session | null {
  try {
    const parsed = Session.safeParse(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? 'null'));
    return parsed.success && Date.parse(parsed.data.expires_at) > Date.now() ? parsed.data : null;
  } catch {
    return null;
  }
}
