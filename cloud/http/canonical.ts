import { z } from 'zod';

const Fields = z.record(z.string(), z.unknown());

/** JSON with the keys of every object in order: two bodies that say the same give the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Fields.safeParse(value);
  if (!fields.success) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(fields.data).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Lower-case hex of the SHA-256 of a text's UTF-8. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
