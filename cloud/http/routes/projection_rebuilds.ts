import { audit } from '../../audit/record.ts';
import { openDb } from '../../db/client.ts';
import { Rebuilt, rebuildProjection } from '../../project/rebuild.ts';
import { hasStore } from '../../store/find_store.ts';
import { actOfRequest } from '../commit.ts';
import type { App } from '../context.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guardedWrite, jsonAnswer } from '../route.ts';
import { StorePath } from './stores.ts';

const create = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/stores/{store_id}/projection_rebuilds',
  tags: ['Stores'],
  summary: 'Build the store’s orders and events anew from the store itself',
  description:
    'Refused where the store no longer keeps all of its events. Where `complete` is false, the rest follows within minutes. Repeating it is harmless, so an Idempotency-Key has no effect.',
  request: { params: StorePath },
  responses: { 201: jsonAnswer(Rebuilt.openapi('ProjectionRebuild'), 'How many events were applied') },
});

export function projectionRebuilds(app: App): void {
  app.openapi(create, async (c) => {
    const db = openDb(c.env.DB);
    const act = actOfRequest(c);
    const place = { retailer_id: act.principal.retailer_id, store_id: c.req.valid('param').store_id };
    if (!(await hasStore(db, place.retailer_id, place.store_id))) return refuse(c, 'not_found');
    const audited = audit(db, act, 'projection.rebuild', place.store_id);
    const rebuilt = await rebuildProjection(
      db,
      c.env.STORE.getByName(place.store_id),
      place,
      act.now,
      audited,
    );
    return rebuilt.ok ? c.json(rebuilt.value, 201) : refused(c, rebuilt.error);
  });
}
