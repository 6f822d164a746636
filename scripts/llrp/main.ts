import { readFileSync, writeFileSync } from 'node:fs';
import { llrpTables } from './tables.ts';

// npm run llrp:tables: writes the LLRP codec's tables anew from the data beside them.
const folder = new URL('../../hardware/llrp/codec/', import.meta.url);
const yaml = readFileSync(new URL('messages.yaml', folder), 'utf8');
writeFileSync(new URL('tables.generated.ts', folder), llrpTables(yaml));
