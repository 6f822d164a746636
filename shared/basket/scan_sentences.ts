import type { BadCodeDetail, Pass, PassKind } from '../catalog/resolution.ts';
import type { Step } from '../catalog/resolve.ts';

/** What staff read of each attempt, in the order in which they are made. */
export const STEP_TITLES: Readonly<Record<Step, string>> = {
  exact_code: 'A code of the catalogue',
  pass: 'A pass, card or coupon',
  tag: 'An RFID tag or shelf label',
  markdown_label: 'A reduce-to-clear label',
  element_string: 'GS1 element string or Digital Link',
  value_code: 'A label with price or weight',
  gtin: 'EAN, UPC or GTIN',
  plu: 'A number of produce (PLU)',
  legacy_suffix: 'The end of a code',
};

export const PASS_SENTENCES: Readonly<Record<Pass, string>> = {
  not_in_catalogue: 'No item of this store has it as its code.',
  reserved_space: 'Codes of this space are never scanned as they stand.',
  no_pass: 'It has none of their shapes.',
  no_tag: 'It is no tag, and no address that this store prints before one.',
  address_is_code: 'This store takes whole addresses as product codes, so it is read as nothing else.',
  no_markdown_label: 'It does not begin like one.',
  no_element_string: 'Nothing announces one, and it does not begin with a whole GTIN.',
  no_template: 'This store has no template for a code that begins like this.',
  no_item_under_key: 'It fits a template, and no item stands under its key or number.',
  internal_symbology: 'Labels in this symbology carry numbers of the shop, never a GTIN.',
  no_gtin_length: 'It has not the digits of one.',
  no_plu: 'It is not 3000 to 4999, with or without a leading 9.',
  wrong_source: 'Only people enter these; no camera reads one.',
  switched_off: 'This store does not match the ends of codes.',
  too_short: 'It needs eight digits or more.',
  not_one_hit: 'Not exactly one code of the store ends like this.',
};

export const BAD_CODE_SENTENCES: Readonly<Record<BadCodeDetail, string>> = {
  empty: 'There is nothing left to read.',
  too_long: 'It is longer than this store’s codes may be.',
  control_characters: 'It holds control characters: the scanner sends something beside the code.',
  check_digit: 'The check digit does not match: it was misread or mistyped.',
  ambiguous:
    'Several items of this store answer to it. The scanner must say the symbology, or the catalogue must be mended.',
  unsupported: 'It is a tag of a scheme that cannot be read.',
  bad_epc: 'The tag’s bits do not fit its scheme.',
  gs1_syntax: 'It breaks the rules of GS1 element strings.',
  rtc_invalid: 'The reduce-to-clear label is not sound.',
  price_verifier: 'The digit that guards the price does not match.',
  currency: 'Its price is in another currency than the store’s.',
  supplement_only: 'Only the add-on of a magazine was read, not its main code.',
};

export const CHARGE_SENTENCES: Readonly<Record<string, string>> = {
  weight_needed: 'It is sold by weight and must be weighed first.',
  not_sold_by_weight: 'Its label weighs it, and the catalogue sells it by the piece.',
  value_zero: 'Its price or weight is zero.',
};

export const KIND_SENTENCES: Readonly<Record<PassKind, string>> = {
  staff_pass: 'It is a pass of the staff and names no item.',
  loyalty: 'It is a loyalty card and names no item.',
  coupon: 'It is a coupon and names no item.',
  boarding_pass: 'It is a boarding pass and names no item.',
  exit_pass: 'It is an exit pass; show it at the gate.',
};
