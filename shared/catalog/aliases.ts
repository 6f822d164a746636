import type { ScanPolicy } from '../config/scan_policy.ts';
import type { Item } from './item.ts';

/**
 * Further spellings of an item's codes, kept when the shelf is taken in and never made up while scanning: old
 * labels of some shops have lost their leading zeros, others were filled up to thirteen digits.
 */
export function aliasesOf(
  { gtins, codes }: Pick<Item, 'gtins' | 'codes'>,
  policy: ScanPolicy['zero_policy'],
): string[] {
  if (policy === 'exact') return [];
  const known = new Set<string>([...gtins, ...codes]);
  const spelt = [...known]
    .filter((code) => /^[0-9]+$/.test(code))
    .map((code) =>
      policy === 'strip' ? code.replace(/^0+(?=[0-9])/, '') : stripped14(code).padStart(13, '0'),
    );
  return [...new Set(spelt)].filter((code) => !known.has(code));
}

/** A key of fourteen digits is a code of thirteen with a zero put on. */
const stripped14 = (code: string): string => (/^0[0-9]{13}$/.test(code) ? code.slice(1) : code);

/** Beside the codes as printed: the retailer's number and further spellings, each in a space of its own. */
export function shelfCodesOf(item: Item, zeros: ScanPolicy['zero_policy'] | undefined): string[] {
  const aliases = aliasesOf(item, zeros ?? 'exact').map((code) => `alias:${code}`);
  return [...item.codes, `sku:${item.sku}`, ...aliases];
}
