const LEAD_MARKS: readonly number[] = [0, 0xc0, 0xe0, 0xf0];

/** Text → UTF-8 bytes (RFC 3629), without a platform's encoder; lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes.push((LEAD_MARKS[tail] ?? 0) | (code >> (6 * tail)));
    for (let shift = 6 * (tail - 1); shift >= 0; shift -= 6) bytes.push(0x80 | ((code >> shift) & 0x3f));
  }
  return bytes;
}

/** UTF-8 bytes → text; a malformed sequence becomes U+FFFD for each byte that does not belong. */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const tail = lead < 0x80 ? 0 : lead >> 5 === 6 ? 1 : lead >> 4 === 14 ? 2 : lead >> 3 === 30 ? 3 : -1;
    const rest = tail < 0 ? [] : [...bytes.subarray(at + 1, at + 1 + tail)];
    const whole = rest.length === tail && rest.every((byte) => byte >> 6 === 2);
    const first = tail === 0 ? lead : lead & (0x3f >> tail);
    const code = rest.reduce((value, byte) => (value << 6) | (byte & 0x3f), first);
    text += whole && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    at += whole ? tail + 1 : 1;
  }
  return text.toWellFormed();
}
