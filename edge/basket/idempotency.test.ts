import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { IDEMPOTENCY_KEPT_MS } from './idempotency.ts';
import { begin, bodyOf, COLA, objectOf, openShop, ring, scanCode, sqlOf } from './test/fixture.ts';

it('keys are kept for 35 days and then forgotten', async () => {
  const w = await begin(await openShop());
  bodyOf(await scanCode(w, COLA, 1, 'old'));
  bodyOf(await scanCode(w, COLA, 1, 'young'));
  await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
    sql.exec(`UPDATE idempotency SET at = at - ? WHERE key = 'old'`, IDEMPOTENCY_KEPT_MS);
    sql.exec(`UPDATE idempotency SET at = at - ? WHERE key = 'young'`, IDEMPOTENCY_KEPT_MS - 60_000);
  });
  expect(bodyOf(await scanCode(w, COLA, 1, 'old')).basket.lines[0]?.quantity).toBe(1);
  await ring(w);
  expect(await sqlOf(w, 'SELECT key FROM idempotency')).toEqual([{ key: 'young' }]);
  expect(bodyOf(await scanCode(w, COLA, 1, 'old')).basket.lines[0]?.quantity).toBe(3);
});
