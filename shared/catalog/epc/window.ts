import type { EpcWindow } from '../../config/scan_policy.ts';
import type { Epc } from '../epc.ts';

/** The product code in the bits of a tag of the retailer's own making, in decimal; null: no window is for it. */
export function readWindow(epc: Epc, windows: readonly EpcWindow[]): string | null {
  const window = windows.find(
    ({ match, to }) =>
      epc.startsWith(match.prefix_hex ?? '') &&
      (match.hex_length ?? epc.length) === epc.length &&
      to <= epc.length * 4,
  );
  if (window === undefined) return null;
  const { from, to } = window;
  const bits = BigInt(`0x${epc}`) >> BigInt(epc.length * 4 - to);
  return String(bits & ((1n << BigInt(to - from)) - 1n));
}
