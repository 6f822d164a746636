/** Refunds and what came back. */
export const RETURN_TABLES: readonly string[] = [];
