import { env, runDurableObjectAlarm, SELF } from 'cloudflare:test';
import { expect, it } from 'vitest';
import {
  bodyOf,
  hastenProvider,
  ORIGIN,
  openShop,
  ordered,
  payWith,
  readOrder,
  type Shop,
} from './test/fixture.ts';

const post = (shop: Shop, headers: Headers, body: string) =>
  SELF.fetch(`${ORIGIN}/v1/webhooks/test/${shop.account_key}`, { method: 'POST', headers, body });

it('a webhook of the provider finds its trip through the Worker, and a forged one does not', async () => {
  const shop = await openShop();
  const w = await ordered(shop);
  bodyOf(await payWith(w, 'card_pending'));
  const answers: number[] = [];
  await hastenProvider(shop, async (headers, body) => {
    const forged = new Headers([...headers, ['webhook-id', 'msg_another']]);
    for (const given of [forged, headers, headers]) {
      answers.push((await post(shop, new Headers(given), body)).status);
    }
    return true;
  });
  expect(answers).toEqual([401, 200, 200]);
  await runDurableObjectAlarm(env.INBOX.getByName(shop.account_key));
  expect((await readOrder(w)).order.payment_status).toBe('captured');
});
