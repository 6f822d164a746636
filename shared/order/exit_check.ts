import type { Order } from '../api/order.ts';
import type { ExitCheckPolicy } from '../config/order_policy.ts';

/** Why staff look at an order before it leaves; null: they need not. */
export type ExitCheckReason = 'always' | 'age' | 'markdown' | 'chance';

const PPM = 1_000_000;

/**
 * Whether the bag of an order is checked at the exit. It follows from the order alone, chance too: asking again,
 * or for a new pass, never changes the answer.
 */
export function exitCheckOf(
  order: { id: string; lines: readonly Pick<Order['lines'][number], 'restrictions' | 'price_from'>[] },
  policy: ExitCheckPolicy,
): ExitCheckReason | null {
  if (policy.always) return 'always';
  if (policy.age && order.lines.some(({ restrictions }) => restrictions.some(({ kind }) => kind === 'age')))
    return 'age';
  if (policy.markdown && order.lines.some(({ price_from }) => price_from === 'markdown')) return 'markdown';
  return drawOf(order.id) < policy.rate_ppm ? 'chance' : null;
}

/**
 * A number from 0 to 999 999 for a text, evenly spread: FNV-1a (32 bits) over its UTF-16 units, then the final
 * mixing of MurmurHash3, because ids that differ in their last digits alone must not fall together.
 */
export function drawOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return Math.floor((hash / 2 ** 32) * PPM);
}
