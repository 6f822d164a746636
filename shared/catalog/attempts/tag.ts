import { ok } from '../../result.ts';
import { readWindow } from '../epc/window.ts';
import { canonicalEpc, decodeSgtin96, Epc, encodeSgtin96, sgtinOfUri } from '../epc.ts';
import { bad, only, unknownItem } from '../find.ts';
import { beginsWithGtin } from '../gs1/element_string.ts';
import {
  type CodeFields,
  type Context,
  type ItemRef,
  NORMALISER_VERSION,
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
    const bound = decodeSgtin96(epc);
    const fields = bound.ok ? { gtin14: bound.value.gtin14, serial: String(bound.value.serial) } : {};
    return ok({
      kind: 'item',
      item,
      matched_by: 'epc',
      epc,
      ...fields,
      normaliser_version: NORMALISER_VERSION,
    });
  }
  const epc = spelt.value;
  const decoded = decodeSgtin96(epc);
  const fields: CodeFields = decoded.ok
    ? { epc, gtin14: decoded.value.gtin14, serial: String(decoded.value.serial) }
    : { epc };
  const sold = decoded.ok ? lookup.byGtin14(decoded.value.gtin14) : [];
  if (sold.length > 0) return only(sold, 'epc', fields);
  const own = readWindow(epc, rules.policy.epc_windows);
  if (own !== null) return only(firstFound([lookup.bySku(own), lookup.byCode(own)]), 'epc', { epc });
  if (decoded.ok || decoded.error.code === 'unsupported_scheme') return unknownItem(fields);
  return bad('bad_epc', decoded.error.code);
}

const firstFound = <R>(lists: readonly (readonly R[])[]): readonly R[] =>
  lists.find((list) => list.length > 0) ?? [];

/** A pure identity does not tell the filter value, so each of the eight tags that it may stand on is asked for. */
function spellings(text: string, canonical: Epc): Epc[] {
  if (!/^urn:epc:id:/i.test(text)) return [canonical];
  const sgtin = sgtinOfUri(text);
  if (!sgtin.ok) return [canonical];
  return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((filter) => {
    const epc = encodeSgtin96({ ...sgtin.value, filter });
    return epc.ok ? [epc.value] : [];
  });
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
