import { code128Modules, type Stretch } from '../../shared/receipt/code128.ts';
import { FNC1 } from '../../shared/receipt/gs1.ts';

const BRACE = 0x7b;
const FNC1_LETTER = 0x31;

/**
 * The data of GS k 73 as a printer reads it: "{B" and "{C" change the code set, "{1" is FNC1, "{{" a brace, and in
 * set C a byte is a pair of digits. Null where a set is missing or not known.
 */
export function readCode128(
  bytes: Uint8Array,
): { symbology: '128' | 'gs1_128'; data: string; modules: string } | null {
  const parts: { set: Stretch['set']; text: string }[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const part = parts.at(-1);
    if (byte !== BRACE) {
      if (part === undefined) return null;
      part.text += part.set === 'C' ? String(byte).padStart(2, '0') : String.fromCharCode(byte);
      continue;
    }
    at += 1;
    const letter = bytes[at] ?? 0;
    const set = letter === 0x42 ? 'B' : letter === 0x43 ? 'C' : null;
    if (set !== null) parts.push({ set, text: '' });
    else if (part !== undefined && letter === FNC1_LETTER) part.text += FNC1;
    else if (part !== undefined && letter === BRACE) part.text += '{';
    else return null;
  }
  const data = parts.map((part) => part.text).join('');
  const symbology = data.startsWith(FNC1) ? 'gs1_128' : '128';
  return { symbology, data, modules: code128Modules(parts) };
}
