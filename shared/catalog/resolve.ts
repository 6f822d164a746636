import { err, ok, type Result } from '../result.ts';
import { canonicalEpc, decodeSgtin96, type Epc, encodeSgtin96, sgtinOfUri } from './epc.ts';
import { baseUnitOf, expandUpcE, type Gtin14, gtin14Of } from './gtin.ts';
import { cleanScan, type Reading, type ScanInput } from './scan.ts';

/**
 * What a scanned text names. The attempts stand in this order; the first that recognises the text decides:
 *
 * | step | reads | where |
 * |---|---|---|
 * | 1 | hygiene: trim, AIM identifier, control characters, length | `scan.ts` |
 * | 2 | the text as an exact code of the catalogue | `byExactCode` |
 * | 3 | payloads that are no item: staff pass, loyalty card, coupon, boarding pass, exit pass | not yet |
 * | 4 | EPC as hex or URI; tag addresses and NFC labels | `byTag`; addresses not yet |
 * | 5 | reduce-to-clear labels | not yet |
 * | 6 | GS1 element strings and Digital Link | not yet; `unsupported` when announced by the scanner |
 * | 7 | codes with an embedded weight or price | not yet |
 * | 8 | GTIN of any length, normalised to 14 digits | `byGtin` |
 * | 9 | PLU, typed or at a kiosk | not yet |
 * | 10 | legacy suffix match | not yet |
 *
 * A text that is damaged or cannot be told apart is `bad_code`; a sound one that nobody sells is `unknown_item`.
 */
export function resolve<R extends ItemRef>(
  input: ScanInput,
  lookup: CodeLookup<R>,
): Result<Resolution<R>, ScanError<R>> {
  const reading = cleanScan(input);
  if (!reading.ok) return err({ code: 'bad_code', detail: reading.error });
  for (const attempt of [byExactCode, byTag, byElementString, byGtin]) {
    const answer = attempt(reading.value, lookup);
    if (answer !== null) return answer;
  }
  return err({ code: 'unknown_item' });
}

export interface ItemRef {
  id: string;
}

/** One store's shelf, asked synchronously inside the command that scans. */
export interface CodeLookup<R extends ItemRef = ItemRef> {
  /** Items whose other codes hold exactly this text. */
  byCode(code: string): readonly R[];
  byGtin14(gtin: Gtin14): readonly R[];
  /** The item that this very tag was bound to, whatever its bits would say. */
  byEpc(epc: Epc): R | null;
}

export interface Resolution<R extends ItemRef = ItemRef> {
  item: R;
  matched_by: 'raw' | 'epc' | 'gtin14';
  /** The key that matched: after a scanned case without an item of its own, that of its base unit. */
  gtin14?: Gtin14;
  epc?: Epc;
  serial?: number;
}

export type BadCodeDetail =
  | 'empty'
  | 'too_long'
  | 'control_characters'
  | 'check_digit'
  | 'ambiguous'
  | 'unsupported'
  | 'bad_epc';

export type ScanError<R extends ItemRef = ItemRef> =
  /** `candidates` come with `ambiguous`: the shopper may choose among them. */
  { code: 'bad_code'; detail: BadCodeDetail; candidates?: readonly R[] } | { code: 'unknown_item' };

/** Null: this attempt does not recognise the text, the next one may. */
type Attempt<R extends ItemRef> = Result<Resolution<R>, ScanError<R>> | null;

const bad = (detail: BadCodeDetail) => err({ code: 'bad_code' as const, detail });

function byExactCode<R extends ItemRef>(reading: Reading, lookup: CodeLookup<R>): Attempt<R> {
  const items = distinct(lookup.byCode(reading.text));
  return items.length === 0 ? null : only(items, (item) => ({ item, matched_by: 'raw' }));
}

/** A binding of the tag itself wins over what its bits decode to: tags are reused and misprinted. */
function byTag<R extends ItemRef>(reading: Reading, lookup: CodeLookup<R>): Attempt<R> {
  const { text } = reading;
  const isTag = reading.radio || /^urn:epc:/i.test(text) || /^(?:[0-9A-Fa-f]{4}){6,}$/.test(text);
  if (!isTag) return null;
  const spelt = canonicalEpc(text);
  if (!spelt.ok) return bad(spelt.error.code === 'unsupported_scheme' ? 'unsupported' : 'bad_epc');

  for (const epc of spellings(text, spelt.value)) {
    const item = lookup.byEpc(epc);
    if (item === null) continue;
    const bound = decodeSgtin96(epc);
    const fields = bound.ok ? { gtin14: bound.value.gtin14, serial: bound.value.serial } : {};
    return ok({ item, matched_by: 'epc', epc, ...fields });
  }
  const decoded = decodeSgtin96(spelt.value);
  if (!decoded.ok)
    return decoded.error.code === 'unsupported_scheme' ? err({ code: 'unknown_item' }) : bad('bad_epc');
  const { gtin14, serial } = decoded.value;
  const items = distinct(lookup.byGtin14(gtin14));
  if (items.length === 0) return err({ code: 'unknown_item' });
  return only(items, (item) => ({ item, matched_by: 'epc', epc: spelt.value, gtin14, serial }));
}

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

function byElementString<R extends ItemRef>(reading: Reading): Attempt<R> {
  return reading.kind === 'gs1' ? bad('unsupported') : null;
}

function byGtin<R extends ItemRef>(reading: Reading, lookup: CodeLookup<R>): Attempt<R> {
  const { text, kind } = reading;
  if (kind === 'internal' || !/^(?:[0-9]{6}|[0-9]{8}|[0-9]{12,14})$/.test(text)) return null;
  // Interleaved 2 of 5 carries cases; any other length is somebody's own number.
  if (kind === 'itf' && text.length !== 14) return null;
  if (text.length === 6) return sold([expandUpcE(text)], lookup);
  if (text.length === 8) return sold(readingsOfEight(reading), lookup);
  return sold([gtin14Of(text)], lookup);
}

/**
 * More than half of all UPC-E codes are valid EAN-8 too. The scanner's word decides; without it both readings
 * are asked of the catalogue.
 */
function readingsOfEight({ text, kind }: Reading): ReturnType<typeof gtin14Of>[] {
  if (kind === 'ean8') return [gtin14Of(text)];
  if (kind === 'upce') return [expandUpcE(text)];
  return [gtin14Of(text), expandUpcE(text)];
}

function sold<R extends ItemRef>(readings: ReturnType<typeof gtin14Of>[], lookup: CodeLookup<R>): Attempt<R> {
  const valid = readings.flatMap((reading) => (reading.ok ? [reading.value] : []));
  if (valid.length === 0) return bad('check_digit');
  const found = new Map<R, Gtin14>();
  for (const gtin of valid) {
    const base = baseUnitOf(gtin);
    const direct = lookup.byGtin14(gtin);
    const items = direct.length === 0 && base !== null ? lookup.byGtin14(base) : direct;
    for (const item of items) found.set(item, direct.length === 0 && base !== null ? base : gtin);
  }
  const items = distinct([...found.keys()]);
  if (items.length === 0) return err({ code: 'unknown_item' });
  return only(items, (item) => ({ item, matched_by: 'gtin14', gtin14: found.get(item) }));
}

function only<R extends ItemRef>(items: readonly R[], answer: (item: R) => Resolution<R>): Attempt<R> {
  const [item, ...others] = items;
  if (item === undefined) return null;
  return others.length === 0
    ? ok(answer(item))
    : err({ code: 'bad_code', detail: 'ambiguous', candidates: items });
}

function distinct<R extends ItemRef>(items: readonly R[]): R[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
