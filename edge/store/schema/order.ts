/** Numbers of documents and orders to be collected. */
export const ORDER_TABLES: readonly string[] = [];
