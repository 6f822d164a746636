import { z } from '@hono/zod-openapi';
import { listOf } from '../../../shared/http/list.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { ok } from '../../../shared/result.ts';
import { Webhook, WebhookDetail, WebhookStatus } from '../../../shared/rpc/webhooks.ts';
import { audit } from '../../audit/record.ts';
import { openDb } from '../../db/client.ts';
import { AccountState, accountsOf, hasAccount } from '../../payment/accounts.ts';
import { commitOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { ListQuery } from '../page.ts';
import { refuse } from '../refuse.ts';
import { guarded, guardedWrite, IdempotencyHeader, jsonAnswer, MANAGERS, STAFF } from '../route.ts';

const AccountPath = z.object({ store_id: StoreId, account_key: z.string().max(200) });
const WebhookPath = AccountPath.extend({ webhook_id: z.string().max(100) });
const at = '/v1/stores/{store_id}/payment_accounts/{account_key}/webhooks';
const tags = ['Payments'];

const listAccounts = guarded(STAFF, {
  method: 'get',
  path: '/v1/stores/{store_id}/payment_accounts',
  tags,
  summary: 'The payment accounts of a store, and how the messages of their providers stand',
  request: { params: z.object({ store_id: StoreId }) },
  responses: {
    200: jsonAnswer(z.object({ data: z.array(AccountState.openapi('PaymentAccountState')) }), 'All of them'),
  },
});

const list = guarded(STAFF, {
  method: 'get',
  path: at,
  tags,
  summary: 'What a provider told of its own accord',
  request: { params: AccountPath, query: ListQuery.extend({ status: WebhookStatus.optional() }) },
  responses: { 200: jsonAnswer(listOf(Webhook.openapi('Webhook')), 'Newest first') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: `${at}/{webhook_id}`,
  tags,
  summary: 'One message with its body; what could be used to pay is struck out',
  request: { params: WebhookPath },
  responses: { 200: jsonAnswer(WebhookDetail.openapi('WebhookDetail'), 'The message') },
});

const replay = guardedWrite(MANAGERS, {
  method: 'post',
  path: `${at}/{webhook_id}/replays`,
  tags,
  summary: 'Apply a message once more',
  description: 'The provider is asked again, so nothing is taken or given back twice.',
  request: { params: WebhookPath, headers: IdempotencyHeader },
  responses: { 200: jsonAnswer(Webhook, 'The message as it stands now') },
});

export function paymentAccounts(app: App): void {
  app.openapi(listAccounts, async (c) => {
    const { store_id } = c.req.valid('param');
    const data = await accountsOf(openDb(c.env.DB), c.env, c.get('principal').retailer_id, store_id);
    return data === null ? refuse(c, 'not_found') : c.json({ data }, 200);
  });

  app.openapi(list, async (c) => {
    const { store_id, account_key } = c.req.valid('param');
    const { status, limit, starting_after, ending_before } = c.req.valid('query');
    const ours = await hasAccount(openDb(c.env.DB), c.get('principal').retailer_id, store_id, account_key);
    if (!ours) return refuse(c, 'not_found');
    const page = await c.env.INBOX.getByName(account_key).list({
      limit,
      ...(status === undefined ? {} : { status }),
      ...(starting_after === undefined ? {} : { after: starting_after }),
      ...(ending_before === undefined ? {} : { before: ending_before }),
    });
    if (page !== null) return c.json(page, 200);
    const path = ending_before === undefined ? '/starting_after' : '/ending_before';
    return refuse(c, 'invalid', {
      errors: [{ path, code: 'bad_cursor', message: 'names no row of this list' }],
    });
  });

  app.openapi(read, async (c) => {
    const { store_id, account_key, webhook_id } = c.req.valid('param');
    const ours = await hasAccount(openDb(c.env.DB), c.get('principal').retailer_id, store_id, account_key);
    const found = ours ? await c.env.INBOX.getByName(account_key).read(webhook_id) : null;
    return found === null ? refuse(c, 'not_found') : c.json(found, 200);
  });

  app.openapi(replay, (c) =>
    commitOnce(c, Webhook, 200, async (db, act) => {
      const { store_id, account_key, webhook_id } = c.req.valid('param');
      if (!(await hasAccount(db, act.principal.retailer_id, store_id, account_key)))
        return { ok: false, error: { code: 'not_found' } };
      const replayed = await c.env.INBOX.getByName(account_key).replay(webhook_id);
      if (!replayed.ok) return replayed;
      const told = audit(db, act, 'webhook.replay', webhook_id, { status: replayed.value.status });
      return ok({ body: replayed.value, statements: [told] });
    }),
  );
}
