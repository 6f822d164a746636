import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { openDb } from '../../db/client.ts';
import { staff as table } from '../../db/schema.ts';
import { SALT_BYTES } from '../../staff/password.ts';
import { CreateStaff, closeStaff, createStaff, STAFF_COLUMNS, Staff } from '../../staff/staff.ts';
import { commit, commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody } from '../route.ts';

const StaffSchema = Staff.openapi('Staff');

const list = guarded(ADMIN, {
  method: 'get',
  path: '/v1/staff',
  tags: ['Staff'],
  summary: 'The accounts of the retailer',
  request: { query: ListQuery },
  responses: { 200: jsonAnswer(listOf(StaffSchema), 'By e-mail') },
});

const create = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/staff',
  tags: ['Staff'],
  summary: 'Open an account',
  request: { headers: IdempotencyHeader, body: jsonBody(CreateStaff.openapi('CreateStaff')) },
  responses: { 201: jsonAnswer(StaffSchema, 'The account') },
});

const close = guardedWrite(ADMIN, {
  method: 'delete',
  path: '/v1/staff/{staff_id}',
  tags: ['Staff'],
  summary: 'Close an account; its tokens end at once',
  request: { params: z.object({ staff_id: z.string().max(128) }) },
  responses: { 200: jsonAnswer(StaffSchema, 'The account, closed') },
});

export function staff(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const ours = eq(table.retailer_id, c.get('principal').retailer_id);
    const at = async (id: string) => {
      const [row] = await db
        .select({ email: table.email })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.email];
    };
    const order = { columns: [table.email], direction: 'ascending', at } as const;
    const page = await readPage(c.req.valid('query'), order, ({ within, orderBy, limit }) =>
      db
        .select(STAFF_COLUMNS)
        .from(table)
        .where(and(ours, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });
  app.openapi(create, (c) =>
    commitOnce(c, Staff, 201, (db, act) =>
      createStaff(db, act, c.req.valid('json'), crypto.getRandomValues(new Uint8Array(SALT_BYTES))),
    ),
  );
  app.openapi(close, (c) => commit(c, 200, (db, act) => closeStaff(db, act, c.req.valid('param').staff_id)));
}
