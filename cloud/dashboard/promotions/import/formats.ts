export type Format = 'csv' | 'json' | 'promofull';

export const FORMATS: readonly (readonly [Format, string])[] = [
  ['csv', 'CSV table'],
  ['json', 'JSON'],
  ['promofull', 'PromoFull XML'],
];

/** What the name of a file says of its format; null: nothing. */
export function formatOf(name: string): Format | null {
  const bare = name.toLowerCase().replace(/\.gz$/, '');
  if (bare.endsWith('.csv')) return 'csv';
  if (bare.endsWith('.json')) return 'json';
  return bare.endsWith('.xml') ? 'promofull' : null;
}
