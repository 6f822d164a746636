import { expect, it } from 'vitest';
import { serviceIdOf } from './service_id.ts';

it('names a conversation with a terminal by its payment: ten characters, always the same, never twice', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => `pay_00000000-0000-7000-8000-000000000000_${n}`);
  const names = new Set(ids.map(serviceIdOf));
  expect(names.size).toBe(ids.length);
  for (const name of names) expect(name).toMatch(/^[0-9A-Z]{10}$/);
  expect(serviceIdOf(ids[7] ?? '')).toBe(serviceIdOf(ids[7] ?? ''));
});
