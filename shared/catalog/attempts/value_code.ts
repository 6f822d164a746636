import { fitsTemplate, readValueLabel } from '../codes/value_label.ts';
import { bad, only } from '../find.ts';
import { gtin14Of } from '../gtin.ts';
import type { CodeFields, CodeLookup, Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** A label with its weight or price inside, where the store has a template for how it begins. */
export function byValueCode<R extends ItemRef>(reading: Reading, { lookup, rules }: Context<R>): Verdict<R> {
  const fit = fitting(reading, rules.policy.embedded_templates);
  if (fit === null) return 'no_template';
  const label = readValueLabel(fit.code, fit.template);
  if (!label.ok) return bad(label.error.code);
  const { item, key, grams, price_minor } = label.value;
  const { items, gtin14 } = articles(lookup, key, item);
  // A code of the catalogue may begin like a label and be none.
  if (items.length === 0) return 'no_item_under_key';
  return only(items, 'embedded', {
    ...gtin14,
    ...(grams === undefined ? {} : { net_grams: grams }),
    ...(price_minor === undefined ? {} : { price_minor }),
  });
}

/** UPC-A and EAN-13 differ by a leading zero, and scanners send either. */
function fitting({ text, kind }: Reading, templates: readonly string[]) {
  if (kind === 'internal' || !/^[0-9]+$/.test(text)) return null;
  const spellings = [text];
  if (text.length === 13 && text.startsWith('0')) spellings.push(text.slice(1));
  if (text.length === 12) spellings.push(`0${text}`);
  for (const code of spellings) {
    const template = templates.find((one) => fitsTemplate(code, one));
    if (template !== undefined) return { code, template };
  }
  return null;
}

/** The article stands under the zeroed code, as a GTIN or verbatim, or under the retailer's own number. */
function articles<R extends ItemRef>(
  lookup: CodeLookup<R>,
  key: string,
  item: string,
): { items: readonly R[]; gtin14: Pick<CodeFields, 'gtin14'> } {
  const gtin = gtin14Of(key);
  const byGtin = gtin.ok ? lookup.byGtin14(gtin.value) : [];
  if (gtin.ok && byGtin.length > 0) return { items: byGtin, gtin14: { gtin14: gtin.value } };
  const byKey = lookup.byCode(key);
  return { items: byKey.length > 0 ? byKey : lookup.bySku(item), gtin14: {} };
}
