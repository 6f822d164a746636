/** The order beyond its payment. */
export const FULFILMENT_TABLES: readonly string[] = [];
