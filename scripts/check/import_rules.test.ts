import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { blindRules } from './import_rules.ts';

test('every import rule sees the breach that is planted for it', async () => {
  expect(await blindRules(dirname(dirname(import.meta.dirname)))).toEqual([]);
});
