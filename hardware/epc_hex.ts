/** The length field of the tag's EPC memory has five bits of 16-bit words. */
const WORDS_MAX = 31;
const WORDS = new RegExp(`^(?:[0-9A-F]{4}){1,${WORDS_MAX}}$`);

/** An EPC as a driver hands it on: upper-case hex in whole words; null for anything else. */
export function epcHex(text: string): string | null {
  const hex = text.toUpperCase();
  return WORDS.test(hex) ? hex : null;
}
