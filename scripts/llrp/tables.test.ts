import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { llrpTables } from './tables.ts';

const folder = new URL('../../hardware/llrp/codec/', import.meta.url);
const yaml = readFileSync(new URL('messages.yaml', folder), 'utf8');

describe('the LLRP tables', () => {
  it('are what the generator makes of the data', () => {
    const kept = readFileSync(new URL('tables.generated.ts', folder), 'utf8');
    expect(llrpTables(yaml) === kept, 'run npm run llrp:tables').toBe(true);
  });

  it('are put right where the data differs from the standard, as long as it does', () => {
    const hop = 'type_id: 247\n    fields:\n      - name: HopTableID\n        type: uint16\n';
    expect(yaml).toContain(hop);
    const mended = yaml.replace(hop, `${hop}      - name: NextChannelIndex\n        type: uint16\n`);
    expect(() => llrpTables(mended)).toThrow('HoppingEvent has NextChannelIndex');
  });

  it('refuse fields that have no place in their byte', () => {
    const one = (fields: string) =>
      `parameters: [{name: A, type_id: 1, fields: [${fields}]}]\nmessages: []\ntypes: []\n`;
    const bool = (name: string, bit: number, partial = false) =>
      `{name: ${name}, type: bool, bit: ${bit}, partial: ${partial}}`;
    expect(() => llrpTables(one(`${bool('X', 3, true)}, ${bool('Y', 2)}`))).toThrow('A.Y has no place');
    expect(() => llrpTables(one(`${bool('X', 3, true)}`))).toThrow('A ends inside a byte');
    expect(() => llrpTables(one(`${bool('X', 3, true)}, {name: Z, type: uint8}`))).toThrow('inside a byte');
    expect(llrpTables(one(bool('X', 3)))).toContain('X: closeByte(skipBits(0, 3, bit(3)), 4)');
  });
});
