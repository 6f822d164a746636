import { err, ok, type Result } from '../../result.ts';
import { checkDigit, hasCheckDigit } from '../gtin.ts';
import { priceVerifier } from './price_verifier.ts';

export interface ValueLabel {
  /** The retailer's number in the code, leading zeros kept. */
  item: string;
  /** The code with its value zeroed and its check digit computed anew: the key of the article. */
  key: string;
  grams?: number;
  price_minor?: number;
}

type ValueLabelError = { code: 'check_digit' } | { code: 'price_verifier'; expected: string };

/** Whether a code has the length and the leading digits of a template. */
export function fitsTemplate(code: string, template: string): boolean {
  const prefix = /^[0-9]*/.exec(template)?.[0] ?? '';
  return code.length === template.length && /^[0-9]+$/.test(code) && code.startsWith(prefix);
}

/** Reads a code that fits the template. */
export function readValueLabel(code: string, template: string): Result<ValueLabel, ValueLabelError> {
  if (!hasCheckDigit(code)) return err({ code: 'check_digit' });
  const item = field(code, template, 'I');
  const price = field(code, template, 'P');
  const grams = field(code, template, 'W');
  const verifier = field(code, template, 'V');
  if (verifier !== '') {
    const expected = priceVerifier(price);
    if (verifier !== expected) return err({ code: 'price_verifier', expected });
  }
  return ok({
    item,
    key: zeroed(code, template),
    ...(grams === '' ? {} : { grams: Number(grams) }),
    ...(price === '' ? {} : { price_minor: Number(price) }),
  });
}

const field = (code: string, template: string, letter: string): string =>
  [...template].flatMap((at, i) => (at === letter ? [code.charAt(i)] : [])).join('');

function zeroed(code: string, template: string): string {
  const body = [...template].map((at, i) => ('WPV'.includes(at) ? '0' : code.charAt(i))).slice(0, -1);
  return `${body.join('')}${checkDigit(body.join(''))}`;
}
