import { LINTERS } from '../gs1/linters.ts';
import type { BitReader } from './bit_reader.ts';

/**
 * The "+" schemes of TDS 2.0: a toggle for data behind the EPC, a filter, the key with all its digits at four bits
 * each, and a serial of varying length. ITIP+ and the "++" schemes with a host name of their own are not read.
 */
export interface PlusScheme {
  name: string;
  ai: string;
  /** Digits of the key; null: digits to a delimiter, then text (section 14.5.5). */
  digits: number | null;
  dated: boolean;
  serial: { kind: 'text' | 'number'; max: number; ai: string | null } | null;
}

const fixed = (
  name: string,
  ai: string,
  digits: number,
  serial: PlusScheme['serial'] = null,
): PlusScheme => ({
  name,
  ai,
  digits,
  dated: false,
  serial,
});
const text = (max: number, ai: string | null = null) => ({ kind: 'text' as const, max, ai });

export const PLUS: ReadonlyMap<number, PlusScheme> = new Map<number, PlusScheme>([
  [
    0xf0,
    { name: 'cpi+', ai: '8010', digits: null, dated: false, serial: { kind: 'number', max: 12, ai: '8011' } },
  ],
  [0xf1, fixed('grai+', '8003', 14, text(16))],
  [0xf2, fixed('sgln+', '414', 13, text(20, '254'))],
  [0xf4, fixed('gsrn+', '8018', 18)],
  [0xf5, fixed('gsrnp+', '8017', 18)],
  [0xf6, fixed('gdti+', '253', 13, text(17))],
  [0xf7, fixed('sgtin+', '01', 14, text(20, '21'))],
  [0xf8, fixed('sgcn+', '255', 13, { kind: 'number', max: 12, ai: null })],
  [0xf9, fixed('sscc+', '00', 18)],
  [0xfa, { name: 'giai+', ai: '8004', digits: null, dated: false, serial: null }],
  [0xfb, { ...fixed('dsgtin+', '01', 14, text(20, '21')), dated: true }],
]);

/** Section 14.5.3: which date stands before the key. */
const DATE_AIS = ['11', '13', '15', '16', '17', '7006', '7007'] as const;
const KEY_CHARACTERS_MAX = 30;

export interface PlusFields {
  filter: number;
  key: string;
  serial: string | null;
  date: { ai: string; yymmdd: string } | null;
  dataFollows: boolean;
}

/** Reads what follows the header. */
export function readPlus(reader: BitReader, scheme: PlusScheme): PlusFields {
  const dataFollows = reader.number('data_toggle', 1) === 1n;
  const filter = Number(reader.number('filter', 3));
  const date = scheme.dated ? readDate(reader) : null;
  const key =
    scheme.digits === null ? readDelimited(reader) : reader.digits('key', scheme.digits, 'item_reference');
  const serial = scheme.serial === null ? null : readPlusSerial(reader, scheme.serial);
  return { filter, key, serial, date, dataFollows };
}

function readDate(reader: BitReader): { ai: string; yymmdd: string } {
  const ai = DATE_AIS[Number(reader.number('date_type', 4))];
  const parts = [7, 4, 5].map((bits, i) =>
    String(reader.number(['year', 'month', 'day'][i] ?? '', bits)).padStart(2, '0'),
  );
  const yymmdd = parts.join('');
  if (ai === undefined || yymmdd.length !== 6 || LINTERS['yymmd0']?.(yymmdd) !== true) reader.fail('date');
  return { ai: ai ?? '', yymmdd };
}

/** Digits of four bits; 1111 ends the key, 1110 says that text follows. */
function readDelimited(reader: BitReader): string {
  let value = '';
  while (reader.peek(4) <= 9 && value.length <= KEY_CHARACTERS_MAX && reader.trouble === null)
    value += reader.digits('key', 1, 'item_reference');
  const end = Number(reader.number('delimiter', 4));
  if (end === 14) value += readVariable(reader, 'key', KEY_CHARACTERS_MAX - value.length);
  else if (end !== 15) reader.fail('item_reference');
  if (value === '' || value.length > KEY_CHARACTERS_MAX) reader.fail('item_reference');
  return value;
}

function readPlusSerial(reader: BitReader, { kind, max }: NonNullable<PlusScheme['serial']>): string {
  if (kind === 'text') return readVariable(reader, 'serial', max);
  const length = Number(reader.number('length', 4));
  if (length > max) reader.fail('serial');
  return reader.padded('serial', bitsOfDigits(length), length, 'serial');
}

/** How many bits hold any number of so many digits. */
const bitsOfDigits = (digits: number): number => Math.ceil((digits * Math.log(10)) / Math.log(2));

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const URN_CODE_40 = ' ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789';
const CSET_82 = /^[!"#%&'()*+,\-./0-9:;<=>?A-Z_a-z]$/;

/** Section 14.5.6: three bits tell the alphabet, five the length. */
function readVariable(reader: BitReader, name: string, max: number): string {
  const encoding = Number(reader.number('encoding', 3));
  const length = Number(reader.number('length', 5));
  if (length < 1 || length > max) {
    reader.fail('serial');
    return '';
  }
  const characters = (bits: number, of: (code: number) => string | null) =>
    reader.characters(name, length, bits, 'serial', of);
  switch (encoding) {
    case 0:
      return reader.padded(name, bitsOfDigits(length), length, 'serial');
    case 1:
      return characters(4, (code) => code.toString(16).toUpperCase());
    case 2:
      return characters(4, (code) => code.toString(16));
    case 3:
      return characters(6, (code) => BASE64URL.charAt(code));
    case 4:
      return characters(7, (code) => {
        const character = String.fromCharCode(code);
        return CSET_82.test(character) ? character : null;
      });
    case 5:
      return readUrnCode40(reader, name, length);
    default:
      reader.fail('serial');
      return '';
  }
}

/** Three characters in sixteen bits; what fills the last three up is no character. */
function readUrnCode40(reader: BitReader, name: string, length: number): string {
  const triples = reader.characters(name, Math.ceil(length / 3), 16, 'serial', (code) => {
    const value = code - 1;
    const [first, second, third] = [Math.floor(value / 1_600), Math.floor(value / 40) % 40, value % 40];
    return value < 0 || first > 39
      ? null
      : `${URN_CODE_40.charAt(first)}${URN_CODE_40.charAt(second)}${URN_CODE_40.charAt(third)}`;
  });
  const value = triples.trimEnd();
  if (value.length !== length || value.includes(' ')) reader.fail('serial');
  return value;
}
