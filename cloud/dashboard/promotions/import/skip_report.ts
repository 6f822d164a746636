import type { Skipped } from './report.ts';

const HEADER = ['line', 'key', 'result', 'field', 'reason'];

/**
 * The entries that were refused or noted as CSV (RFC 4180), a row a reason, for whoever mends the file in a
 * spreadsheet.
 */
export function skipReport(skipped: readonly Skipped[]): string {
  const rows = skipped.flatMap(({ line, key, problems, notes }) => [
    ...problems.map(({ path, message }) => [String(line), key, 'skipped', path.replace(/^\//, ''), message]),
    ...notes.map(({ message }) => [String(line), key, 'taken with a note', '', message]),
  ]);
  return [HEADER, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes text that begins like a formula for one: an apostrophe keeps it text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
