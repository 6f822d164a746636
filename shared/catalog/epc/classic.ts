import type { BitReader } from './bit_reader.ts';

/**
 * The schemes that stood before TDS 2.0 (EPC Tag Data Standard, section 14.6): header, filter, partition, company
 * prefix and reference as numbers of a width that the partition tells, then what makes the thing one of a kind.
 */
export interface ClassicScheme {
  name: string;
  /** In `urn:epc:id:…`. */
  id: string;
  key: 'gtin14' | 'sscc' | 'gln' | 'grai' | 'giai' | 'gsrn' | 'gdti' | 'cpid' | 'gcn';
  /** Bits of the reference by partition value. */
  referenceBits: readonly number[];
  /** Digits of the reference at partition 0; one more at each further value. */
  referenceDigits: number;
  reference: 'padded' | 'unpadded' | 'text' | 'six_bit_text';
  serial:
    | { kind: 'number'; bits: number }
    | { kind: 'text'; bits: number }
    /** Leading zeros are kept by a 1 before them, which is no digit of the value. */
    | { kind: 'digits'; bits: number }
    | { kind: 'reserved'; bits: number }
    | null;
}

const COMPANY_BITS = [40, 37, 34, 30, 27, 24, 20] as const;
const OF_ITEMS = [4, 7, 10, 14, 17, 20, 24] as const;
const OF_PLACES = [1, 4, 7, 11, 14, 17, 21] as const;
const OF_UNITS = [18, 21, 24, 28, 31, 34, 38] as const;

const number = (bits: number) => ({ kind: 'number' as const, bits });
const text = (bits: number) => ({ kind: 'text' as const, bits });
const item = { referenceBits: OF_ITEMS, reference: 'padded' } as const;
const place = { referenceBits: OF_PLACES, referenceDigits: 0, reference: 'padded' } as const;
const unit = { referenceBits: OF_UNITS, referenceDigits: 5, reference: 'padded' } as const;
const reserved = { kind: 'reserved' as const, bits: 24 };

export const CLASSIC: ReadonlyMap<number, ClassicScheme> = new Map<number, ClassicScheme>([
  [0x2c, { name: 'gdti-96', id: 'gdti', key: 'gdti', ...place, serial: number(41) }],
  [0x2d, { name: 'gsrn-96', id: 'gsrn', key: 'gsrn', ...unit, serial: reserved }],
  [0x2e, { name: 'gsrnp-96', id: 'gsrnp', key: 'gsrn', ...unit, serial: reserved }],
  [0x30, { name: 'sgtin-96', id: 'sgtin', key: 'gtin14', ...item, referenceDigits: 1, serial: number(38) }],
  [0x31, { name: 'sscc-96', id: 'sscc', key: 'sscc', ...unit, serial: reserved }],
  [0x32, { name: 'sgln-96', id: 'sgln', key: 'gln', ...place, serial: number(41) }],
  [0x33, { name: 'grai-96', id: 'grai', key: 'grai', ...item, referenceDigits: 0, serial: number(38) }],
  [
    0x34,
    {
      name: 'giai-96',
      id: 'giai',
      key: 'giai',
      referenceBits: [42, 45, 48, 52, 55, 58, 62],
      referenceDigits: 13,
      reference: 'unpadded',
      serial: null,
    },
  ],
  [0x36, { name: 'sgtin-198', id: 'sgtin', key: 'gtin14', ...item, referenceDigits: 1, serial: text(140) }],
  [0x37, { name: 'grai-170', id: 'grai', key: 'grai', ...item, referenceDigits: 0, serial: text(112) }],
  [
    0x38,
    {
      name: 'giai-202',
      id: 'giai',
      key: 'giai',
      referenceBits: [148, 151, 154, 158, 161, 164, 168],
      referenceDigits: 18,
      reference: 'text',
      serial: null,
    },
  ],
  [0x39, { name: 'sgln-195', id: 'sgln', key: 'gln', ...place, serial: text(140) }],
  [0x3a, { name: 'gdti-113', id: 'gdti', key: 'gdti', ...place, serial: { kind: 'digits', bits: 58 } }],
  [
    0x3c,
    {
      name: 'cpi-96',
      id: 'cpi',
      key: 'cpid',
      referenceBits: [11, 14, 17, 21, 24, 27, 31],
      referenceDigits: 3,
      reference: 'unpadded',
      serial: number(31),
    },
  ],
  [
    0x3d,
    {
      name: 'cpi-var',
      id: 'cpi',
      key: 'cpid',
      referenceBits: [114, 120, 126, 132, 138, 144, 150],
      referenceDigits: 18,
      reference: 'six_bit_text',
      serial: number(40),
    },
  ],
  [0x3e, { name: 'gdti-174', id: 'gdti', key: 'gdti', ...place, serial: text(119) }],
  [0x3f, { name: 'sgcn-96', id: 'sgcn', key: 'gcn', ...place, serial: { kind: 'digits', bits: 41 } }],
]);

export interface ClassicFields {
  filter: number;
  companyPrefix: string;
  reference: string;
  serial: string | null;
}

/** Reads what follows the header. */
export function readClassic(reader: BitReader, scheme: ClassicScheme): ClassicFields {
  const filter = Number(reader.number('filter', 3));
  const partition = Number(reader.number('partition', 3));
  const companyBits = COMPANY_BITS[partition];
  const referenceBits = scheme.referenceBits[partition];
  if (companyBits === undefined || referenceBits === undefined) {
    reader.fail('partition');
    return { filter, companyPrefix: '', reference: '', serial: null };
  }
  const companyPrefix = reader.padded('company_prefix', companyBits, 12 - partition, 'company_prefix');
  const reference = readReference(reader, scheme, partition, referenceBits);
  return { filter, companyPrefix, reference, serial: readSerial(reader, scheme.serial) };
}

function readReference(reader: BitReader, scheme: ClassicScheme, partition: number, bits: number): string {
  const digits = scheme.referenceDigits + partition;
  if (scheme.reference === 'padded') return reader.padded('reference', bits, digits, 'item_reference');
  if (scheme.reference === 'text') {
    const text = readText(reader, 'reference', bits, 'item_reference');
    if (text.length > digits) reader.fail('item_reference');
    return text;
  }
  if (scheme.reference === 'six_bit_text') return readSixBitText(reader, digits);
  const value = String(reader.number('reference', bits));
  if (value.length > digits) reader.fail('item_reference');
  return value;
}

function readSerial(reader: BitReader, serial: ClassicScheme['serial']): string | null {
  if (serial === null) return null;
  if (serial.kind === 'text') return readText(reader, 'serial', serial.bits, 'serial');
  if (serial.kind === 'number') return String(reader.number('serial', serial.bits));
  if (serial.kind === 'reserved') {
    if (reader.number('reserved', serial.bits) !== 0n) reader.fail('length');
    return null;
  }
  const kept = String(reader.number('serial', serial.bits));
  if (!kept.startsWith('1') || kept.length < 2) reader.fail('serial');
  return kept.slice(1);
}

const CSET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/;

/** Characters of seven bits up to the first zero; only zeros follow it. */
function readText(
  reader: BitReader,
  name: string,
  bits: number,
  trouble: 'serial' | 'item_reference',
): string {
  const count = Math.floor(bits / 7);
  const all = reader.characters(name, count, 7, trouble, (code) => String.fromCharCode(code));
  if (reader.number('filler', bits - count * 7) !== 0n) reader.fail(trouble);
  const value = all.replace(/\0+$/, '');
  if (!CSET_82.test(value)) reader.fail(trouble);
  return value;
}

/** CPI-var: ASCII less its upper bits, ended by six zero bits (section 14.4.9). */
function readSixBitText(reader: BitReader, max: number): string {
  let value = '';
  while (reader.peek(6) !== 0 && value.length <= max) {
    value += reader.characters('reference', 1, 6, 'item_reference', (code) => {
      const character = String.fromCharCode(code >= 32 ? code : code + 64);
      return /^[#\-/0-9A-Z]$/.test(character) ? character : null;
    });
  }
  reader.number('end', 6);
  if (value === '' || value.length > max) reader.fail('item_reference');
  return value;
}
