const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const toUtf8 = new TextEncoder();

/** A byte that is no UTF-8 is kept as the lone surrogate U+DC00 + byte, so that it is written as it came. */
const ESCAPE = 0xdc00;
const ESCAPED = /([\udc80-\udcff])/u;

/** Reads UTF-8. Readers send other encodings too: what is no UTF-8 is escaped and never refused. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return fromUtf8.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/** Writes UTF-8, and escaped bytes as they came. Any other half of a surrogate pair is a bug and throws. */
export function encodeText(text: string): Uint8Array {
  if (text.isWellFormed()) return toUtf8.encode(text);
  const parts = text.split(ESCAPED).map((part) => {
    if (ESCAPED.test(part)) return Uint8Array.of(part.charCodeAt(0) - ESCAPE);
    if (!part.isWellFormed()) throw new RangeError('the text holds half a surrogate pair');
    return toUtf8.encode(part);
  });
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function decodeEscaping(bytes: Uint8Array): string {
  let text = '';
  let good = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += fromUtf8.decode(bytes.subarray(good, at)) + String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
    at += 1;
    good = at;
  }
  return text + fromUtf8.decode(bytes.subarray(good));
}

/** Bytes of the well-formed sequence that begins at `at`, or 0 (Unicode, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const min = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const max = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < min || second > max) return 0;
  for (let i = at + 2; i < at + length; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
