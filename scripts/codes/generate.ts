import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDictionary } from './render_dictionary.ts';

// node scripts/run.mjs scripts/codes/generate.ts: writes the table after the dictionary was exchanged.
const folder = join(import.meta.dirname, '../../shared/catalog/gs1');
const source = readFileSync(join(folder, 'gs1-syntax-dictionary.txt'), 'utf8');
writeFileSync(join(folder, 'dictionary.ts'), renderDictionary(source));
