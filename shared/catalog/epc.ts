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
    | 'serial';
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
 * Any accepted spelling of an EPC in canonical form: hex in any case, `urn:epc:tag:sgtin-96:…` and
 * `urn:epc:id:sgtin:…` (section 6.3.1), the latter with `DEFAULT_FILTER`. Hex is not decoded here: a tag of
 * another scheme is a fine key too.
 */
export function canonicalEpc(text: string): Result<Epc, EpcError> {
  if (/^urn:/i.test(text)) {
    const sgtin = sgtinOfUri(text);
    return sgtin.ok ? encodeSgtin96(sgtin.value) : sgtin;
  }
  if (!/^[0-9A-Fa-f]+$/.test(text)) return err({ code: 'not_hex' });
  const parsed = Epc.safeParse(text.toUpperCase());
  return parsed.success ? ok(parsed.data) : err({ code: 'length' });
}

/** The SGTIN named by a tag URI or a pure identity URI; the scheme is matched in any case. */
export function sgtinOfUri(uri: string): Result<Sgtin96, EpcError> {
  const parts = /^urn:epc:(id:sgtin|tag:sgtin-96):([^:]*)$/i.exec(uri);
  if (parts === null)
    return err({ code: /^urn:epc:(?:id|tag):[a-z0-9-]+:/i.test(uri) ? 'unsupported_scheme' : 'uri' });
  const isTag = parts[1]?.toLowerCase().startsWith('tag') ?? false;
  const fields = (parts[2] ?? '').split('.');
  const filter = isTag ? fields.shift() : String(DEFAULT_FILTER);
  const [companyPrefix = '', itemReference = '', serial = ''] = fields;
  if (fields.length !== 3 || !/^[0-9]+$/.test(companyPrefix + itemReference)) return err({ code: 'uri' });
  if (filter === undefined || !/^[0-7]$/.test(filter)) return err({ code: 'filter' });
  // Letters or leading zeros make it an SGTIN-198, which these 96 bits cannot hold.
  if (!/^(?:0|[1-9][0-9]{0,11})$/.test(serial)) return err({ code: 'serial' });
  return ok({ filter: Number(filter), companyPrefix, itemReference, serial: Number(serial) });
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
