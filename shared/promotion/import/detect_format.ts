import { TextReader } from './decode_text.ts';
import type { ImportFormat } from './entry.ts';

const HEAD_BYTES = 4_096;

/** The format by a file's first bytes (a few hundred are enough), or null: JSON, XML, or a CSV header. */
export function detectFormat(head: Uint8Array): ImportFormat | null {
  // An even cut keeps UTF-16 whole; what a cut leaves of the last character is only missed by `end`.
  const decoded = new TextReader().push(head.subarray(0, HEAD_BYTES));
  if (decoded.problem !== null) return null;
  const text = decoded.text.trimStart();
  if (text.startsWith('<')) return 'promofull';
  if (text.startsWith('{') || text.startsWith('[')) return 'json';
  const header = text.split(/\r?\n/, 1)[0] ?? '';
  return header.split(/[,;\t]/).some((cell) => /^"?retailer_promotion_id"?$/.test(cell.trim()))
    ? 'csv'
    : null;
}
