import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EscposSimulator, startEscposSimulator } from '../../../hardware/escpos/simulator.ts';
import { type SimulatedLine, startLineSimulator } from '../../../hardware/line/simulator.ts';
import { type LlrpSimulator, startLlrpSimulator } from '../../../hardware/llrp/simulator.ts';
import { createFront } from './front.ts';
import { World } from './world.ts';

const HOST = '127.0.0.1';

let agent: Server;
let front: Server;
let line: SimulatedLine;
let llrp: LlrpSimulator;
let printer: EscposSimulator;
let base: string;
let kills: number;

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

beforeEach(async () => {
  kills = 0;
  agent = createServer((incoming, outgoing) => {
    if (incoming.url === '/v1/floor/stream') {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
      outgoing.write('event: link\ndata: {}\n\n');
      return;
    }
    outgoing.writeHead(201, {
      'x-path': incoming.url ?? '',
      'x-host': incoming.headers.host ?? '',
      'x-auth': incoming.headers.authorization ?? '',
    });
    incoming.pipe(outgoing);
  });
  agent.listen(0, HOST);
  await once(agent, 'listening');
  [line, llrp, printer] = await Promise.all([
    startLineSimulator({ port: 0, target: { host: HOST, port: portOf(agent) } }),
    startLlrpSimulator({ port: 0 }),
    startEscposSimulator({ host: HOST, port: 0 }),
  ]);
  front = createFront({
    world: new World({ line, llrp, printer }),
    walks: () => null,
    killAgent: () => ++kills === 1,
    agent: { host: HOST, port: portOf(agent) },
  });
  front.listen(0, HOST);
  await once(front, 'listening');
  base = `http://${HOST}:${portOf(front)}`;
});
afterEach(async () => {
  for (const server of [front, agent]) {
    server.close();
    server.closeAllConnections();
  }
  await Promise.all([line.close(), llrp.close(), printer.close()]);
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('what is the agent’s', () => {
  test('goes to the agent with its body, path and token, and comes back', async () => {
    const answer = await post('/v1/print_jobs?x=1', { hello: 'paper' }, { authorization: 'Bearer t' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-path')).toBe('/v1/print_jobs?x=1');
    expect(answer.headers.get('x-auth')).toBe('Bearer t');
    expect(answer.headers.get('x-host')).toBe(base.slice('http://'.length));
    expect(await answer.json()).toEqual({ hello: 'paper' });
  });

  test('an event stream begins at once and ends with its reader', async () => {
    const leaving = new AbortController();
    const answer = await fetch(`${base}/v1/floor/stream`, { signal: leaving.signal });
    const first = await answer.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('event: link');
    leaving.abort();
    await expect
      .poll(() => new Promise((resolve) => agent.getConnections((_error, count) => resolve(count))))
      .toBe(0);
  });

  test('an agent that is away is a 502, not a broken page', async () => {
    agent.close();
    agent.closeAllConnections();
    expect((await fetch(`${base}/v1/floor`)).status).toBe(502);
  });
});

describe('the buttons', () => {
  test('the line is cut, healed and slowed', async () => {
    expect((await post('/demo/line', { state: 'cut' })).status).toBe(200);
    expect(line.state().up).toBe(false);
    const state = await (await post('/demo/line', { state: 'up', delay_ms: 40 })).json();
    expect(state).toMatchObject({ line: 'up', line_delay_ms: 40 });
  });

  test('the printer runs out of paper and its cover opens', async () => {
    await post('/demo/printer', { paper: 'out', cover: 'open' });
    const state = await (await fetch(`${base}/demo/state`)).json();
    expect(state).toMatchObject({
      printer: { paper: 'out', cover: 'open', receipts: [] },
      tags: { paid: [], unpaid: [], foreign: [] },
    });
  });

  test('the agent is killed; when there is none, that is said', async () => {
    expect((await post('/demo/agent/kill', {})).status).toBe(200);
    const again = await post('/demo/agent/kill', {});
    expect(again.status).toBe(503);
    expect(await again.json()).toMatchObject({ code: 'store_unavailable' });
  });

  test('a tag passes both antennas of the reader and leaves', async () => {
    const walked = await post('/demo/lane/walk', { epc: '3034257BF7194E4000001A85', lane: 'llrp' });
    expect(await walked.json()).toEqual({ epc: '3034257BF7194E4000001A85', lane: 'llrp', outputs: [] });
  });

  test('a walk before the store is seeded is refused', async () => {
    expect((await post('/demo/lane/walk', { kind: 'paid' })).status).toBe(503);
    expect((await post('/demo/lane/walk', { epc: '3034257BF7194E4000001A85' })).status).toBe(503);
  });

  test('the stream tells of every change', async () => {
    const answer = await fetch(`${base}/demo/stream`);
    const reader = answer.body?.getReader();
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(await next()).toContain('"line":"up"');
    await post('/demo/line', { state: 'cut' });
    expect(await next()).toContain('"line":"cut"');
    await reader?.cancel();
  });
});

describe('who may press them', () => {
  test.each([
    ['a page of another origin', { origin: 'https://example.com' }],
    ['a name that was bent to this address', { host: 'rebound.example' }],
  ])('not %s', async (_who, headers) => {
    const status = await new Promise<number>((resolve, reject) => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
      request(`${base}/demo/agent/kill`, options, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end('{}');
    });
    expect(status).toBe(403);
    expect(kills).toBe(0);
  });

  test('this very page', async () => {
    expect((await post('/demo/agent/kill', {}, { origin: base })).status).toBe(200);
  });

  test.each([
    ['/demo/line', { state: 'down' }, 422],
    ['/demo/line', { state: 'up', extra: 1 }, 422],
    ['/demo/lane/walk', { epc: 'xyz' }, 422],
    ['/demo/nothing', {}, 404],
  ])('%s %j is refused with %i', async (path, body, status) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a body that is no JSON, and a GET of a button', async () => {
    const text = await fetch(`${base}/demo/line`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(text.status).toBe(415);
    const broken = await fetch(`${base}/demo/line`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.status).toBe(400);
    expect((await fetch(`${base}/demo/line`)).status).toBe(405);
  });
});
