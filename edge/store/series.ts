import type { OrderId } from '../../shared/ids/index.ts';
import type { Scope } from './scope.ts';
import { first, single } from './sql.ts';

/** Nine digits: these never wrap within a shop's life. The ranges of the others are the store's policy. */
const FIXED = {
  fiscal: { lo: 1, hi: 999_999_999 },
  refund: { lo: 1, hi: 999_999_999 },
  credit_note: { lo: 1, hi: 999_999_999 },
  collection: { lo: 1, hi: 999_999_999 },
} as const;

type Series = keyof typeof FIXED | 'order' | 'poslog';

export interface Allocated {
  value: number;
  /** How often the series has wrapped: a value is unique only within its epoch. */
  epoch: number;
}

type Counting = Pick<Scope, 'sql' | 'config'>;

/**
 * The next number of a series, in one statement; `of` tells apart series of one kind (of devices). Who allocates
 * writes the order, sale or void of that number in the same transaction, so a number without a record cannot
 * exist. A range that no longer holds the last number begins anew, in the next epoch.
 */
export function allocate({ sql, config }: Counting, series: Series, of = ''): Allocated {
  const { numbers } = config.policies.order;
  const { lo, hi } = series === 'order' || series === 'poslog' ? numbers[series] : FIXED[series];
  const row = single<{ cur: number; epoch: number }>(
    sql,
    `INSERT INTO series (series, cur, lo, hi) VALUES (?1, ?2, ?2, ?3)
     ON CONFLICT (series) DO UPDATE SET
       epoch = epoch + (cur >= excluded.hi OR cur < excluded.lo),
       cur = CASE WHEN cur >= excluded.hi OR cur < excluded.lo THEN excluded.lo ELSE cur + 1 END,
       lo = excluded.lo,
       hi = excluded.hi
     RETURNING cur, epoch`,
    of === '' ? series : `${series} ${of}`,
    lo,
    hi,
  );
  return { value: row.cur, epoch: row.epoch };
}

/** What a number is for. An order has one of each at most. */
type Purpose = 'sale' | 'void' | `refund:${string}`;

interface Wanted {
  /** Which series of that kind. */
  of: string;
  /** The workstation under which the number is told; it stays with the number, whatever the policy says later. */
  workstation: string;
  order_id: OrderId;
  purpose: Purpose;
}

export interface AllocatedFor extends Allocated {
  workstation: string;
}

/** The POSLog number of an order for a purpose: the one that it has, or the next one. Again costs no number. */
export function allocateOnce(scope: Counting & Pick<Scope, 'now'>, wanted: Wanted): AllocatedFor {
  const { of, workstation, order_id, purpose } = wanted;
  const known = allocatedFor(scope, order_id, purpose);
  if (known !== null) return known;
  const { value, epoch } = allocate(scope, 'poslog', of);
  scope.sql.exec(
    `INSERT INTO allocated (order_id, purpose, series, scope, workstation, epoch, value, at)
     VALUES (?, ?, 'poslog', ?, ?, ?, ?, ?)`,
    ...[order_id, purpose, of, workstation, epoch, value, scope.now],
  );
  return { value, epoch, workstation };
}

/** The number that an order has for a purpose, or null. */
export function allocatedFor(
  { sql }: Pick<Scope, 'sql'>,
  order_id: OrderId,
  purpose: Purpose,
): AllocatedFor | null {
  return first<{ value: number; epoch: number; workstation: string }>(
    sql,
    'SELECT value, epoch, workstation FROM allocated WHERE order_id = ? AND purpose = ?',
    order_id,
    purpose,
  );
}

/** A number that was given for a sale that never came is that of its void. */
export function closeAsVoid({ sql }: Pick<Scope, 'sql'>, order_id: OrderId): void {
  sql.exec(`UPDATE allocated SET purpose = 'void' WHERE order_id = ? AND purpose = 'sale'`, order_id);
}
