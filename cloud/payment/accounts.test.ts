import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { Webhook, WebhookDetail } from '../../shared/rpc/webhooks.ts';
import {
  call,
  expectJson,
  expectProblem,
  newStore,
  newTenant,
  settings,
  type Tenant,
} from '../test/fixture.ts';
import { deliverWebhook } from '../test/inbox.ts';
import { AccountState } from './accounts.ts';

const Accounts = z.object({ data: z.array(AccountState) });
const Page = z.object({ data: z.array(Webhook), has_more: z.boolean() });

let tenant: Tenant;
let store: StoreId;
const key = `account-${crypto.randomUUID()}`;
const webhooks = () => `/v1/stores/${store}/payment_accounts/${key}/webhooks`;
const get = <T extends z.ZodType>(schema: T, path: string) =>
  expectJson(schema, 200, call('GET', path, { token: tenant.admin }));

beforeAll(async () => {
  tenant = await newTenant();
  const [gateway] = settings().gateways;
  if (gateway === undefined) throw new Error('settings without an account');
  store = await newStore(tenant, {
    gateways: [{ ...gateway, account_key: key, secret_ref: 'GATEWAY_SECRET_OF_IT', settings: { a: 'b' } }],
  });
});

describe('the messages of a payment account', () => {
  it('are there for staff, newest first, with counts, and no credential is named', async () => {
    const older = await deliverWebhook(key, store);
    const newer = await deliverWebhook(key, store, { kind: 'other', type: 'payout.paid' });
    const accounts = await get(Accounts, `/v1/stores/${store}/payment_accounts`);
    expect(accounts.data).toMatchObject([{ account_key: key, gateway: 'test' }]);
    expect(accounts.data[0]?.webhooks).toMatchObject({ ignored: 1 });
    expect(JSON.stringify(accounts)).not.toContain('GATEWAY_SECRET_OF_IT');

    const page = await get(Page, `${webhooks()}?limit=1`);
    expect(page).toMatchObject({ has_more: true, data: [{ id: newer, status: 'ignored' }] });
    expect((await get(Page, `${webhooks()}?starting_after=${newer}`)).data.map(({ id }) => id)).toEqual([
      older,
    ]);
    expect((await get(Page, `${webhooks()}?ending_before=${older}`)).data.map(({ id }) => id)).toEqual([
      newer,
    ]);
    expect((await get(Page, `${webhooks()}?status=ignored`)).data.map(({ id }) => id)).toEqual([newer]);
    await expectProblem(422, call('GET', `${webhooks()}?starting_after=whk_none`, { token: tenant.admin }));
    expect(await get(WebhookDetail, `${webhooks()}/${newer}`)).toMatchObject({
      id: newer,
      type: 'payout.paid',
    });
    expect((await get(WebhookDetail, `${webhooks()}/${newer}`)).body).toContain('payout.paid');
  });

  it('are replayed by managers, under a key once, and the log says who', async () => {
    const id = await deliverWebhook(key, store);
    const path = `${webhooks()}/${id}/replays`;
    const [manager, cashier] = [await tenant.hire('manager'), await tenant.hire('cashier')];
    await expectProblem(403, call('POST', path, { token: cashier }));
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const first = await expectJson(Webhook, 200, call('POST', path, { token: manager, headers }));
    // It names a payment of nobody.
    expect(first).toMatchObject({ id, status: 'unmatched' });
    const again = await call('POST', path, { token: manager, headers });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(Webhook.parse(JSON.parse(again.text))).toEqual(first);
  });

  it('are nobody else’s', async () => {
    const id = await deliverWebhook(key, store);
    const other = await newTenant();
    const theirs = await newStore(other);
    for (const path of [
      `/v1/stores/${store}/payment_accounts`,
      webhooks(),
      `${webhooks()}/${id}`,
      `/v1/stores/${theirs}/payment_accounts/${key}/webhooks`,
      `/v1/stores/${theirs}/payment_accounts/${key}/webhooks/${id}`,
    ])
      await expectProblem(404, call('GET', path, { token: other.admin }));
    await expectProblem(404, call('POST', `${webhooks()}/${id}/replays`, { token: other.admin }));
  });
});
