import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';
import { type Gtin14, withCheckDigit } from './gtin.ts';

/** The EPC memory bank's length field has five bits of 16-bit words (Gen2, PC word). */
const EPC_HEX_MAX = 124;
const HEX = /^(?:[0-9A-F]{4}){6,}$/;

/** A tag's EPC in canonical form: upper-case hex, whole 16-bit words, at least 96 bits. Equality is on this. */
export const Epc = z
  .string()
  .regex(HEX, 'expected upper-case hex in whole words')
  .max(EPC_HEX_MAX)
  .brand<'Epc'>();
export type Epc = z.infer<typeof Epc>;

export type EpcError = {
  code:
    | 'not_hex'
    | 'length'
    | 'uri'
    | 'unsupported_scheme'
    | 'filter'
    | 'partition'
    | 'company_prefix'
    | 'item_reference'
    | 'serial'
    | 'date'
    | 'check_digit';
};

/** The fields of an SGTIN-96 (GS1 EPC Tag Data Standard, section 14.6.1). */
export interface Sgtin96 {
  /** 0 to 7; 1 is a point-of-sale item. */
  filter: number;
  /** 6 to 12 digits. */
  companyPrefix: string;
  /** Indicator digit and item reference: 13 digits less the company prefix. */
  itemReference: string;
  /** 0 to 2^38 - 1. */
  serial: number;
}

/** The GTIN check digit is not on the tag; it is computed anew. */
export interface DecodedSgtin96 extends Sgtin96 {
  gtin14: Gtin14;
}

/** A pure identity URI does not tell the filter; point-of-sale items carry this one. */
const DEFAULT_FILTER = 1;
const HEADER_SGTIN_96 = 0x30;
const SERIALS = 2 ** 38;
/** By partition value: digits and bits of the company prefix; the rest of 13 digits and 44 bits is the item's. */
const PARTITIONS = [
  { digits: 12, bits: 40 },
  { digits: 11, bits: 37 },
  { digits: 10, bits: 34 },
  { digits: 9, bits: 30 },
  { digits: 8, bits: 27 },
  { digits: 7, bits: 24 },
  { digits: 6, bits: 20 },
] as const;

/**
 * Any accepted spelling of an EPC in canonical form: hex in any case, `urn:epc:tag:sgtin-96:…`, `…sgtin-198:…` and
 * `urn:epc:id:sgtin:…` (section 6.3.1), the latter with `DEFAULT_FILTER` and in 96 bits where they hold it. Hex is
 * not decoded here: a tag of another scheme is a fine key too.
 */
export function canonicalEpc(text: string): Result<Epc, EpcError> {
  if (/^urn:/i.test(text)) {
    const [first] = tagsOfUri(text, [DEFAULT_FILTER]);
    return first ?? err({ code: 'uri' });
  }
  if (!/^[0-9A-Fa-f]+$/.test(text)) return err({ code: 'not_hex' });
  const parsed = Epc.safeParse(text.toUpperCase());
  return parsed.success ? ok(parsed.data) : err({ code: 'length' });
}

/** The tags that a URI may mean: one for a tag URI, and one for each of these filters for a pure identity. */
export function tagsOfUri(uri: string, filters: readonly number[]): Result<Epc, EpcError>[] {
  const parts = partsOfUri(uri);
  if (!parts.ok) return [parts];
  const { size, filter, serial, ...item } = parts.value;
  const isShort = NUMERIC_SERIAL.test(serial) && Number(serial) < SERIALS;
  return (filter === null ? filters : [filter]).map((one) =>
    size === 198 || (size === null && !isShort)
      ? encodeSgtin198({ ...item, filter: one, serial })
      : isShort
        ? encodeSgtin96({ ...item, filter: one, serial: Number(serial) })
        : err({ code: 'serial' }),
  );
}

/** Letters or leading zeros make it an SGTIN-198, which 96 bits cannot hold. */
const NUMERIC_SERIAL = /^(?:0|[1-9][0-9]{0,11})$/;

/** What a tag URI or a pure identity URI of an SGTIN names; the scheme is matched in any case. */
function partsOfUri(uri: string): Result<
  {
    size: 96 | 198 | null;
    filter: number | null;
    companyPrefix: string;
    itemReference: string;
    serial: string;
  },
  EpcError
> {
  const parts = /^urn:epc:(id:sgtin|tag:sgtin-96|tag:sgtin-198):([^:]*(?::.*)?)$/i.exec(uri);
  if (parts === null)
    return err({ code: /^urn:epc:(?:id|tag):[a-z0-9-]+:/i.test(uri) ? 'unsupported_scheme' : 'uri' });
  const scheme = parts[1]?.toLowerCase();
  const size = scheme === 'tag:sgtin-96' ? 96 : scheme === 'tag:sgtin-198' ? 198 : null;
  const fields = (parts[2] ?? '').split('.');
  const filter = size === null ? null : (fields.shift() ?? '');
  const [companyPrefix = '', itemReference = '', ...rest] = fields;
  const serial = percentDecoded(rest.join('.'));
  if (rest.length === 0 || serial === null || !/^[0-9]+$/.test(companyPrefix + itemReference))
    return err({ code: 'uri' });
  if (filter !== null && !/^[0-7]$/.test(filter)) return err({ code: 'filter' });
  return ok({
    size,
    filter: filter === null ? null : Number(filter),
    companyPrefix,
    itemReference,
    serial,
  });
}

/** Section 5: these signs stand escaped in a URI. */
export const percentEncoded = (text: string): string =>
  text.replace(/["#%&/<>?]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `urn:epc:id:sgtin:…`, the pure identity of a tag. */
export function sgtinUri(sgtin: Sgtin96): string {
  return `urn:epc:id:sgtin:${sgtin.companyPrefix}.${sgtin.itemReference}.${sgtin.serial}`;
}

/**
 * Reads a tag as SGTIN-96. Refused are another header (`unsupported_scheme`), other than 96 bits (`length`),
 * partition 7 and a field with more digits than its partition allows.
 */
export function decodeSgtin96(epc: Epc): Result<DecodedSgtin96, EpcError> {
  if (Number.parseInt(epc.slice(0, 2), 16) !== HEADER_SGTIN_96) return err({ code: 'unsupported_scheme' });
  if (epc.length !== 24) return err({ code: 'length' });
  // Bits 8 to 55 and 56 to 95: two numbers below 2^53, so that plain arithmetic stays exact.
  const high = Number.parseInt(epc.slice(2, 14), 16);
  const low = Number.parseInt(epc.slice(14), 16);
  const filter = Math.floor(high / 2 ** 45);
  const layout = PARTITIONS[Math.floor(high / 2 ** 42) % 8];
  if (layout === undefined) return err({ code: 'partition' });
  const block = (high % 2 ** 42) * 4 + Math.floor(low / SERIALS);
  const itemSpace = 2 ** (44 - layout.bits);
  const company = Math.floor(block / itemSpace);
  const item = block % itemSpace;
  if (company >= 10 ** layout.digits) return err({ code: 'company_prefix' });
  if (item >= 10 ** (13 - layout.digits)) return err({ code: 'item_reference' });
  const companyPrefix = String(company).padStart(layout.digits, '0');
  const itemReference = String(item).padStart(13 - layout.digits, '0');
  return ok({
    filter,
    companyPrefix,
    itemReference,
    serial: low % SERIALS,
    gtin14: withCheckDigit(`${itemReference.slice(0, 1)}${companyPrefix}${itemReference.slice(1)}`),
  });
}

/** The tag of an SGTIN. Errors name the field that does not fit. */
export function encodeSgtin96(sgtin: Sgtin96): Result<Epc, EpcError> {
  const { filter, companyPrefix, itemReference, serial } = sgtin;
  if (!Number.isInteger(filter) || filter < 0 || filter > 7) return err({ code: 'filter' });
  const partition = PARTITIONS.findIndex((p) => p.digits === companyPrefix.length);
  const layout = PARTITIONS[partition];
  if (layout === undefined || !/^[0-9]+$/.test(companyPrefix)) return err({ code: 'company_prefix' });
  if (itemReference.length !== 13 - layout.digits || !/^[0-9]+$/.test(itemReference)) {
    return err({ code: 'item_reference' });
  }
  if (!Number.isInteger(serial) || serial < 0 || serial >= SERIALS) return err({ code: 'serial' });
  const block = Number(companyPrefix) * 2 ** (44 - layout.bits) + Number(itemReference);
  const high = filter * 2 ** 45 + partition * 2 ** 42 + Math.floor(block / 4);
  const low = (block % 4) * SERIALS + serial;
  return ok(Epc.parse(`30${hex(high, 12)}${hex(low, 10)}`));
}

/** An SGTIN with a serial of up to twenty of the 82 signs. */
interface Sgtin198 extends Omit<Sgtin96, 'serial'> {
  serial: string;
}

const HEADER_SGTIN_198 = 0x36;
const SERIAL_198 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/;
const SERIAL_198_BITS = 140;
/** 198 bits stand in 13 words of 16. */
const PADDING_198_BITS = 10n;

/** The tag of an SGTIN whose serial is no plain number: seven bits a sign, then zeros (section 14.6.1.2). */
export function encodeSgtin198(sgtin: Sgtin198): Result<Epc, EpcError> {
  const { filter, companyPrefix, itemReference, serial } = sgtin;
  // The fields before the serial stand as they do in an SGTIN-96, so that one judges them for both.
  const head = encodeSgtin96({ filter, companyPrefix, itemReference, serial: 0 });
  if (!head.ok) return head;
  if (!SERIAL_198.test(serial)) return err({ code: 'serial' });
  let bits = (BigInt(`0x${head.value}`) >> 38n) & ((1n << 50n) - 1n);
  for (const sign of serial) bits = (bits << 7n) | BigInt(sign.charCodeAt(0));
  bits <<= BigInt(SERIAL_198_BITS - 7 * serial.length);
  const whole = (BigInt(HEADER_SGTIN_198) << 190n) | bits;
  return ok(Epc.parse((whole << PADDING_198_BITS).toString(16).toUpperCase().padStart(52, '0')));
}

/**
 * The SGTIN of one unit of a GTIN. `companyPrefixDigits` (6 to 12) is the brand owner's and cannot be told
 * from the GTIN, which is why a tag is always decoded to be compared and never a GTIN encoded.
 */
export function sgtinOfGtin(
  gtin: Gtin14,
  companyPrefixDigits: number,
  serial: number,
  filter = DEFAULT_FILTER,
): Sgtin96 {
  return {
    filter,
    companyPrefix: gtin.slice(1, 1 + companyPrefixDigits),
    itemReference: `${gtin.slice(0, 1)}${gtin.slice(1 + companyPrefixDigits, 13)}`,
    serial,
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
