/** Stock that is counted, quotas, and baskets that wait for staff. */
export const SHOPPING_TABLES: readonly string[] = [];
