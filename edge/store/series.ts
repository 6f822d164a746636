import { type Sql, single } from './sql.ts';

/** The number series of a store. `fiscal` has nine digits: it never wraps within a shop's life. */
const SERIES = {
  order: { lo: 100_000, hi: 999_999 },
  fiscal: { lo: 1, hi: 999_999_999 },
  refund: { lo: 1, hi: 999_999_999 },
  credit_note: { lo: 1, hi: 999_999_999 },
} as const;

type Series = keyof typeof SERIES;

export interface Allocated {
  value: number;
  /** How often the series has wrapped: a value is unique only within its epoch. */
  epoch: number;
}

/**
 * The next number of a series, in one statement. Who allocates writes the order, sale or void of that number
 * in the same transaction, so a number without a record cannot exist.
 */
export function allocate(sql: Sql, series: Series): Allocated {
  const { lo, hi } = SERIES[series];
  const row = single<{ cur: number; epoch: number }>(
    sql,
    `INSERT INTO series (series, cur, lo, hi) VALUES (?1, ?2, ?2, ?3)
     ON CONFLICT (series) DO UPDATE SET
       epoch = epoch + (cur >= hi),
       cur = CASE WHEN cur >= hi THEN lo ELSE cur + 1 END
     RETURNING cur, epoch`,
    series,
    lo,
    hi,
  );
  return { value: row.cur, epoch: row.epoch };
}
