import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Explanation } from '../../../../shared/promotion/explain/explanation.ts';
import type { TriedOut } from './try_out.ts';

/** With so many promotions an explanation is a matter of a few milliseconds. */
const AT_ONCE_MAX = 60;
const PAUSE_MS = 150;
/** Beyond that an explanation takes seconds. */
const EXPLAINED_MAX = 400;

/**
 * Why the basket came to what it did: at once where that is cheap, else when the typing pauses. Null: not yet,
 * or too many promotions take part.
 */
export function useExplanation(tried: TriedOut | null, promotions: number): Explanation | null {
  const [late, setLate] = useState<{ of: TriedOut; explanation: Explanation } | null>(null);
  const now = useMemo(() => (promotions <= AT_ONCE_MAX ? (tried?.explain() ?? null) : null), [tried]);
  useEffect(() => {
    if (tried === null || now !== null || promotions > EXPLAINED_MAX) return undefined;
    const timer = setTimeout(() => setLate({ of: tried, explanation: tried.explain() }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [tried, now]);
  return now ?? (late !== null && late.of === tried ? late.explanation : null);
}
