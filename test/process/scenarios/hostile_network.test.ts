import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OfflineSale } from '../../../shared/offline/document.ts';
import { kioskOfAgent } from '../../support/agent_kiosk.ts';
import { call, expectJson, expectProblem, Shopper } from '../../support/client.ts';
import { Gate } from '../../support/gate.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../../support/sesame.ts';

/** Somebody is on the shop's network, and has a phone with a token like everybody: what may they do? */
let sesame: Sesame;
let shopper: Shopper;
const data = freshDataDir();
beforeAll(async () => {
  sesame = await startSesame({ data });
  shopper = await Shopper.enter(sesame);
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});
const Device = z.looseObject({ username: z.string(), secret: z.string() });
const Incidents = z.looseObject({ data: z.array(z.looseObject({ kind: z.string() })) });

it('answers no gate that it does not know, and no shopper who asks as one', async () => {
  const [epc = ''] = sesame.samples.epcs;
  const ask = (headers: Record<string, string>) =>
    call(sesame.agent, 'POST', '/rfid/keonn/check-epcs/', { body: { epcs: [epc] }, headers });
  const { username, password } = sesame.tokens.gate;
  const known = await ask(basic(username, password));
  expect([known.status, known.json]).toEqual([400, { [epc]: '0' }]);
  const strangers: Record<string, string>[] = [
    {},
    basic('gat_unknown', password),
    basic(username, `${password}x`),
    { 'x-gate-key': 'guess' },
    { authorization: `Bearer ${shopper.token}` },
  ];
  for (const headers of strangers) expect(await expectProblem(401, ask(headers))).toBe('unauthenticated');
  const list = `/v1/stores/${sesame.store_id}/tags`;
  expect(await expectProblem(403, shopper.call('GET', list))).toBe('forbidden');
  expect(await expectProblem(403, shopper.call('GET', `${list}/${epc}`))).toBe('forbidden');
  expect(
    await expectProblem(403, call(sesame.agent, 'GET', `/v1/tags/${epc}`, { token: shopper.token })),
  ).toBe('forbidden');
});

it('takes no offline sale without an agent’s name and seal, and staff learn of a broken one', async () => {
  const { sell, send, upload } = await kioskOfAgent(sesame, 'Kiosk of nobody');
  const sale = sell();
  const path = `/v1/stores/${sesame.store_id}/offline_transactions`;
  const as = (token?: string) =>
    call(sesame.edge, 'POST', path, {
      body: { transactions: [sale] },
      ...(token === undefined ? {} : { token }),
    });
  expect(await expectProblem(401, as())).toBe('unauthenticated');
  for (const token of [shopper.token, sesame.tokens.kiosk, sesame.tokens.admin])
    expect(await expectProblem(403, as(token))).toBe('forbidden');
  const forged = OfflineSale.parse({ ...sale, totals: { ...sale.totals, total: 1 } });
  const answer = await send(forged);
  expect([answer.status, answer.json]).toMatchObject([200, { results: [{ status: 'invalid' }] }]);
  const read = () =>
    call(sesame.edge, 'GET', `/v1/orders/${sale.order_id}`, { token: sesame.tokens.manager });
  expect(await expectProblem(404, read())).toBe('not_found');
  await until('staff to be told', async () => {
    const incidents = call(sesame.cloud, 'GET', '/v1/incidents', { token: sesame.tokens.manager });
    const { data: told } = await expectJson(Incidents, 200, incidents);
    return told.some(({ kind }) => kind === 'offline_invalid');
  });
  expect(await upload(sale)).toEqual(['accepted']);
  expect((await read()).status).toBe(200);
});

it('lets a printer say nothing about tags or in a gate’s name, and writes it down', async () => {
  const { cloud, store_id, tokens } = sesame;
  const body = { store_id, kind: 'printer', name: 'Hostile printer' };
  const made = call(cloud, 'POST', '/v1/devices', { token: tokens.admin, body });
  const { username, secret } = await expectJson(Device, 201, made);
  const publish = call(cloud, 'POST', `/v1/stores/${store_id}/publications`, {
    token: tokens.admin,
    body: {},
  });
  await expectJson(z.unknown(), 201, publish);
  const [, epc = ''] = sesame.samples.epcs;
  const connect = () =>
    mqtt.connectAsync(sesame.mqtt, {
      username,
      password: secret,
      clientId: username,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
  for (const topic of [
    `sesame/v1/${store_id}/epcs/${epc}/state`,
    `sesame/v1/${store_id}/gates/${sesame.gate_id}/decision`,
    `sesame/v1/${store_id}/gates/${sesame.gate_id}/reads`,
  ]) {
    const printer = await until('the printer to be known', () => connect().catch(() => null));
    const cut = new Promise<true>((resolve) => printer.once('close', () => resolve(true)));
    printer.on('error', () => {});
    printer.publish(topic, JSON.stringify({ state: 'sold', decision: 'open', id: 'x', reads: [] }), {
      qos: 1,
    });
    expect(await cut).toBe(true);
    printer.end(true);
  }
  await until('the log', async () =>
    sesame
      .stderr()
      .split('\n')
      .some((line) => line.includes('mqtt client dropped') && line.includes(username)),
  );
  const gate = await Gate.connect(sesame);
  expect((await gate.walk(epc)).decision).toBe('alarm');
  await gate.close();
});

it('hides another’s order from every verb and hands it over to nobody', async () => {
  const owner = await Shopper.enter(sesame);
  const order = await owner.buy([{ code: sesame.samples.codes[0] ?? '' }]);
  for (const [method, path] of [
    ['GET', `/v1/orders/${order.id}`],
    ['GET', `/v1/orders/${order.id}/receipt`],
    ['GET', `/v1/orders/${order.id}/exit_pass`],
    ['POST', `/v1/orders/${order.id}/cancel`],
    ['GET', `/v1/baskets/${order.basket_id}`],
    ['GET', `/v1/payments/${order.payments[0]?.id}`],
  ] as const)
    expect(await expectProblem(404, shopper.call(method, path)), path).toBe('not_found');
  const card = { body: { gateway: 'test', method: 'card' } };
  const pay = shopper.call('POST', `/v1/orders/${order.id}/payments`, card);
  expect(await expectProblem(404, pay)).toBe('not_found');
  const transfer = await shopper.call('POST', `/v1/orders/${order.id}/transfer`, { body: {} });
  expect(transfer.status).toBe(404);
  const link = { store_id: sesame.store_id, order_id: order.id, reference: 'guessed-reference' };
  expect(await expectProblem(404, shopper.call('POST', '/v1/pay_links', { body: link }))).toBe('not_found');
  expect((await owner.order(order.id)).status).toBe('completed');
});

const Document = z.looseObject({
  security: z.array(z.unknown()).optional(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        security: z.array(z.record(z.string(), z.unknown())).optional(),
        'x-roles': z.array(z.string()).optional(),
      }),
    ),
  ),
});

/** All that answers without a token, written down here: a route that loses its guard is not in it. */
const SERVICE = ['GET /docs', 'GET /livez', 'GET /openapi.json', 'GET /readyz'];
const PUBLIC: Record<'edge' | 'cloud' | 'agent', string[]> = {
  edge: [
    ...SERVICE,
    'GET /.well-known/jwks.json',
    'GET /test_provider/{account_key}/challenges/{id}',
    'POST /test_provider/{account_key}/challenges/{id}',
    'POST /v1/guest_sessions',
    'POST /v1/pay_links',
  ],
  cloud: [...SERVICE, 'GET /.well-known/jwks.json', 'POST /v1/enrolments', 'POST /v1/staff_sessions'],
  agent: [...SERVICE, 'GET /healthz', 'GET /metrics', 'GET /syncz'],
};
/** Printers sign in by HTTP Basic and providers sign what they say: nobody's printer and account is not found. */
const SIGNED = [
  'DELETE /v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  'GET /v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  'POST /v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  'POST /v1/stores/{store_id}/cloud_printers/{printer_id}/direct_print',
  'POST /v1/webhooks/{gateway}/{account_key}',
  'POST /v1/webhooks/{gateway}/{account_key}/{subject}',
];

describe.each(['edge', 'cloud', 'agent'] as const)('every route of the %s', (service) => {
  const routesOf = async () => {
    const reply = call(sesame[service], 'GET', '/openapi.json');
    const { paths } = await expectJson(Document, 200, reply);
    return Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path: path.replaceAll(/\{[^}]+\}/g, (name) => filled(name)),
        roles: operation['x-roles'],
      })),
    );
  };

  it('refuses who has no token, and a shopper where she has no business', async () => {
    const routes = await routesOf();
    expect(routes.length).toBeGreaterThan(20);
    const open: string[] = [];
    const open_to_shoppers: string[] = [];
    for (const { name, method, path, roles } of routes) {
      const ask = (token: { token?: string }) => call(sesame[service], method, path, token);
      const { status } = await ask({});
      if (SIGNED.includes(name)) expect(status, name).toBe(404);
      else if (status !== 401) open.push(name);
      else if (
        roles?.includes('shopper') !== true &&
        ![401, 403].includes((await ask({ token: shopper.token })).status)
      )
        open_to_shoppers.push(name);
    }
    expect(open.sort()).toEqual(PUBLIC[service].toSorted());
    expect(open_to_shoppers).toEqual([]);
  });
});

/** An id of the right kind that names nothing, or the shop's own where it must. */
function filled(name: string): string {
  if (name === '{store_id}') return sesame.store_id;
  const kinds: Record<string, string> = {
    basket_id: 'bsk',
    order_id: 'ord',
    payment_id: 'pay',
    refund_id: 'rfd',
  };
  const kind = kinds[name.slice(1, -1)];
  return kind === undefined ? 'x' : `${kind}_${crypto.randomUUID()}`;
}
