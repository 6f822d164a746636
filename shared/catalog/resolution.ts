import type { ScanPolicy } from '../config/scan_policy.ts';
import type { Result } from '../result.ts';
import type { Epc } from './epc.ts';
import type { Gtin14 } from './gtin.ts';
import type { Reading } from './scan.ts';

/** What a resolver's answer is made by: raised when the same text may be understood otherwise than before. */
export const NORMALISER_VERSION = 2;

export interface ItemRef {
  id: string;
}

/** One store's shelf, asked synchronously inside the command that scans. */
export interface CodeLookup<R extends ItemRef = ItemRef> {
  /** Items whose other codes hold exactly this text; `plu:…` and `nfc:…` codes are asked for here too. */
  byCode(code: string): readonly R[];
  byGtin14(gtin: Gtin14): readonly R[];
  /** The item that this very tag was bound to, whatever its bits would say. */
  byEpc(epc: Epc): R | null;
  /** The retailer's own number of the item, as value labels bear it. */
  bySku(sku: string): readonly R[];
  /** Further spellings that were kept when the shelf was taken in (`zero_policy`). */
  byAlias?(code: string): readonly R[];
  /** Items with a code that ends with these digits; asked only where the store wants it. */
  bySuffix?(digits: string): readonly R[];
}

/** What reading a code needs to know of the store and of the moment. */
export interface ScanRules {
  policy: ScanPolicy;
  /** ISO 4217, alphabetic. */
  currency: string;
  /** The store's wall clock, `2026-11-28T13:05:00`. */
  now_local: string;
}

/** What a code says beside the item that it names. */
export interface CodeFields {
  gtin14?: Gtin14;
  epc?: Epc;
  serial?: string;
  lot?: string;
  /** Use by: `2027-01-31`, or to the minute `2027-01-31T18:30`. */
  expiry?: string;
  best_before?: string;
  net_grams?: number;
  /** Pieces inside a pack of variable count. */
  count?: number;
  /** What the label asks for, in minor units. */
  price_minor?: number;
  /** A fixed price in minor units, or a percentage in hundredths. */
  markdown?: { mode: 'fixed' | 'percent'; value: number };
  /** The issue of a magazine. */
  supplement?: string;
}

export type MatchedBy =
  | 'raw'
  | 'alias'
  | 'epc'
  | 'rtc'
  | 'gs1'
  | 'embedded'
  | 'gtin14'
  | 'plu'
  | 'nfc'
  | 'legacy_suffix';

export interface Resolution<R extends ItemRef = ItemRef> extends CodeFields {
  kind: 'item';
  item: R;
  matched_by: MatchedBy;
  /** Past its best-before date: it may be sold, and staff should see it. */
  best_before_passed?: true;
  normaliser_version: number;
}

export type PassKind = 'staff_pass' | 'loyalty' | 'coupon' | 'boarding_pass' | 'exit_pass';

/** A readable payload that names no item of any shelf. */
export interface NoItem {
  kind: PassKind;
  /** What may be kept of it: the flight, never the traveller's name. */
  fields: Readonly<Record<string, string>>;
}

export type BadCodeDetail =
  | 'empty'
  | 'too_long'
  | 'control_characters'
  | 'check_digit'
  | 'ambiguous'
  | 'unsupported'
  | 'bad_epc'
  | 'gs1_syntax'
  | 'rtc_invalid'
  | 'price_verifier'
  | 'currency'
  | 'supplement_only';

export type ScanError<R extends ItemRef = ItemRef> =
  /** `candidates` come with `ambiguous`: the shopper may choose among them. `why` says it more exactly. */
  | { code: 'bad_code'; detail: BadCodeDetail; why?: string; candidates?: readonly R[] }
  /** Sound, and nobody sells it; `read` is what it said. */
  | { code: 'unknown_item'; read?: CodeFields }
  | { code: 'item_expired'; expired: string; item: R };

export type Answer<R extends ItemRef> = Result<Resolution<R> | NoItem, ScanError<R>>;

/** Why an attempt does not recognise the text, so that the next one may. */
export type Pass =
  | 'not_in_catalogue'
  | 'reserved_space'
  | 'no_pass'
  | 'no_tag'
  | 'address_is_code'
  | 'no_markdown_label'
  | 'no_element_string'
  | 'no_template'
  | 'no_item_under_key'
  | 'internal_symbology'
  | 'no_gtin_length'
  | 'no_plu'
  | 'wrong_source'
  | 'switched_off'
  | 'too_short'
  | 'not_one_hit';

export interface Context<R extends ItemRef> {
  lookup: CodeLookup<R>;
  rules: ScanRules;
}

export type Verdict<R extends ItemRef> = Pass | Answer<R>;
export type Attempt = <R extends ItemRef>(reading: Reading, context: Context<R>) => Verdict<R>;
