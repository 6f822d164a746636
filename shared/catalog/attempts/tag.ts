import { ok, type Result } from '../../result.ts';
import { dated } from '../dated.ts';
import { decodeEpc } from '../epc/decode.ts';
import { readWindow } from '../epc/window.ts';
import { canonicalEpc, decodeSgtin96, Epc, type EpcError, tagsOfUri } from '../epc.ts';
import { bad, only, unknownItem } from '../find.ts';
import { beginsWithGtin } from '../gs1/element_string.ts';
import { dateOf } from '../gs1/fields.ts';
import { Gtin14 } from '../gtin.ts';
import {
  type CodeFields,
  type Context,
  type ItemRef,
  NORMALISER_VERSION,
  type ScanRules,
  type Verdict,
} from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** A tag by its hex, its URI or an address that the store prints before it; and the label of a shelf edge. */
export function byTag<R extends ItemRef>(reading: Reading, context: Context<R>): Verdict<R> {
  const { policy } = context.rules;
  if (policy.url_is_barcode && /^https?:\/\//i.test(reading.text)) return 'address_is_code';
  const label = after(reading.text, policy.nfc_label_prefixes) ?? (isPlainNfc(reading) ? reading.text : null);
  if (label !== null) {
    const items = context.lookup.byCode(`nfc:${label}`);
    if (items.length > 0) return only(items, 'nfc', {});
  }
  const text = after(reading.text, policy.tag_url_prefixes) ?? reading.text;
  const isTag = text !== reading.text || reading.source === 'rfid' || /^urn:epc:/i.test(text);
  return isTag || isHexOfTag(reading, context) ? resolveEpc(text, context) : 'no_tag';
}

/** A GTIN with a date behind it is 24 digits too, and so hex: it is a tag only where it is bound as one. */
function isHexOfTag<R extends ItemRef>({ text, kind }: Reading, { lookup }: Context<R>): boolean {
  const epc = Epc.safeParse(text.toUpperCase());
  if (!epc.success) return false;
  return !(kind === 'gs1' || beginsWithGtin(text)) || lookup.byEpc(epc.data) !== null;
}

const isPlainNfc = ({ source, text }: Reading): boolean => source === 'nfc' && !text.includes('/');

/** A binding of the tag itself wins over what its bits decode to: tags are reused and misprinted. */
function resolveEpc<R extends ItemRef>(text: string, { lookup, rules }: Context<R>): Verdict<R> {
  const spelt = canonicalEpc(text);
  if (!spelt.ok)
    return bad(spelt.error.code === 'unsupported_scheme' ? 'unsupported' : 'bad_epc', spelt.error.code);

  for (const epc of spellings(text, spelt.value)) {
    const item = lookup.byEpc(epc);
    if (item === null) continue;
    const bound = fieldsOf(epc, rules);
    const fields = bound.ok ? bound.value : { epc };
    return dated(
      ok({ kind: 'item', item, matched_by: 'epc', ...fields, normaliser_version: NORMALISER_VERSION }),
      rules,
    );
  }
  const epc = spelt.value;
  const read = fieldsOf(epc, rules);
  const fields: CodeFields = read.ok ? read.value : { epc };
  const sold = fields.gtin14 === undefined ? [] : lookup.byGtin14(fields.gtin14);
  if (sold.length > 0) return dated(only(sold, 'epc', fields), rules);
  const own = readWindow(epc, rules.policy.epc_windows);
  if (own !== null) return only(firstFound([lookup.bySku(own), lookup.byCode(own)]), 'epc', { epc });
  if (read.ok || read.error.code === 'unsupported_scheme') return unknownItem(fields);
  return bad('bad_epc', read.error.code);
}

/** What a tag's bits say of the thing that it is on. Tags of pallets, places and papers name no item. */
function fieldsOf(epc: Epc, { now_local }: ScanRules): Result<CodeFields, EpcError> {
  // Nearly every tag of a shop is of this scheme, and it has a decoder of its own for speed.
  const common = decodeSgtin96(epc);
  if (common.ok) return ok({ epc, gtin14: common.value.gtin14, serial: String(common.value.serial) });
  if (common.error.code !== 'unsupported_scheme') return common;
  const identity = decodeEpc(epc);
  if (!identity.ok) return identity;
  const { key, serial, date } = identity.value;
  if (key.name !== 'gtin14' || serial === null) return ok({ epc });
  const day = date === null ? '' : dateOf(date.yymmdd, now_local);
  return ok({
    epc,
    gtin14: Gtin14.parse(key.value),
    serial,
    ...(date?.ai === '17' ? { expiry: day } : {}),
    ...(date?.ai === '15' ? { best_before: day } : {}),
  });
}

const firstFound = <R>(lists: readonly (readonly R[])[]): readonly R[] =>
  lists.find((list) => list.length > 0) ?? [];

/** A pure identity does not tell the filter value, so each of the eight tags that it may stand on is asked for. */
function spellings(text: string, canonical: Epc): Epc[] {
  if (!/^urn:epc:id:/i.test(text)) return [canonical];
  return tagsOfUri(text, [0, 1, 2, 3, 4, 5, 6, 7]).flatMap((epc) => (epc.ok ? [epc.value] : []));
}

/**
 * What stands after one of the prefixes, as printed or as scanners send it with all signs taken out. Null: none
 * of them begins the text.
 */
function after(text: string, prefixes: readonly string[]): string | null {
  const lower = text.toLowerCase();
  for (const prefix of prefixes) {
    const plain = prefix.toLowerCase();
    if (lower.startsWith(plain)) return text.slice(plain.length);
    const stripped = plain.replace(/[^a-z0-9]/g, '');
    if (lower.startsWith(stripped)) return text.slice(stripped.length);
  }
  return null;
}
