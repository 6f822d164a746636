import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { listOf } from '../../../shared/http/list.ts';
import { LedgerId } from '../../../shared/ids/index.ts';
import { LedgerKind } from '../../../shared/ledger/book.ts';
import { ledgerName, readAccountCode } from '../../../shared/ledger/code.ts';
import { LedgerView } from '../../../shared/rpc/ledger.ts';
import { openDb } from '../../db/client.ts';
import { ledger as table } from '../../db/schema.ts';
import {
  askLedger,
  CreateLedger,
  findLedger,
  LEDGER_COLUMNS,
  LedgerDetail,
  LedgerRow,
  LedgerTerms,
  NewLedger,
} from '../../ledger/ledger.ts';
import { openLedger } from '../../ledger/open_ledger.ts';
import { setTerms } from '../../ledger/post.ts';
import { commit, commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import {
  guarded,
  guardedWrite,
  IdempotencyHeader,
  jsonAnswer,
  jsonBody,
  MANAGERS,
  refusal,
  STAFF,
} from '../route.ts';

const LedgerPath = z.object({ ledger_id: LedgerId });

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/ledgers',
  tags: ['Ledgers'],
  summary: 'The accounts of the store’s own money',
  description:
    'With `kind` and `code` the one account of that code, or none. What it holds is read by its id.',
  request: {
    query: ListQuery.extend({ kind: LedgerKind.optional(), code: z.string().max(128).optional() }),
  },
  responses: { 200: jsonAnswer(listOf(LedgerRow.openapi('LedgerRow')), 'Oldest first') },
});

const create = guardedWrite(MANAGERS, {
  method: 'post',
  path: '/v1/ledgers',
  tags: ['Ledgers'],
  summary: 'Issue a gift card, or open an account for points, credit or a budget',
  description:
    'A gift card without a `code` gets one of 18 characters, the last of them a check character. It is shown this once.',
  request: { headers: IdempotencyHeader, body: jsonBody(CreateLedger.openapi('CreateLedger')) },
  responses: { 201: jsonAnswer(NewLedger.openapi('NewLedger'), 'The account') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/ledgers/{ledger_id}',
  tags: ['Ledgers'],
  summary: 'An account, what it holds, and a page of its journal',
  request: {
    params: LedgerPath,
    query: ListQuery.omit({ ending_before: true }),
  },
  responses: {
    200: jsonAnswer(LedgerDetail.openapi('LedgerDetail'), 'The account; its journal newest first'),
    503: refusal('The account cannot be reached right now'),
  },
});

const change = guardedWrite(MANAGERS, {
  method: 'patch',
  path: '/v1/ledgers/{ledger_id}',
  tags: ['Ledgers'],
  summary: 'Change the limit of credit, or block an account',
  description: 'What is held already keeps its promise.',
  request: { params: LedgerPath, body: jsonBody(LedgerTerms.openapi('LedgerTerms')) },
  responses: { 200: jsonAnswer(LedgerView.openapi('Ledger'), 'The account') },
});

export function ledgers(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { kind, code, ...query } = c.req.valid('query');
    const { retailer_id } = c.get('principal');
    if (code !== undefined && kind === undefined) return refuse(c, 'invalid', { errors: [NEEDS_KIND] });
    const parsed = code === undefined ? null : readAccountCode(code);
    if (parsed?.ok === false) return c.json({ data: [], has_more: false }, 200);
    const ours = and(
      eq(table.retailer_id, retailer_id),
      kind === undefined ? undefined : eq(table.kind, kind),
      parsed === null || kind === undefined
        ? undefined
        : eq(table.object_name, ledgerName(retailer_id, kind, parsed.value)),
    );
    const at = async (id: string) => {
      const [row] = await db
        .select({ created_at: table.created_at, id: table.id })
        .from(table)
        .where(and(eq(table.retailer_id, retailer_id), eq(table.id, LedgerId.catch(NOBODYS).parse(id))));
      return row === undefined ? null : [row.created_at, row.id];
    };
    const order = { columns: [table.created_at, table.id], direction: 'ascending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select(LEDGER_COLUMNS)
        .from(table)
        .where(and(ours, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    return page.ok ? c.json(page.value, 200) : refused(c, page.error);
  });
  app.openapi(create, (c) =>
    commitOnce(c, NewLedger, 201, (db, act) =>
      openLedger(db, c.env.LEDGER, act, c.req.valid('json'), (bytes) => crypto.getRandomValues(bytes)),
    ),
  );
  app.openapi(read, async (c) => {
    const { limit, starting_after: after } = c.req.valid('query');
    const found = await findLedger(
      openDb(c.env.DB),
      c.get('principal').retailer_id,
      c.req.valid('param').ledger_id,
    );
    if (found === null) return refuse(c, 'not_found');
    const object = c.env.LEDGER.getByName(found.object_name);
    const page = await askLedger(() => object.page({ after, limit }));
    if (!page.ok && page.error.code === 'not_found') return refuse(c, 'not_found');
    if (!page.ok) return refuse(c, 'store_unavailable');
    const { view, journal, sales, repayments } = page.value;
    const { label, created_at } = found;
    return c.json({ ...view, label, created_at, journal, sales, repayments }, 200);
  });
  app.openapi(change, (c) =>
    commit(c, 200, (db, act) =>
      setTerms(
        { db, ledgers: c.env.LEDGER, act, call: null },
        c.req.valid('param').ledger_id,
        c.req.valid('json'),
      ),
    ),
  );
}

const NEEDS_KIND = { path: '/kind', code: 'required', message: 'a code is one of a kind' };
const NOBODYS = LedgerId.parse('lgr_00000000-0000-0000-0000-000000000000');
