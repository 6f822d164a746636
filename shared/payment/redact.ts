import { isLuhn } from './luhn.ts';

/**
 * A provider's message as staff may read it: what could be used to pay is struck out, and whatever looks like a
 * card number keeps its last four digits. Text that is not JSON is searched for numbers alone.
 */
export function redact(body: string): string {
  const parsed = jsonOf(body);
  return parsed === undefined ? maskNumbers(body) : JSON.stringify(redactValue(parsed, ''), null, 2);
}

const SECRET_NAME =
  /token|secret|signature|password|cvc|cvv|^(?:pan|number)$|card_?number|fingerprint|msisdn|phone|vpa|email|recurringdetailreference|storedpaymentmethodid|accountnumber/i;
const STRUCK = '…';

function redactValue(value: unknown, name: string): unknown {
  if (typeof value === 'string') return SECRET_NAME.test(name) ? struck(value) : maskNumbers(value);
  if (typeof value === 'number')
    return SECRET_NAME.test(name) ? STRUCK : maskNumbers(String(value)) === String(value) ? value : STRUCK;
  if (Array.isArray(value)) return value.map((one) => redactValue(one, name));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  // A bag of names and values, as some providers send their fields.
  const named = entries.find(([key]) => key === 'Name')?.[1];
  return Object.fromEntries(
    entries.map(([key, one]) => [
      key,
      key === 'Value' && typeof named === 'string' && /phone|msisdn/i.test(named)
        ? STRUCK
        : redactValue(one, key),
    ]),
  );
}

/** The end of a text tells which one it was without being of use. */
const struck = (text: string): string => (text.length > 8 ? `${STRUCK}${text.slice(-4)}` : STRUCK);

const maskNumbers = (text: string): string =>
  text.replace(/\d(?:[ -]?\d){12,18}/g, (run) => {
    const digits = run.replace(/\D/g, '');
    return isLuhn(digits) ? `${STRUCK}${digits.slice(-4)}` : run;
  });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
