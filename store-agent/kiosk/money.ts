import { till } from './state.ts';
import { localeOf } from './words.ts';

/** Minor units as the shopper reads them, in the store's currency and her language. */
export function price(minor: number): string {
  const currency = till.value?.store.currency ?? 'EUR';
  const format = new Intl.NumberFormat(localeOf(), { style: 'currency', currency });
  return format.format(minor / 10 ** digitsOf(format));
}

const digitsOf = (format: Intl.NumberFormat): number => format.resolvedOptions().maximumFractionDigits ?? 2;

/** How many minor units make one of the currency. */
export function majorUnit(): number {
  const currency = till.value?.store.currency ?? 'EUR';
  return 10 ** digitsOf(new Intl.NumberFormat('en', { style: 'currency', currency }));
}
