const SPACE = 36n ** 10n;
const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const WORD = (1n << 64n) - 1n;

/**
 * The name of one conversation with a payment terminal: ten characters `0-9A-Z`, always the same for the same payment,
 * so that a lost answer is asked for under the name that was used (FNV-1a of 64 bits over the payment's id).
 */
export function serviceIdOf(paymentId: string): string {
  let hash = FNV_OFFSET;
  // Ids are ASCII: a character is a byte.
  for (const character of paymentId) {
    hash = ((hash ^ BigInt(character.charCodeAt(0))) * FNV_PRIME) & WORD;
  }
  return (hash % SPACE).toString(36).toUpperCase().padStart(10, '0');
}
