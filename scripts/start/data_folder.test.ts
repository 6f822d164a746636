import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginSeeding, endSeeding } from './data_folder.ts';
import { Refused } from './refused.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a seed that was cut short is begun anew', () => {
  beginSeeding(folder);
  mkdirSync(join(folder, 'd1'));
  mkdirSync(join(folder, 'agent'));
  beginSeeding(folder);
  expect(existsSync(join(folder, 'd1'))).toBe(false);
  expect(existsSync(join(folder, 'agent'))).toBe(false);
});

test('a store that was seeded is never wiped', () => {
  beginSeeding(folder);
  mkdirSync(join(folder, 'd1'));
  endSeeding(folder);
  expect(() => beginSeeding(folder)).toThrow(Refused);
  expect(existsSync(join(folder, 'd1'))).toBe(true);
});

test('a folder that is not there is made', () => {
  beginSeeding(join(folder, 'a', 'b'));
  expect(existsSync(join(folder, 'a', 'b', 'seeding'))).toBe(true);
});
