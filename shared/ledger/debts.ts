/** What is still owed of one sale on credit, in the order in which the sales were made. */
export interface Debt {
  entry_id: string;
  owed: number;
}

/**
 * Spreads money over the debts, the oldest first (with one term of payment for all, that is by due date). What is
 * over is an advance: it stands in the balance alone and is spent first on the next sale.
 */
export function clearOldestFirst(debts: readonly Debt[], amount: number): Debt[] {
  const cleared: Debt[] = [];
  let rest = amount;
  for (const { entry_id, owed } of debts) {
    const part = Math.min(rest, owed);
    if (part === 0) continue;
    cleared.push({ entry_id, owed: owed - part });
    rest -= part;
  }
  return cleared;
}

/** What remains to be paid of a new debt where an advance is there: a balance below zero. */
export const owedAfterAdvance = (balance: number, amount: number): number =>
  amount - Math.min(amount, Math.max(0, -balance));
