import { amend } from './amendments.ts';
import { type FieldSource, type ParameterSource, readSource, type Source } from './source.ts';

const HEAD = `// Generated from messages.yaml by \`npm run llrp:tables\`; a test compares. See NOTICE.md for the source.
import type { MessageLayout, ParameterLayout } from './layout.ts';
import {
  bit,
  bitArray,
  bits,
  closeByte,
  countedBytes,
  fixedBytes,
  flag,
  listOf,
  restBytes,
  s8,
  s16,
  skipBits,
  thenReserved,
  u8,
  u16,
  u32,
  u64,
  utf8,
} from './field.ts';
`;

/** The TypeScript of the codec's tables, from the text of messages.yaml. */
export function llrpTables(yaml: string): string {
  const source = amend(readSource(yaml));
  const table = (name: string, layout: string, list: readonly ParameterSource[]): string => {
    const entries = list.map((one) => definition(source, one)).join('');
    return `export const ${name} = {\n${entries}} satisfies Record<string, ${layout}>;\n`;
  };
  return [
    HEAD,
    table('PARAMETERS', 'ParameterLayout', source.parameters),
    table('MESSAGES', 'MessageLayout', source.messages),
  ].join('\n');
}

function definition(source: Source, one: ParameterSource): string {
  const fields = fieldsOf(source, one).map(([name, code]) => `      ${name}: ${code},\n`);
  const children = childrenOf(one).map(([name, occurs]) => `      ${name}: '${occurs}',\n`);
  const block = (lines: string[]): string => (lines.length === 0 ? '{}' : `{\n${lines.join('')}    }`);
  return (
    `  ${one.name}: {\n    type: ${one.type_id},\n` +
    `    fields: ${block(fields)},\n    parameters: ${block(children)},\n  },\n`
  );
}

/** The sub-parameters with how often each may stand there. One that is named for two roles may stand there twice. */
function childrenOf(one: ParameterSource): [string, string][] {
  const children = new Map<string, { isNeeded: boolean; isMany: boolean }>();
  for (const { type, optional, repeatable, group } of one.parameters ?? []) {
    const known = children.get(type);
    const isNeeded = optional !== true && group === undefined;
    children.set(type, {
      isNeeded: isNeeded || known?.isNeeded === true,
      isMany: repeatable === true || known !== undefined,
    });
  }
  return [...children].map(([type, { isNeeded, isMany }]) => {
    const least = isNeeded ? '1' : '0';
    const most = isMany ? 'n' : '1';
    return [type, least === most ? '1' : `${least}-${most}`];
  });
}

/** The fields with the code of their codec. Bits of one byte follow each other; whatever lies between is reserved. */
function fieldsOf(source: Source, one: ParameterSource): [string, string][] {
  const fields: [string, string][] = [];
  let nextBit = 0;
  for (const field of one.fields ?? []) {
    if (field.padding === true) {
      const last = fields.at(-1);
      if (last === undefined || nextBit > 0)
        throw new Error(`${one.name}: padding without a field before it`);
      last[1] = `thenReserved(${last[1]}, 1)`;
      continue;
    }
    if (field.name === undefined) throw new Error(`${one.name} has a field without a name`);
    const width = bitsOf(source, field);
    if (width === null) {
      if (nextBit > 0) throw new Error(`${one.name}.${field.name} begins inside a byte`);
      fields.push([field.name, wholeField(source, field)]);
      continue;
    }
    const first = field.bit ?? nextBit;
    if (first < nextBit || first + width > 8) throw new Error(`${one.name}.${field.name} has no place`);
    let code = field.type === 'bool' ? `bit(${first})` : `bits(${first}, ${width})`;
    if (first > nextBit) code = `skipBits(${nextBit}, ${first - nextBit}, ${code})`;
    nextBit = first + width;
    if (field.partial !== true) {
      code = code === 'bit(0)' ? 'flag' : `closeByte(${code}, ${8 - nextBit})`;
      nextBit = 0;
    }
    fields.push([field.name, code]);
  }
  if (nextBit > 0) throw new Error(`${one.name} ends inside a byte`);
  return fields;
}

/** The width of a field that shares its byte, or null for one of whole bytes. */
function bitsOf(source: Source, field: FieldSource): number | null {
  if (field.type === 'bool') return 1;
  return source.types.find((one) => one.name === field.type)?.bits ?? null;
}

function wholeField(source: Source, field: FieldSource): string {
  if (field.type === 'string') return 'utf8';
  if (field.type === 'bitArray') return 'bitArray';
  if (!field.type.startsWith('[]')) return numberOf(source, field.type);
  const element = numberOf(source, field.type.slice(2));
  if (field.length === -1) return 'restBytes';
  if (field.length !== undefined) return `fixedBytes(${field.length})`;
  return element === 'u8' ? 'countedBytes' : `listOf(${element})`;
}

function numberOf(source: Source, type: string): string {
  const storage = source.types.find((one) => one.name === type)?.storage ?? type;
  const match = /^(u?)int(8|16|32|64)$/.exec(storage === 'byte' ? 'uint8' : storage);
  if (match === null) throw new Error(`no number is a ${type}`);
  return `${match[1] === 'u' ? 'u' : 's'}${match[2]}`;
}
