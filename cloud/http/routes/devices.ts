import { z } from '@hono/zod-openapi';
import { and, eq, type SQL } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { DeviceId, StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { device as table } from '../../db/schema.ts';
import {
  CreateDevice,
  createDevice,
  DEVICE_COLUMNS,
  Device,
  NewDevice,
  revokeDevice,
} from '../../device/device.ts';
import { DeviceToken, renewToken, rotateDevice } from '../../device/rotate.ts';
import { commit, commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { freshSecrets } from '../device_secrets.ts';
import { ListQuery, readPage } from '../page.ts';
import { refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody, MANAGERS } from '../route.ts';

const DeviceSchema = Device.openapi('Device');
const NewDeviceSchema = NewDevice.openapi('NewDevice');

const list = guarded(MANAGERS, {
  method: 'get',
  path: '/v1/devices',
  tags: ['Devices'],
  summary: 'The devices of the stores within your reach',
  request: { query: ListQuery.extend({ store_id: StoreId.optional() }) },
  responses: { 200: jsonAnswer(listOf(DeviceSchema), 'Oldest first') },
});

const create = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/devices',
  tags: ['Devices'],
  summary: 'Add a device to a store',
  description:
    'The secret, and for kiosks and agents the token (400 days), are shown this once. The store lets the device in after its next publication.',
  request: { headers: IdempotencyHeader, body: jsonBody(CreateDevice.openapi('CreateDevice')) },
  responses: { 201: jsonAnswer(NewDeviceSchema, 'The device') },
});

const rotate = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/devices/{device_id}/rotations',
  tags: ['Devices'],
  summary: 'Give a device new secrets',
  description:
    'Here the old token ends at once; at the edge and in the store the old token and secret end with the next publication.',
  request: { params: z.object({ device_id: DeviceId }), headers: IdempotencyHeader },
  responses: { 201: jsonAnswer(NewDeviceSchema, 'The device and its new secrets, shown this once') },
});

const renew = guardedWrite(['agent', 'kiosk'], {
  method: 'post',
  path: '/v1/devices/{device_id}/tokens',
  tags: ['Devices'],
  summary: 'A new token for the device that asks',
  description: 'For 400 days. The one it asks with goes on counting until it expires.',
  request: { params: z.object({ device_id: DeviceId }), headers: IdempotencyHeader },
  responses: { 201: jsonAnswer(DeviceToken.openapi('DeviceToken'), 'The token, shown this once') },
});

const revoke = guardedWrite(ADMIN, {
  method: 'delete',
  path: '/v1/devices/{device_id}',
  tags: ['Devices'],
  summary: 'Revoke a device',
  description: 'Its token ends here at once; its store forgets it with the next publication.',
  request: { params: z.object({ device_id: DeviceId }) },
  responses: { 200: jsonAnswer(DeviceSchema, 'The device, revoked') },
});

export function devices(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id, ...query } = c.req.valid('query');
    const { retailer_id, store_id: own } = c.get('principal');
    const inStore = (id: StoreId | null | undefined): SQL | undefined =>
      id ? eq(table.store_id, id) : undefined;
    const ours = and(eq(table.retailer_id, retailer_id), inStore(own));
    const at = async (id: string) => {
      const [row] = await db
        .select({ created_at: table.created_at, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.created_at, row.id];
    };
    const order = { columns: [table.created_at, table.id], direction: 'ascending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select(DEVICE_COLUMNS)
        .from(table)
        .where(and(ours, inStore(store_id), within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json(
      { data: page.value.data.map((row) => Device.parse(row)), has_more: page.value.has_more },
      200,
    );
  });

  app.openapi(create, (c) =>
    commitOnce(c, NewDevice, 201, async (db, act) =>
      createDevice(db, act, c.req.valid('json'), await freshSecrets(c.env)),
    ),
  );
  app.openapi(rotate, (c) =>
    commitOnce(c, NewDevice, 201, async (db, act) =>
      rotateDevice(db, act, c.req.valid('param').device_id, await freshSecrets(c.env)),
    ),
  );
  app.openapi(renew, (c) =>
    commitOnce(c, DeviceToken, 201, async (db, act) => {
      const { sign } = await freshSecrets(c.env);
      return renewToken(db, act, c.req.valid('param').device_id, sign);
    }),
  );
  app.openapi(revoke, (c) =>
    commit(c, 200, (db, act) => revokeDevice(db, act, c.req.valid('param').device_id)),
  );
}
