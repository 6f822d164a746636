import { EXIT_PASS_TYP } from '../../auth/exit_pass.ts';
import type { PassPattern } from '../../config/scan_policy.ts';
import { hasCheckDigit } from '../gtin.ts';
import type { NoItem } from '../resolution.ts';
import { readBoardingPass } from './boarding_pass.ts';

/** A payload that names no item: our exit pass, a boarding pass, or what the store's own patterns say. */
export function readPass(text: string, patterns: readonly PassPattern[]): NoItem | null {
  if (isExitPass(text)) return { kind: 'exit_pass', fields: {} };
  const pattern = patterns.find(
    ({ prefix, length }) => text.startsWith(prefix) && (length === undefined || text.length === length),
  );
  if (pattern !== undefined) return { kind: pattern.kind, fields: {} };
  const flight = readBoardingPass(text);
  if (flight !== null) return { kind: 'boarding_pass', fields: flight };
  return isCouponNumber(text) ? { kind: 'coupon', fields: {} } : null;
}

/** GS1 keeps 99 for coupons and 981 to 983 for coupons of a common currency, as the beginning of an EAN-13. */
const isCouponNumber = (text: string): boolean =>
  /^(?:99[0-9]|98[1-3])[0-9]{10}$/.test(text) && hasCheckDigit(text);

/** A compact JWS whose header says that it is an exit pass. Who believes it checks its signature first. */
export function isExitPass(text: string): boolean {
  const header = /^([A-Za-z0-9_-]{8,200})\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.exec(text)?.[1];
  return header !== undefined && decodeAscii(header).includes(`"${EXIT_PASS_TYP}"`);
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648, section 5, as far as ASCII goes. */
function decodeAscii(text: string): string {
  let out = '';
  let held = 0;
  let bits = 0;
  for (const character of text) {
    held = ((held << 6) | BASE64URL.indexOf(character)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode((held >> bits) & 0xff);
  }
  return out;
}
