import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import { type Db, type Statement, statement } from '../db/client.ts';
import { incident, incidentCare, store } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { StoreNamespace } from '../env.ts';
import type { Refusal } from '../http/refuse.ts';
import {
  describeIncidents,
  INCIDENT_COLUMNS,
  type Incident,
  itsCare,
  itsStore,
  reachedIncidents,
} from './incident.ts';

const NAME_MAX = 100;
const NOTE_MAX = 1_000;

/** Who looks after it, in a name that colleagues know: an account may be a whole desk's. */
export const Acknowledge = z.strictObject({
  name: z.string().trim().min(1).max(NAME_MAX),
  note: z.string().trim().max(NOTE_MAX).default(''),
});
/** What was done about it is part of the record. */
export const Resolve = z.strictObject({
  name: z.string().trim().min(1).max(NAME_MAX),
  note: z.string().trim().min(1).max(NOTE_MAX),
});

/** Says who looks after an incident. The first one stays: a second is told of him. */
export async function acknowledgeIncident(
  db: Db,
  act: Act,
  id: string,
  { name, note }: z.infer<typeof Acknowledge>,
): Promise<Result<Effect<Incident>, Refusal>> {
  const found = await findIncident(db, act, id);
  if (found === null) return err({ code: 'not_found' });
  if (found.status === 'resolved') return err({ code: 'conflict', detail: 'It is resolved already.' });
  if (found.acknowledged !== null)
    return err({ code: 'conflict', detail: `${found.acknowledged.name} looks after it already.` });
  const care = { at: act.now, by: act.principal.id, name, note };
  return ok({
    body: { ...found, status: 'acknowledged', acknowledged: care },
    statements: [
      writeCare(act, found, 'acknowledged', care),
      audit(db, act, 'incident.acknowledge', id, { name }),
    ],
  });
}

/** Closes an incident with what was done about it, here and in the store's own count. */
export async function resolveIncident(
  db: Db,
  act: Act,
  stores: StoreNamespace,
  id: string,
  { name, note }: z.infer<typeof Resolve>,
): Promise<Result<Effect<Incident>, Refusal>> {
  const found = await findIncident(db, act, id);
  if (found === null) return err({ code: 'not_found' });
  if (found.resolved !== null)
    return err({ code: 'conflict', detail: `${found.resolved.name} resolved it already.` });
  try {
    await stores.getByName(found.store_id).resolveIncident(id);
  } catch {
    return err({ code: 'store_unavailable' });
  }
  const care = { at: act.now, by: act.principal.id, name, note };
  return ok({
    body: { ...found, status: 'resolved', resolved: care },
    statements: [writeCare(act, found, 'resolved', care), audit(db, act, 'incident.resolve', id, { name })],
  });
}

/** One incident, or null where the caller's reach has none of that id. */
async function findIncident(db: Db, { principal }: Act, id: string): Promise<Incident | null> {
  const rows = await db
    .select(INCIDENT_COLUMNS)
    .from(incident)
    .innerJoin(store, itsStore)
    .leftJoin(incidentCare, itsCare)
    .where(and(reachedIncidents(principal), eq(incident.id, id)))
    .limit(1);
  return (await describeIncidents(db, principal, rows))[0] ?? null;
}

/** The first word stands: of two that race, the later one changes nothing. */
function writeCare(
  { principal }: Act,
  { id, store_id }: Incident,
  step: 'acknowledged' | 'resolved',
  care: NonNullable<Incident['acknowledged']>,
): Statement {
  const [at, by, name, note] = ['at', 'by', 'name', 'note'].map((field) => sql.raw(`${step}_${field}`));
  return statement(sql`INSERT INTO ${incidentCare} (retailer_id, store_id, incident_id, ${at}, ${by}, ${name}, ${note})
    VALUES (${principal.retailer_id}, ${store_id}, ${id}, ${care.at}, ${care.by}, ${care.name}, ${care.note})
    ON CONFLICT (retailer_id, store_id, incident_id) DO UPDATE SET
      ${at} = excluded.${at}, ${by} = excluded.${by}, ${name} = excluded.${name}, ${note} = excluded.${note}
    WHERE ${incidentCare}.${at} IS NULL`);
}
