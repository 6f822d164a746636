import { currencyExponent } from '../../money/currency.ts';
import { half_up } from '../../money/rounding.ts';
import { isMarkdownLabel, type MarkdownLabel, readMarkdownLabel } from '../codes/markdown_label.ts';
import { bad, byGtin, only } from '../find.ts';
import type { Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** A reduce-to-clear label. Its letters are looked at before anything strips a digit. */
export function byMarkdownLabel<R extends ItemRef>(
  reading: Reading,
  { lookup, rules }: Context<R>,
): Verdict<R> {
  if (!isMarkdownLabel(reading.text)) return 'no_markdown_label';
  const label = readMarkdownLabel(reading.text, rules.policy.rtc.length);
  if (!label.ok) return bad('rtc_invalid', label.error.code);
  const { inner } = label.value;
  const markdown = inMinorUnits(label.value.markdown, rules.currency);
  const { items, gtin14 } = byGtin(label.value.gtin14, lookup);
  return only(items.length > 0 ? items : lookup.byCode(inner), 'rtc', { gtin14, markdown });
}

/** The label counts hundredths of the currency, which are its minor units only where it has two decimals. */
function inMinorUnits({ mode, value }: MarkdownLabel['markdown'], currency: string) {
  return mode === 'percent'
    ? { mode, value }
    : { mode, value: half_up(value * 10 ** currencyExponent(currency), 100) };
}
