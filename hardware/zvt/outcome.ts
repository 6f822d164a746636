import type { TerminalOutcome } from '../port.ts';
import { numberOfBcd } from './bcd.ts';
import { FIELD, readBitmaps } from './bitmaps.ts';
import { errorSentence } from './error_codes.ts';

/** What a status information says of a transaction; nothing of it is card data. */
export interface TransactionStatus {
  result_code: number | null;
  amount: number | null;
  trace_number: number | null;
  receipt_number: number | null;
  authorisation: string | null;
  card_name: string | null;
}

export function readStatus(data: Uint8Array): TransactionStatus {
  const fields = readBitmaps(data);
  const number = (field: number): number | null => {
    const bytes = fields.get(field);
    return bytes === undefined ? null : numberOfBcd(bytes);
  };
  return {
    result_code: fields.get(FIELD.result_code)?.[0] ?? null,
    amount: number(FIELD.amount),
    trace_number: number(FIELD.trace_number),
    receipt_number: number(FIELD.receipt_number),
    authorisation: textOf(fields.get(FIELD.authorisation)),
    card_name: textOf(fields.get(FIELD.card_name)),
  };
}

/** Printable ASCII without the zero that ends it; null where nothing is left. */
function textOf(bytes: Uint8Array | undefined): string | null {
  const text = String.fromCharCode(...(bytes ?? []))
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim();
  return text === '' ? null : text;
}

/**
 * What a finished authorisation came to. Approved only where the terminal said so about this very amount:
 * another amount, or none, is for a person to look at.
 */
export function outcomeOf(status: TransactionStatus | null, amount: number): TerminalOutcome {
  if (status === null || status.result_code === null)
    return { result: 'unknown', detail: 'The terminal ended the payment without saying how.' };
  if (status.result_code !== 0) {
    const detail = errorSentence(status.result_code);
    return { result: 'declined', reason: `zvt_${status.result_code}`, detail: `The terminal: ${detail}.` };
  }
  if (status.amount !== amount || status.trace_number === null)
    return { result: 'unknown', detail: 'The terminal approved, but not this amount: look at its receipt.' };
  return {
    result: 'approved',
    reference: String(status.trace_number).padStart(6, '0'),
    authorization: status.authorisation,
    scheme: status.card_name,
    masked: null,
    store_and_forward: false,
  };
}
