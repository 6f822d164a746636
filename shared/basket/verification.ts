import { z } from 'zod';
import { VerificationReason } from '../api/basket.ts';
import type { VerificationPolicy } from '../config/basket_policy.ts';
import type { HeldLine } from './lines.ts';

/** What staff must look at in a basket as it stands: the highest age of its items (years, 0: none), and why. */
export const VerificationNeed = z.object({
  minimum_age: z.number().int(),
  reasons: z.array(VerificationReason),
});
export type VerificationNeed = z.infer<typeof VerificationNeed>;

export const NOTHING_NEEDED: VerificationNeed = { minimum_age: 0, reasons: [] };

export const isNeeded = ({ reasons }: VerificationNeed): boolean => reasons.length > 0;

type Rules = Pick<VerificationPolicy, 'categories' | 'sample_per_100k'>;

/** Why staff must look at these lines of this basket; each reason once, the age first. */
export function verificationNeed(
  lines: readonly HeldLine[],
  rules: Rules,
  basketId: string,
): VerificationNeed {
  const minimum_age = Math.max(0, ...lines.map(({ item }) => item.age_restriction ?? 0));
  const items = new Map(
    lines.filter(({ item }) => item.requires_approval === true).map(({ item }) => [item.id, item.name]),
  );
  const categories = rules.categories.filter((category) => lines.some((line) => isIn(line, category)));
  const sampled = lines.length > 0 && isSampled(basketId, rules.sample_per_100k);
  return {
    minimum_age,
    reasons: [
      ...(minimum_age > 0 ? [{ kind: 'age' as const, minimum_age }] : []),
      ...[...items].map(([item_id, name]) => ({ kind: 'item' as const, item_id, name })),
      ...categories.map((category) => ({ kind: 'category' as const, category })),
      ...(sampled ? [{ kind: 'sample' as const }] : []),
    ],
  };
}

const isIn = ({ item, kind }: HeldLine, category: string): boolean =>
  kind !== 'deposit' && item.category.includes(category);

const SAMPLE_OF = 100_000;

/** Whether chance picks a basket: always the same for one basket, so that trying again does not help. */
export const isSampled = (basketId: string, samplePer100k: number): boolean =>
  fnv1a(basketId) % SAMPLE_OF < samplePer100k;

/** The 32-bit hash of Fowler, Noll and Vo, variant 1a (RFC 9923): spread, not secret. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++)
    hash = Math.imul(hash ^ (text.charCodeAt(i) & 0xff), 0x01000193) >>> 0;
  return hash;
}

/** What an approval was given for: the need at that moment, and the units of each line. */
export const Covered = z.object({
  need: VerificationNeed,
  units: z.record(z.string(), z.number().int()),
});
export type Covered = z.infer<typeof Covered>;

export const coveredBy = (need: VerificationNeed, lines: readonly HeldLine[]): Covered => ({
  need,
  units: Object.fromEntries(lines.map(({ line_id, quantity }) => [line_id, quantity])),
});

/**
 * Whether an approval still holds for what is needed now: a higher age or a new reason asks again, less does not. A
 * basket that is looked at by chance was counted, so whatever was added since asks again.
 */
export function covers(covered: Covered, need: VerificationNeed, lines: readonly HeldLine[]): boolean {
  if (need.minimum_age > covered.need.minimum_age) return false;
  const known = new Set(covered.need.reasons.map(keyOf));
  return need.reasons.every(
    (reason) =>
      known.has(keyOf(reason)) &&
      (reason.kind !== 'sample' ||
        lines.every(({ line_id, quantity }) => quantity <= (covered.units[line_id] ?? 0))),
  );
}

function keyOf(reason: VerificationReason): string {
  switch (reason.kind) {
    case 'item':
      return `item ${reason.item_id}`;
    case 'category':
      return `category ${reason.category}`;
    default:
      return reason.kind;
  }
}

/** The lines that a rejection takes out; what belongs to them goes with them. */
export function rejectedLines<L extends HeldLine>(
  lines: readonly L[],
  policy: Pick<VerificationPolicy, 'categories' | 'reject_policy'>,
): L[] {
  const highest = Math.max(0, ...lines.map(({ item }) => item.age_restriction ?? 0));
  if (policy.reject_policy === 'highest_age_only' && highest > 0)
    return lines.filter(({ item }) => item.age_restriction === highest);
  return lines.filter(
    (line) =>
      line.item.age_restriction !== undefined ||
      line.item.requires_approval === true ||
      policy.categories.some((category) => isIn(line, category)),
  );
}
