import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderDictionary } from './render_dictionary.ts';

const folder = join(import.meta.dirname, '../../shared/catalog/gs1');
const source = readFileSync(join(folder, 'gs1-syntax-dictionary.txt'), 'utf8');

it('the table that is checked in is what the dictionary gives', () => {
  expect(readFileSync(join(folder, 'dictionary.ts'), 'utf8')).toBe(renderDictionary(source));
});

it('loses no entry and no word of one', () => {
  const entries = source.split('\n').filter((line) => /^[0-9]/.test(line));
  const words = (text: string) => text.split(/[\s~]+/).filter((word) => word !== '' && word !== '#');
  const rows = renderDictionary(source)
    .split('\n')
    .filter((line) => line.startsWith("  '"));
  expect(rows).toHaveLength(entries.length);
  for (const [i, row] of rows.entries()) {
    const plain = words((entries[i] ?? '').replace(/(?:req|ex|dlpkey)=/g, ' ').replace(' dlpkey ', ' . '));
    expect(words(row.slice(3, -2)).sort()).toEqual(plain.sort());
  }
});
