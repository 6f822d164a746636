/** Refund documents. */
export const REFUND_TABLES: readonly string[] = [];
