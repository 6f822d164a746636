import { bad, byGtin, distinct, only } from '../find.ts';
import { expandUpcE, type Gtin14, gtin14Of } from '../gtin.ts';
import type { Answer, CodeLookup, Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** A GTIN of any length, as its key of 14 digits. */
export function byGtinCode<R extends ItemRef>(reading: Reading, { lookup }: Context<R>): Verdict<R> {
  const { text, kind, supplement } = reading;
  if (kind === 'internal') return 'internal_symbology';
  if (!/^(?:[0-9]{6}|[0-9]{8}|[0-9]{12,14})$/.test(text)) return 'no_gtin_length';
  // Interleaved 2 of 5 carries cases; any other length is somebody's own number.
  if (kind === 'itf' && text.length !== 14) return 'no_gtin_length';
  const issue = supplement === undefined ? {} : { supplement };
  if (text.length === 6) return sold([expandUpcE(text)], lookup, issue);
  if (text.length === 8) return sold(readingsOfEight(reading), lookup, issue);
  return sold([gtin14Of(text)], lookup, issue);
}

/**
 * More than half of all UPC-E codes are valid EAN-8 too. The scanner's word decides; without it both readings
 * are asked of the catalogue.
 */
export function readingsOfEight({
  text,
  kind,
}: Pick<Reading, 'text' | 'kind'>): ReturnType<typeof gtin14Of>[] {
  if (kind === 'ean8') return [gtin14Of(text)];
  if (kind === 'upce') return [expandUpcE(text)];
  return [gtin14Of(text), expandUpcE(text)];
}

function sold<R extends ItemRef>(
  readings: readonly ReturnType<typeof gtin14Of>[],
  lookup: CodeLookup<R>,
  issue: { supplement?: string },
): Answer<R> {
  const valid = readings.flatMap((reading) => (reading.ok ? [reading.value] : []));
  const [first] = valid;
  if (first === undefined) return bad('check_digit');
  const found = new Map<R, Gtin14>();
  for (const gtin of valid) {
    const { items, gtin14 } = byGtin(gtin, lookup);
    for (const item of items) found.set(item, gtin14);
  }
  const items = distinct([...found.keys()]);
  const [item] = items;
  const gtin14 = (item === undefined ? undefined : found.get(item)) ?? first;
  return only(items, 'gtin14', { gtin14, ...issue });
}
