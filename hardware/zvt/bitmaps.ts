/**
 * The data fields of a message by their one-byte name (PA00P015, "list of bitmaps"): a number is a length in
 * bytes, `LL` and `LLL` are two and three length bytes of the form Fn, `TLV` has a BER length.
 */
const LENGTHS: Readonly<Record<number, number | 'LL' | 'LLL' | 'TLV'>> = {
  1: 1,
  2: 1,
  3: 1,
  4: 6,
  5: 1,
  6: 'TLV',
  11: 3,
  12: 3,
  13: 2,
  14: 2,
  23: 2,
  25: 1,
  34: 'LL',
  35: 'LL',
  36: 'LLL',
  39: 1,
  41: 4,
  42: 15,
  45: 'LL',
  46: 'LLL',
  55: 3,
  58: 2,
  59: 8,
  60: 'LLL',
  61: 3,
  73: 2,
  96: 'LLL',
  135: 2,
  136: 3,
  138: 1,
  139: 'LL',
  140: 1,
  146: 'LLL',
  154: 'LLL',
  160: 1,
  167: 'LL',
  170: 3,
  175: 'LLL',
  186: 5,
};

/** The fields that this driver reads. Those that hold card data are passed over and never leave this file. */
export const FIELD = {
  amount: 4,
  trace_number: 11,
  result_code: 39,
  terminal_id: 41,
  authorisation: 59,
  additional_text: 60,
  currency: 73,
  receipt_number: 135,
  card_name: 139,
} as const;
const READ: ReadonlySet<number> = new Set(Object.values(FIELD));

/** The fields of a message's data. A field of unknown length ends the reading: what came before it counts. */
export function readBitmaps(data: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  while (at < data.length) {
    const name = data[at] ?? 0;
    const size = sizeOf(data, at + 1, LENGTHS[name]);
    if (size === null || size.start + size.length > data.length) break;
    if (READ.has(name)) fields.set(name, data.slice(size.start, size.start + size.length));
    at = size.start + size.length;
  }
  return fields;
}

function sizeOf(
  data: Uint8Array,
  at: number,
  kind: number | 'LL' | 'LLL' | 'TLV' | undefined,
): { start: number; length: number } | null {
  if (kind === undefined) return null;
  if (typeof kind === 'number') return { start: at, length: kind };
  if (kind === 'TLV') return berLength(data, at);
  const digits = data.subarray(at, at + kind.length);
  if (digits.length < kind.length || digits.some((byte) => byte >> 4 !== 0xf || (byte & 0xf) > 9))
    return null;
  return { start: at + kind.length, length: digits.reduce((sum, byte) => sum * 10 + (byte & 0xf), 0) };
}

/** ISO/IEC 8825-1, section 8.1.3, definite form up to two further bytes. */
function berLength(data: Uint8Array, at: number): { start: number; length: number } | null {
  const [first, second, third] = data.subarray(at, at + 3);
  if (first === undefined) return null;
  if (first < 0x80) return { start: at + 1, length: first };
  if (first === 0x81 && second !== undefined) return { start: at + 2, length: second };
  if (first === 0x82 && second !== undefined && third !== undefined)
    return { start: at + 3, length: second * 256 + third };
  return null;
}
