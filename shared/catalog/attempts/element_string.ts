import { ok, type Result } from '../../result.ts';
import { dated } from '../dated.ts';
import { type Epc, encodeSgtin96, encodeSgtin198, sgtinOfGtin } from '../epc.ts';
import { bad, byGtin, only, unknownItem } from '../find.ts';
import { readDigitalLink } from '../gs1/digital_link.ts';
import { beginsWithGtin, readBracketed, readElementString } from '../gs1/element_string.ts';
import type { Gs1Element, Gs1Error } from '../gs1/elements.ts';
import { fieldsOf } from '../gs1/fields.ts';
import { type Gtin14, hasCheckDigit, withCheckDigit } from '../gtin.ts';
import type { Answer, CodeFields, CodeLookup, Context, ItemRef, ScanRules, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** What GS1 keeps for coupons: US coupon codes, their successor, and the global coupon number. */
const COUPONS: ReadonlySet<string> = new Set(['8110', '8112', '255']);

/** A GS1 element string, plain or with brackets, or a Digital Link. */
export function byElementString<R extends ItemRef>(
  reading: Reading,
  { lookup, rules }: Context<R>,
): Verdict<R> {
  if (rules.policy.url_is_barcode && /^https?:\/\//i.test(reading.text)) return 'address_is_code';
  const elements = gs1ElementsOf(reading);
  if (elements === null) return 'no_element_string';
  if (!elements.ok) return refused(elements.error);
  if (elements.value.some(({ ai }) => COUPONS.has(ai)))
    return ok({ kind: 'coupon', fields: Object.fromEntries(elements.value.map((e) => [e.ai, e.value])) });
  const fields = fieldsOf(elements.value, rules);
  if (!fields.ok) return refused(fields.error);
  return sold(fields.value, lookup, rules);
}

const refused = ({ reason, ai }: Gs1Error) =>
  reason === 'currency'
    ? bad('currency', ai)
    : bad('gs1_syntax', ai === undefined ? reason : `(${ai}) ${reason}`);

/** A text that nothing announced is one only where it begins with a whole GTIN and goes on. */
export function gs1ElementsOf({
  text,
  kind,
}: Pick<Reading, 'text' | 'kind'>): Result<Gs1Element[], Gs1Error> | null {
  const link = readDigitalLink(text);
  if (link !== null) return link;
  if (/^\([0-9]{2,4}\)/.test(text)) return readBracketed(text);
  // Some scanners announce DataBar and send its GTIN alone.
  if (kind === 'gs1' && /^[0-9]{14}$/.test(text) && hasCheckDigit(text)) return null;
  return kind === 'gs1' || beginsWithGtin(text) ? readElementString(text) : null;
}

function sold<R extends ItemRef>(fields: CodeFields, lookup: CodeLookup<R>, rules: ScanRules): Answer<R> {
  const { gtin14, serial } = fields;
  if (gtin14 === undefined) return unknownItem(fields);
  const bound = serial === undefined ? null : boundTag(gtin14, serial, lookup);
  if (bound !== null) return dated(only([bound.item], 'gs1', { ...fields, epc: bound.epc }), rules);
  const found = byVariableGtin(gtin14, lookup);
  return dated(only(found.items, 'gs1', { ...fields, gtin14: found.gtin14 }), rules);
}

/** Goods whose every piece measures otherwise stand under indicator 9, or under that of the plain article. */
function byVariableGtin<R extends ItemRef>(gtin: Gtin14, lookup: CodeLookup<R>) {
  if (!gtin.startsWith('9')) return byGtin(gtin, lookup);
  const direct = lookup.byGtin14(gtin);
  const plain = withCheckDigit(`0${gtin.slice(1, 13)}`);
  const other = direct.length > 0 ? [] : lookup.byGtin14(plain);
  return other.length > 0 ? { items: other, gtin14: plain } : { items: direct, gtin14: gtin };
}

/**
 * The tag of this very unit, if one is bound. Where the company prefix ends cannot be told from a GTIN, nor the
 * filter from a serial number, so every tag that it may be is asked for.
 */
function boundTag<R extends ItemRef>(
  gtin: Gtin14,
  serial: string,
  lookup: CodeLookup<R>,
): { item: R; epc: Epc } | null {
  const isNumber = /^(?:0|[1-9][0-9]{0,11})$/.test(serial) && Number(serial) < 2 ** 38;
  for (let digits = 6; digits <= 12; digits++) {
    for (let filter = 0; filter <= 7; filter++) {
      const sgtin = sgtinOfGtin(gtin, digits, Number(serial), filter);
      const epc = isNumber ? encodeSgtin96(sgtin) : encodeSgtin198({ ...sgtin, serial });
      const item = epc.ok ? lookup.byEpc(epc.value) : null;
      if (epc.ok && item !== null) return { item, epc: epc.value };
    }
  }
  return null;
}
