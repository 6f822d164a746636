import { ScanPolicy } from '../config/scan_policy.ts';
import type { CodeLookup, ScanRules } from './resolution.ts';

/** One thing of a shelf in memory, as tests write it. */
export interface Known {
  id: string;
  codes?: string[];
  gtins?: string[];
  epcs?: string[];
  sku?: string;
}

export function shelfOf<K extends Known>(...items: K[]): CodeLookup<K> {
  return {
    byCode: (code) => items.filter((item) => item.codes?.includes(code)),
    byGtin14: (gtin) => items.filter((item) => item.gtins?.includes(gtin)),
    byEpc: (epc) => items.find((item) => item.epcs?.includes(epc)) ?? null,
    bySku: (sku) => items.filter((item) => item.sku === sku),
    byAlias: (code) => items.filter((item) => item.codes?.includes(`alias:${code}`)),
    bySuffix: (digits) =>
      items.filter((item) => [...(item.codes ?? []), ...(item.gtins ?? [])].some((c) => c.endsWith(digits))),
  };
}

export const rulesOf = (policy: unknown = {}, more: Partial<ScanRules> = {}): ScanRules => ({
  policy: ScanPolicy.parse(policy),
  currency: 'GBP',
  now_local: '2026-11-28T13:00:00',
  ...more,
});
