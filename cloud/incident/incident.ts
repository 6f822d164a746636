import { and, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { OrderId, StoreId } from '../../shared/ids/index.ts';
import type { Db } from '../db/client.ts';
import { device, incident, incidentCare, orderLine, orderRow, store } from '../db/schema.ts';
import type { Principal } from '../staff/principal.ts';
import { incidentText } from './text.ts';

const Detail = z.record(z.string(), z.unknown());
const Care = z.object({
  at: Instant,
  /** The account that it was done with. */
  by: z.string(),
  name: z.string(),
  note: z.string(),
});

export const IncidentStatus = z.enum(['open', 'acknowledged', 'resolved']);

/** What went wrong with goods or money, in a sentence, and what staff did about it. */
export const Incident = z.object({
  id: z.string(),
  store_id: StoreId,
  store_name: z.string(),
  kind: z.string(),
  text: z.string(),
  detail: Detail,
  /** The orders that it speaks of, as far as they are known here. */
  orders: z.array(z.object({ id: OrderId, number: z.string() })),
  at: Instant,
  status: IncidentStatus,
  acknowledged: Care.nullable(),
  resolved: Care.nullable(),
});
export type Incident = z.infer<typeof Incident>;

export const INCIDENT_COLUMNS = {
  id: incident.id,
  store_id: incident.store_id,
  store_name: store.name,
  kind: incident.kind,
  detail: incident.detail,
  at: incident.at,
  acknowledged_at: incidentCare.acknowledged_at,
  acknowledged_by: incidentCare.acknowledged_by,
  acknowledged_name: incidentCare.acknowledged_name,
  acknowledged_note: incidentCare.acknowledged_note,
  resolved_at: incidentCare.resolved_at,
  resolved_by: incidentCare.resolved_by,
  resolved_name: incidentCare.resolved_name,
  resolved_note: incidentCare.resolved_note,
};

/** The join of an incident with what staff did about it. */
export const itsCare = and(
  eq(incidentCare.retailer_id, incident.retailer_id),
  eq(incidentCare.store_id, incident.store_id),
  eq(incidentCare.incident_id, incident.id),
);
export const itsStore = and(eq(store.retailer_id, incident.retailer_id), eq(store.id, incident.store_id));

/** The incidents within a caller's reach. */
export const reachedIncidents = ({ retailer_id, store_id }: Principal): SQL | undefined =>
  and(eq(incident.retailer_id, retailer_id), store_id === null ? undefined : eq(incident.store_id, store_id));

export function inStatus(status: z.infer<typeof IncidentStatus>): SQL | undefined {
  if (status === 'resolved') return isNotNull(incidentCare.resolved_at);
  const acknowledged = incidentCare.acknowledged_at;
  return and(
    isNull(incidentCare.resolved_at),
    status === 'open' ? isNull(acknowledged) : isNotNull(acknowledged),
  );
}

type Row = { [C in keyof typeof INCIDENT_COLUMNS]: (typeof INCIDENT_COLUMNS)[C]['_']['data'] | null } & {
  id: string;
  store_id: StoreId;
  store_name: string;
  kind: string;
  detail: string;
  at: string;
};

/** Rows with the names that their sentences need: of orders, of tills and of the goods. */
export async function describeIncidents(
  db: Db,
  { retailer_id }: Pick<Principal, 'retailer_id'>,
  rows: readonly Row[],
): Promise<Incident[]> {
  const details = rows.map((row) => Detail.parse(JSON.parse(row.detail)));
  const orderIds = JSON.stringify([...new Set(details.flatMap(ordersIn))]);
  const deviceIds = JSON.stringify(details.flatMap(({ device_id }) => device_id ?? []));
  const epcs = JSON.stringify(details.flatMap(({ epc }) => epc ?? []));
  const [orders, devices, goods] = await db.batch([
    db
      .select({ id: orderRow.id, number: orderRow.number })
      .from(orderRow)
      .where(
        and(
          eq(orderRow.retailer_id, retailer_id),
          sql`${orderRow.id} IN (SELECT value FROM json_each(${orderIds}))`,
        ),
      ),
    db
      .select({ id: device.id, name: device.name })
      .from(device)
      .where(
        and(
          eq(device.retailer_id, retailer_id),
          sql`${device.id} IN (SELECT value FROM json_each(${deviceIds}))`,
        ),
      ),
    db
      .select({ epc: orderLine.epc, name: sql<string>`${orderLine.document} ->> 'name'` })
      .from(orderLine)
      .where(
        and(
          eq(orderLine.retailer_id, retailer_id),
          sql`${orderLine.epc} IN (SELECT value FROM json_each(${epcs}))`,
        ),
      ),
  ]);
  const names = {
    orders: new Map(orders.map(({ id, number }) => [id, number])),
    devices: new Map(devices.map(({ id, name }) => [String(id), name])),
    goods: new Map(goods.map(({ epc, name }) => [epc ?? '', name])),
  };
  return rows.map((row, i) => {
    const detail = details[i] ?? {};
    const acknowledged = careOf(
      row.acknowledged_at,
      row.acknowledged_by,
      row.acknowledged_name,
      row.acknowledged_note,
    );
    const resolved = careOf(row.resolved_at, row.resolved_by, row.resolved_name, row.resolved_note);
    return {
      id: row.id,
      store_id: row.store_id,
      store_name: row.store_name,
      kind: row.kind,
      text: incidentText(row.kind, detail, names),
      detail,
      orders: ordersIn(detail).flatMap((id) => {
        const number = names.orders.get(id);
        return number === undefined ? [] : [{ id, number }];
      }),
      at: row.at,
      status: resolved !== null ? 'resolved' : acknowledged !== null ? 'acknowledged' : 'open',
      acknowledged,
      resolved,
    };
  });
}

/** Every order that a detail names, under whatever word. */
const ordersIn = (detail: z.infer<typeof Detail>): OrderId[] => [
  ...new Set(
    Object.values(detail).flatMap((value) => {
      const parsed = OrderId.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    }),
  ),
];

const careOf = (
  at: string | null,
  by: string | null,
  name: string | null,
  note: string | null,
): z.infer<typeof Care> | null =>
  at === null ? null : { at, by: by ?? '', name: name ?? '', note: note ?? '' };
