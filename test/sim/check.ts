import type { LegRefundRow } from '../../edge/basket/leg_refunds.ts';
import { type LegRow, legsOf, linesOf, orderOf } from '../../edge/basket/rows.ts';
import type { FakeMovement } from '../../edge/payment/fake/control.ts';
import { isLive, keptOf } from '../../shared/payment/leg.ts';
import type { SimProvider } from './provider.ts';
import { CURRENCY } from './shop.ts';
import type { SimStore } from './store.ts';
import type { SimTrip } from './trip.ts';

/** Incidents that stand with the store, by payment and kind; trouble with refunds by the movement. */
export function incidentsOf({ tables }: SimStore): Set<string> {
  const payments = tables.exec<{ key: string }>('SELECT key FROM payment_incident');
  const refunds = tables.exec<{ kind: string; leg_refund_id: string }>(
    'SELECT kind, leg_refund_id FROM refund_trouble',
  );
  return new Set([
    ...payments.map(({ key }) => key),
    ...refunds.map(({ kind, leg_refund_id }) => `${leg_refund_id} ${kind}`),
  ]);
}

const refundsOf = ({ tables }: SimTrip): LegRefundRow[] =>
  tables.exec<LegRefundRow>('SELECT * FROM leg_refund ORDER BY rowid');

/**
 * An attempt that only a person can end: the provider speaks of money that nobody asked for, so it stays open, counts
 * for nothing, and an incident stands.
 */
const waitsForPerson = (leg: LegRow, incidents: ReadonlySet<string>): boolean =>
  isLive(leg.state) && incidents.has(`${leg.payment_id} payment_amount_mismatch`);

/** Whether nothing is left to come by itself. */
export function rests(trip: SimTrip, store: SimStore): boolean {
  const legs = legsOf(trip.tables);
  const incidents = incidentsOf(store);
  const order = orderOf(trip.tables);
  const stuck = legs.some((leg) => waitsForPerson(leg, incidents));
  return (
    legs.every(
      (leg) => waitsForPerson(leg, incidents) || (!isLive(leg.state) && leg.state !== 'authorized'),
    ) &&
    refundsOf(trip).every(({ state }) => state === 'succeeded' || state === 'failed') &&
    trip.tables.exec('SELECT 1 AS found FROM duty').length === 0 &&
    (order === null || order.status !== 'created' || stuck)
  );
}

/** Every rule of the money that does not hold at the end of a trip. */
export function problemsOf(trip: SimTrip, store: SimStore, provider: SimProvider): string[] {
  const problems: string[] = [];
  const wrong = (text: string) => problems.push(text);
  const legs = legsOf(trip.tables);
  const incidents = incidentsOf(store);
  const refunds = refundsOf(trip);
  if (!rests(trip, store)) {
    const open = legs.map(({ n, state, next_at }) => `${n} ${state} ${next_at}`).join(', ');
    const duties = trip.tables.exec<{ kind: string }>('SELECT kind FROM duty').map(({ kind }) => kind);
    wrong(
      `it never came to rest: ${open}; ${duties.join(' ')}; ${refunds.map(({ state }) => state).join(' ')}`,
    );
  }
  for (const leg of legs) {
    if (leg.gateway !== 'generic_card') continue;
    const mine = refunds.filter((one) => one.leg === leg.n);
    for (const problem of moneyOf(leg, mine, provider.fake.ctl.movements, incidents))
      wrong(`payment ${leg.n}: ${problem}`);
  }
  if (new Set(legs.map(({ return_url }) => return_url)).size < legs.length)
    wrong('one call began two attempts');
  for (const problem of orderOfTrip(trip, store, legs, refunds, incidents)) wrong(problem);
  for (const problem of tagsOfTrip(trip, store)) wrong(problem);
  return problems;
}

const sum = (movements: readonly { amount: number }[]): number =>
  movements.reduce((total, { amount }) => total + amount, 0);

/** The provider's ledger and ours tell the same of one payment. */
function moneyOf(
  leg: LegRow,
  refunds: readonly LegRefundRow[],
  movements: readonly FakeMovement[],
  incidents: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  const of = (...kinds: FakeMovement['kind'][]) =>
    movements.filter((one) => one.reference === leg.payment_id && kinds.includes(one.kind));
  const taken = of('charge', 'capture');
  const reserved = of('authorization');
  const ids = new Set(refunds.map(({ leg_refund_id }) => leg_refund_id));
  const back = movements.filter(({ kind, reference }) => kind === 'refund' && ids.has(reference));
  if (taken.length > 1) problems.push(`charged ${taken.length} times`);
  if (reserved.length > 1) problems.push(`reserved ${reserved.length} times`);
  if (new Set(back.map(({ reference }) => reference)).size < back.length) problems.push('refunded twice');
  const foreign = [...taken, ...reserved].some(({ currency }) => currency !== CURRENCY);
  const mismatch = incidents.has(`${leg.payment_id} payment_amount_mismatch`);
  // What was released before anybody had heard of it was nobody's money.
  const unheard = taken.length === 0 && of('void').length > 0;
  if (foreign && !mismatch && !unheard) problems.push('money of another currency, and nobody is told');
  if (foreign && leg.captured + leg.authorized > 0) problems.push('money of another currency counts');
  if (leg.refunded + leg.refunding > leg.captured) problems.push('more goes back than was taken');
  if (leg.refunded !== sum(back)) problems.push(`refunded ${leg.refunded}, the provider says ${sum(back)}`);
  const sent = sum(refunds.filter(({ state }) => state === 'succeeded'));
  if (leg.refunded !== sent) problems.push(`refunded ${leg.refunded} by refunds of ${sent}`);
  if (waitsForPerson(leg, incidents)) {
    if (leg.captured + leg.authorized > 0) problems.push('doubtful money counts');
    return problems;
  }
  if (!foreign && leg.captured !== sum(taken))
    problems.push(`captured ${leg.captured}, the provider says ${sum(taken)}`);
  if (sum(taken) > leg.amount && !incidents.has(`${leg.payment_id} over_captured`) && !mismatch)
    problems.push(`${sum(taken)} taken of ${leg.amount}, and nobody is told`);
  const held = reserved.length === 1 && taken.length === 0 && of('void').length === 0;
  if (held !== (leg.state === 'authorized'))
    problems.push(`${leg.state}, the provider ${held ? 'holds' : 'holds nothing of'} it`);
  return problems;
}

/** The order, its sale and its money tell the same. */
function orderOfTrip(
  trip: SimTrip,
  { tables }: SimStore,
  legs: readonly LegRow[],
  refunds: readonly LegRefundRow[],
  incidents: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  const order = orderOf(trip.tables);
  const count = (table: 'sale' | 'orders') =>
    tables.exec(`SELECT 1 AS found FROM ${table} WHERE basket_id = ?`, trip.id).length;
  if (order === null) {
    if (legs.length > 0 || count('sale') > 0) problems.push('money without an order');
    return problems;
  }
  const kept = legs.reduce((total, leg) => total + keptOf(leg), 0);
  const reserved = legs.reduce((total, leg) => total + leg.authorized, 0);
  const byHand = legs.some(({ payment_id }) => incidents.has(`${payment_id} money_to_return`));
  const failed = refunds.some(({ leg_refund_id }) => incidents.has(`${leg_refund_id} refund_failed`));
  const explained = byHand || failed;
  const sales = count('sale');
  if (order.status === 'completed') {
    if (sales !== 1) problems.push(`completed with ${sales} sales`);
    if (kept < order.due) problems.push(`completed with ${kept} of ${order.due}`);
    if (kept > order.due && !explained) problems.push(`${kept} kept of ${order.due}`);
    if (order.captured_at === null) problems.push('completed before its money came');
  } else {
    if (sales !== 0) problems.push(`${order.status} with ${sales} sales`);
    if (order.status === 'cancelled' && kept + reserved > 0 && !explained)
      problems.push(`cancelled, and ${kept} taken and ${reserved} reserved`);
    if (order.captured_at !== null) problems.push('paid, and not committed');
  }
  if (order.number !== null && count('orders') !== 1) problems.push('an order that its store does not know');
  return problems;
}

/** A tag of a paid order is that order's; one of an order that ended unpaid is nobody's. */
function tagsOfTrip(trip: SimTrip, { tables }: SimStore): string[] {
  const order = orderOf(trip.tables);
  const epcs = linesOf(trip.tables).flatMap(({ epc }) => (epc === null ? [] : [epc]));
  if (order === null || order.status === 'created') return [];
  return epcs.flatMap((epc) => {
    const [tag] = tables.exec<{ order_id: string | null }>(
      `SELECT order_id FROM tag WHERE epc = ? AND status = 'sold'`,
      epc,
    );
    const held = tables.exec('SELECT 1 AS found FROM hold WHERE epc = ? AND basket_id = ?', epc, trip.id);
    const mine = tag?.order_id === order.order_id;
    const told = tables.exec(
      `SELECT 1 AS found FROM incident WHERE kind = 'epc_double_sale' AND detail LIKE ?`,
      `%${epc}%${order.order_id}%`,
    );
    const back = tables.exec(
      'SELECT 1 AS found FROM tag_return WHERE epc = ? AND order_id = ?',
      epc,
      order.order_id,
    );
    if (held.length > 0) return [`${epc} is held for an order that is ${order.status}`];
    if (order.status === 'cancelled') return mine ? [`${epc} is sold by a cancelled order`] : [];
    return mine || told.length > 0 || back.length > 0 ? [] : [`${epc} of a paid order is not its own`];
  });
}

/** A tag that is sold is an order's that was paid. */
export function tagProblems({ tables }: SimStore): string[] {
  return tables
    .exec<{ epc: string }>(
      `SELECT epc FROM tag WHERE status = 'sold'
       AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.order_id = tag.order_id AND orders.status = 'completed')`,
    )
    .map(({ epc }) => `${epc} is sold by no paid order`);
}

/** What the store told is whole and in order, and nothing of it waits. */
export function eventProblems({ tables, sent }: SimStore): string[] {
  const seqs = sent.map((json): number => JSON.parse(json).seq);
  const [head] = tables.exec<{ seq: number | null }>('SELECT max(seq) AS seq FROM outbox');
  const whole = seqs.every((seq, i) => seq === i + 1) && (head?.seq ?? seqs.length) === seqs.length;
  return whole ? [] : [`events that the cloud never heard of: ${seqs.length} of ${head?.seq}`];
}

export function incidentKinds({ tables }: SimStore): Record<string, number> {
  const rows = tables.exec<{ kind: string; n: number }>(
    'SELECT kind, count(*) AS n FROM incident GROUP BY kind',
  );
  return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]));
}

/** Every number of a series is a record, and every record a number. */
export function seriesProblems({ tables }: SimStore): string[] {
  const values = (query: string) => tables.exec<{ value: number }>(query).map(({ value }) => value);
  const series = tables.exec<{ series: string; cur: number; lo: number }>(
    'SELECT series, cur, lo FROM series',
  );
  const made = (name: string) => {
    const row = series.find((one) => one.series === name);
    return row === undefined ? [] : Array.from({ length: row.cur - row.lo + 1 }, (_, i) => row.lo + i);
  };
  const same = (name: string, found: readonly number[]) =>
    JSON.stringify(found) === JSON.stringify(made(name))
      ? []
      : [`gaps in the series ${name}: ${found.join(' ')}`];
  return [
    ...same('order', values('SELECT series_value AS value FROM orders ORDER BY value')),
    ...same('fiscal', values('SELECT fiscal_value AS value FROM sale ORDER BY value')),
    ...same(
      'refund',
      values('SELECT number_value AS value FROM refund WHERE number_value IS NOT NULL ORDER BY value'),
    ),
  ];
}
