import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { openDb } from '../../db/client.ts';
import { promotionImportEntry as entryTable, promotionImport as table } from '../../db/schema.ts';
import { beginImport, ImportRequest } from '../../promotion/import/begin_import.ts';
import { FILE_BYTES_MAX, piecesOf } from '../../promotion/import/body.ts';
import {
  IMPORT_COLUMNS,
  ImportedEntry,
  importOf,
  PromotionImport,
} from '../../promotion/import/import_row.ts';
import { type ImportLine, runImport } from '../../promotion/import/run_import.ts';
import { actOfRequest } from '../commit.ts';
import type { App, Ctx } from '../context.ts';
import { leaveBody } from '../limits.ts';
import { logError } from '../log.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guarded, guardedWrite, jsonAnswer, STAFF } from '../route.ts';

const ImportSchema = PromotionImport.openapi('PromotionImport');
/** A plain string for the types: by its name they would take a stream of JSON for JSON. */
const NDJSON: string = 'application/x-ndjson';
const ImportPath = z.object({ import_id: z.string().max(64) });

const create = guardedWrite(
  ADMIN,
  {
    method: 'post',
    path: '/v1/promotion_imports',
    tags: ['Promotions'],
    summary: 'Import a file of promotions',
    description: `The file is the body, at most ${FILE_BYTES_MAX} bytes. The answer comes while it is read: a JSON object a line, \`progress\` ones and at the end the \`report\`. Broken entries are left out and reported by line; the same file again changes nothing, so an Idempotency-Key has no effect. With \`store_id\` the whole file is for that store.`,
    request: {
      query: ImportRequest,
      body: {
        required: true,
        content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
      },
    },
    responses: {
      200: {
        description: 'How far it is, line by line, and the report',
        content: { [NDJSON]: { schema: z.string() } },
      },
    },
  },
  leaveBody,
);

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotion_imports',
  tags: ['Promotions'],
  summary: 'The imports of promotion files',
  request: { query: ListQuery },
  responses: { 200: jsonAnswer(listOf(ImportSchema), 'Newest first') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotion_imports/{import_id}',
  tags: ['Promotions'],
  summary: 'One import and what came of it',
  request: { params: ImportPath },
  responses: { 200: jsonAnswer(ImportSchema, 'The import') },
});

const listEntries = guarded(STAFF, {
  method: 'get',
  path: '/v1/promotion_imports/{import_id}/entries',
  tags: ['Promotions'],
  summary: 'The entries of the file that were refused, or taken with a note',
  request: { params: ImportPath, query: ListQuery },
  responses: {
    200: jsonAnswer(
      listOf(ImportedEntry.openapi('PromotionImportEntry')),
      'As they stand in the file; the cursor is a position',
    ),
  },
});

export function promotionsImport(app: App): void {
  app.openapi(create, async (c) => {
    const { raw } = c.req;
    if (Number(c.req.header('content-length') ?? 0) > FILE_BYTES_MAX) return refuse(c, 'body_too_large');
    const db = openDb(c.env.DB);
    const act = actOfRequest(c);
    const begun = await beginImport(db, act, c.req.valid('query'));
    if (!begun.ok) return refused(c, begun.error);
    const bytes = { read: 0 };
    const reading = { db, act, begun: begun.value, clock: () => Date.now(), bytes };
    const lines = runImport(reading, piecesOf(raw.body, bytes));
    return c.body(streamOf(c, lines), 200, { 'content-type': NDJSON });
  });

  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const ours = eq(table.retailer_id, c.get('principal').retailer_id);
    const at = async (id: string) => {
      const [row] = await db
        .select({ started_at: table.started_at, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.started_at, row.id];
    };
    const page = await readPage(
      c.req.valid('query'),
      { columns: [table.started_at, table.id], direction: 'descending', at },
      ({ within, orderBy, limit }) =>
        db
          .select(IMPORT_COLUMNS)
          .from(table)
          .where(and(ours, within))
          .orderBy(...orderBy)
          .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json({ data: page.value.data.map(importOf), has_more: page.value.has_more }, 200);
  });

  app.openapi(read, async (c) => {
    const [row] = await openDb(c.env.DB).select(IMPORT_COLUMNS).from(table).where(oursOf(c));
    return row === undefined ? refuse(c, 'not_found') : c.json(importOf(row), 200);
  });

  app.openapi(listEntries, async (c) => {
    const db = openDb(c.env.DB);
    const [known] = await db.select({ id: table.id }).from(table).where(oursOf(c));
    if (known === undefined) return refuse(c, 'not_found');
    const ours = and(
      eq(entryTable.retailer_id, c.get('principal').retailer_id),
      eq(entryTable.import_id, known.id),
    );
    const at = async (position: string) => {
      const [row] = await db
        .select({ position: entryTable.position })
        .from(entryTable)
        .where(and(ours, eq(entryTable.position, Number(position))));
      return row === undefined ? null : [row.position];
    };
    const page = await readPage(
      c.req.valid('query'),
      { columns: [entryTable.position], direction: 'ascending', at },
      ({ within, orderBy, limit }) =>
        db
          .select({
            position: entryTable.position,
            line: entryTable.line,
            key: entryTable.key,
            problems: entryTable.problems,
            notes: entryTable.notes,
          })
          .from(entryTable)
          .where(and(ours, within))
          .orderBy(...orderBy)
          .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    const data = page.value.data.map(({ problems, notes, ...row }) =>
      ImportedEntry.parse({ ...row, problems: JSON.parse(problems), notes: JSON.parse(notes) }),
    );
    return c.json({ data, has_more: page.value.has_more }, 200);
  });
}

const oursOf = (c: Ctx) =>
  and(eq(table.retailer_id, c.get('principal').retailer_id), eq(table.id, c.req.param('import_id') ?? ''));

/** Lines as they come: reading goes on only as fast as they are taken. */
function streamOf(c: Ctx, lines: AsyncGenerator<ImportLine>): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(utf8.encode(`${JSON.stringify(value)}\n`));
      } catch (error) {
        logError('import failed', { request_id: c.get('requestId'), error });
        controller.error(error);
      }
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
