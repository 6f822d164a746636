/** Lines, what belongs to them, and who looked at them. */
export const LINE_TABLES: readonly string[] = [];
