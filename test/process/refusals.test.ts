import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call, expectJson, expectProblem, Shopper } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../support/sesame.ts';

/** Bad input of every kind: a typed error or a health fact, and nothing lost or half-done. */
let sesame: Sesame;
const data = freshDataDir();

beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

describe('scans', () => {
  it.each([
    ['a code nobody sells', { code: '4006381333931' }, 404, 'unknown_item'],
    ['a wrong check digit', { code: '5901234123456' }, 422, 'bad_code'],
    ['nothing to read', { code: '   ' }, 422, 'bad_code'],
    ['a code that is too long', { code: 'x'.repeat(900) }, 422, 'bad_code'],
    ['an EPC that is not hex', { epc: 'ZZZ' }, 422, 'bad_code'],
    ['both a code and an EPC', { code: '1', epc: '2' }, 422, 'invalid'],
    ['neither', {}, 422, 'invalid'],
    ['an unknown field', { code: '4006381333931', colour: 'red' }, 422, 'invalid'],
    ['a quantity of zero', { code: '4006381333931', quantity: 0 }, 422, 'invalid'],
  ])('%s', async (_what, body, status, code) => {
    const shopper = await Shopper.enter(sesame);
    const basket = await shopper.openBasket();
    expect(
      await expectProblem(status, shopper.call('POST', `/v1/baskets/${basket.id}/scans`, { body })),
    ).toBe(code);
    const after = await expectJson(
      z.looseObject({ lines: z.array(z.unknown()) }),
      200,
      shopper.call('GET', `/v1/baskets/${basket.id}`),
    );
    expect(after.lines).toEqual([]);
  });

  it('a tag that is in another basket, in this one, or sold', async () => {
    const epc = sesame.samples.epcs[2] ?? '';
    const first = await Shopper.enter(sesame);
    const second = await Shopper.enter(sesame);
    const mine = await first.openBasket();
    await first.scan(mine.id, { epc });
    const theirs = await second.openBasket();
    const again = (shopper: Shopper, id: string) =>
      expectProblem(409, shopper.call('POST', `/v1/baskets/${id}/scans`, { body: { epc } }));
    expect(await again(first, mine.id)).toBe('epc_in_basket');
    expect(await again(second, theirs.id)).toBe('epc_in_other_basket');
    const order = await first.openOrder(mine.id);
    await first.pay(order.id);
    await first.orderWhen(order.id, (o) => o.payment_status === 'captured');
    expect(await again(second, theirs.id)).toBe('epc_sold');
    expect(
      await expectProblem(
        409,
        first.call('POST', `/v1/baskets/${mine.id}/scans`, { body: { code: sesame.samples.codes[0] } }),
      ),
    ).toBe('basket_locked');
  });
});

describe('callers', () => {
  it('without a token, with a foreign one, for another’s trip, in another role', async () => {
    const shopper = await Shopper.enter(sesame);
    const basket = await shopper.openBasket();
    const other = await Shopper.enter(sesame);
    expect(await expectProblem(401, call(sesame.edge, 'GET', `/v1/baskets/${basket.id}`))).toBe(
      'unauthenticated',
    );
    expect(
      await expectProblem(
        401,
        call(sesame.edge, 'GET', `/v1/baskets/${basket.id}`, { token: `${shopper.token}x` }),
      ),
    ).toBe('unauthenticated');
    expect(await expectProblem(404, other.call('GET', `/v1/baskets/${basket.id}`))).toBe('not_found');
    expect(
      await expectProblem(404, other.call('POST', '/v1/orders', { body: { basket_id: basket.id } })),
    ).toBe('not_found');
    expect(
      await expectProblem(
        403,
        call(sesame.edge, 'GET', `/v1/baskets/${basket.id}`, { token: sesame.tokens.kiosk }),
      ),
    ).toBe('forbidden');
    // Staff look into a basket; they put nothing into it.
    const body = { code: sesame.samples.codes[0] };
    expect(
      await expectProblem(
        403,
        call(sesame.edge, 'POST', `/v1/baskets/${basket.id}/scans`, { token: sesame.tokens.cashier, body }),
      ),
    ).toBe('forbidden');
    expect(
      await expectProblem(409, shopper.call('POST', '/v1/orders', { body: { basket_id: basket.id } })),
    ).toBe('basket_empty');
    const elsewhere = 'str_01890000-0000-7000-8000-000000000000';
    expect(
      await expectProblem(404, shopper.call('POST', '/v1/baskets', { body: { store_id: elsewhere } })),
    ).toBe('unknown_store');
    expect(
      await expectProblem(
        404,
        call(sesame.edge, 'POST', '/v1/guest_sessions', { body: { store_id: elsewhere } }),
      ),
    ).toBe('unknown_store');
    expect(await expectProblem(404, shopper.call('GET', `/v1/stores/${elsewhere}`))).toBe('not_found');
    expect(
      await expectProblem(404, shopper.call('GET', `/v1/baskets/bsk_01890000-0000-7000-8000-000000000000`)),
    ).toBe('not_found');
    expect(await expectProblem(404, shopper.call('GET', `/v1/baskets/17`))).toBe('not_found');
    expect(await expectProblem(401, call(sesame.cloud, 'GET', '/v1/orders', { token: 'nonsense' }))).toBe(
      'unauthenticated',
    );
    expect(await expectProblem(403, call(sesame.cloud, 'GET', '/v1/orders', { token: shopper.token }))).toBe(
      'forbidden',
    );
    expect(await expectProblem(401, call(sesame.agent, 'GET', `/v1/tags/${sesame.samples.epcs[0]}`))).toBe(
      'unauthenticated',
    );
    expect(
      await expectProblem(
        403,
        call(sesame.agent, 'GET', `/v1/tags/${sesame.samples.epcs[0]}`, { token: shopper.token }),
      ),
    ).toBe('forbidden');
  });
});

describe('bodies', () => {
  it.each(['edge', 'agent'] as const)('malformed, too large, of another type: %s', async (service) => {
    const shopper = await Shopper.enter(sesame);
    const base = sesame[service];
    const path = service === 'edge' ? '/v1/guest_sessions' : '/v1/print_jobs';
    const token = service === 'edge' ? shopper.token : sesame.tokens.kiosk;
    expect(await expectProblem(400, call(base, 'POST', path, { token, raw: '{"store_id":' }))).toBe(
      'malformed_json',
    );
    expect(
      await expectProblem(
        413,
        call(base, 'POST', path, { token, raw: JSON.stringify({ x: 'y'.repeat(1_100_000) }) }),
      ),
    ).toBe('body_too_large');
    expect(
      await expectProblem(
        415,
        call(base, 'POST', path, { token, raw: 'a=b', headers: { 'content-type': 'text/plain' } }),
      ),
    ).toBe('unsupported_media_type');
    expect(await expectProblem(422, call(base, 'POST', path, { token, body: { nothing: 'known' } }))).toBe(
      'invalid',
    );
  });

  it('an idempotency key answers the first success again, and refuses another body', async () => {
    const shopper = await Shopper.enter(sesame);
    const first = await shopper.call('POST', '/v1/baskets', {
      body: { store_id: sesame.store_id },
      key: 'one',
    });
    const again = await shopper.call('POST', '/v1/baskets', {
      body: { store_id: sesame.store_id },
      key: 'one',
    });
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.json).toEqual(first.json);
    const id = z.looseObject({ id: z.string() }).parse(first.json).id;
    const scan = (code: string) =>
      shopper.call('POST', `/v1/baskets/${id}/scans`, { body: { code }, key: 'two' });
    const scanned = await scan(sesame.samples.codes[0] ?? '');
    expect((await scan(sesame.samples.codes[0] ?? '')).json).toEqual(scanned.json);
    expect(await expectProblem(422, scan(sesame.samples.codes[1] ?? ''))).toBe('idempotency_key_reuse');
    const session = () =>
      call(sesame.edge, 'POST', '/v1/guest_sessions', {
        body: { store_id: sesame.store_id },
        key: `session-${id}`,
      });
    expect((await session()).json).toEqual((await session()).json);
  });
});

describe('devices', () => {
  it('bytes that are not MQTT end that connection and nobody else’s', async () => {
    const { hostname, port } = new URL(sesame.mqtt);
    await new Promise<void>((resolve, reject) => {
      const socket = net.connect(Number(port), hostname, () =>
        socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n')),
      );
      socket.once('close', () => resolve());
      socket.once('error', () => resolve());
      setTimeout(() => reject(new Error('the broker kept a connection that speaks no MQTT')), 10_000).unref();
    });
    expect((await call(sesame.agent, 'GET', '/readyz')).status).toBe(200);
  });
});
