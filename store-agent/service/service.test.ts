import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../testing/agent.ts';
import { AGENT, STORE, tempFolder } from '../testing/fixtures.ts';
import { Signer } from '../testing/signer.ts';
import { enrolAgent } from './enrol.ts';
import { isDue, renewWhenDue } from './renew_token.ts';
import { tellSystemd } from './watchdog.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_S = 24 * 3_600;
const signer = new Signer();
let folder: ReturnType<typeof tempFolder>;
let server: Server;
let cloud: string;
let asked: { path: string; authorization: string | undefined; body: string }[];
let answer: { status: number; body: unknown };
const logged: string[] = [];
const log = (level: string, message: string): number => logged.push(`${level} ${message}`);

beforeEach(async () => {
  folder = tempFolder();
  asked = [];
  logged.length = 0;
  answer = { status: 201, body: {} };
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  cloud = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  folder.remove();
});

describe('enrolment', () => {
  const config = () => ({ agent_id: AGENT, store_id: STORE, token_file: join(folder.path, 'etc', 'token') });
  const device = { id: AGENT, store_id: STORE, kind: 'agent', token: 'a.b.c' };

  it('keeps the token for the owner’s eyes alone', async () => {
    answer.body = device;
    expect(await enrolAgent(config(), `${cloud}/`, 'K7QP4-M2X9T')).toMatchObject({ ok: true });
    expect(asked).toMatchObject([{ path: '/v1/enrolments', body: '{"code":"K7QP4-M2X9T"}' }]);
    expect(readFileSync(config().token_file, 'utf8').trim()).toBe('a.b.c');
    expect(statSync(config().token_file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a code that is none', 401, {}, /unknown, used or too old/],
    ['a code of another agent', 201, { ...device, id: 'agt_other' }, /another agent/],
    ['a code of another store', 201, { ...device, store_id: 'str_other' }, /another agent/],
    ['a code of a gate', 201, { ...device, kind: 'gate', token: undefined }, /needs no token/],
    ['a cloud that is ill', 500, {}, /answers 500/],
  ])('writes nothing for %s', async (_what, status, body, why) => {
    answer = { status, body };
    const enrolled = await enrolAgent(config(), cloud, 'X');
    expect(enrolled.ok ? '' : enrolled.error).toMatch(why);
    expect(existsSync(config().token_file)).toBe(false);
  });
});

describe('the token', () => {
  const context = (token: string) => {
    const tokenFile = join(folder.path, 'token');
    writeFileSync(tokenFile, token);
    return { cloudUrl: cloud, agentId: AGENT, tokenFile, token: async () => token, now: Date.now, log };
  };

  it('is renewed in its last two months, and not before', async () => {
    const old = await signer.token('agent', { expiresInS: 59 * DAY_S });
    expect(isDue(old, Date.now())).toBe(true);
    expect(isDue(await signer.token('agent', { expiresInS: 61 * DAY_S }), Date.now())).toBe(false);
    answer.body = { device_id: AGENT, token: 'new.to.ken' };
    const due = context(old);
    expect(await renewWhenDue(due)).toBe(true);
    expect(asked).toMatchObject([{ path: `/v1/devices/${AGENT}/tokens`, authorization: `Bearer ${old}` }]);
    expect(readFileSync(due.tokenFile, 'utf8').trim()).toBe('new.to.ken');
  });

  it('stays as it is when the cloud is not well', async () => {
    answer = { status: 503, body: {} };
    const due = context(await signer.token('agent', { expiresInS: DAY_S }));
    expect(await renewWhenDue(due)).toBe(false);
    expect(readFileSync(due.tokenFile, 'utf8')).toBe(await due.token());
    expect(logged).toEqual(['warn the token could not be renewed']);
  });
});

describe('systemd', () => {
  const environment = { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '20000' };

  it('hears that the agent is ready, that it lives, and that it stops', async () => {
    const heard: string[] = [];
    const end = tellSystemd({
      environment,
      alive: () => true,
      log,
      notify: async (state) => void heard.push(...state),
    });
    await until(() => expect(heard.filter((one) => one === 'WATCHDOG=1').length).toBeGreaterThan(2));
    expect(heard[0]).toBe('READY=1');
    await end();
    expect(heard.at(-1)).toBe('STOPPING=1');
  });

  it('hears nothing while something that must run does not', async () => {
    const heard: string[] = [];
    let looks = 0;
    const alive = (): boolean => {
      looks += 1;
      return false;
    };
    const end = tellSystemd({ environment, alive, log, notify: async (state) => void heard.push(...state) });
    await until(() => expect(looks).toBeGreaterThan(3));
    await end();
    expect(heard).not.toContain('WATCHDOG=1');
  });

  it('is told by systemd-notify, and its absence is said once', async () => {
    const tool = join(folder.path, 'systemd-notify');
    const record = join(folder.path, 'record');
    writeFileSync(tool, `#!/bin/sh\necho "$@" >> '${record}'\n`);
    chmodSync(tool, 0o755);
    vi.stubEnv('PATH', `${folder.path}:${process.env['PATH']}`);
    const end = tellSystemd({ environment, alive: () => true, log });
    await until(() => expect(readFileSync(record, 'utf8')).toContain('WATCHDOG=1'));
    await end();
    expect(readFileSync(record, 'utf8')).toMatch(/^READY=1 STATUS=/);
    vi.stubEnv('PATH', join(folder.path, 'nothing'));
    let looks = 0;
    const lost = tellSystemd({ environment, alive: () => ++looks > 0, log });
    await until(() => expect(looks).toBeGreaterThan(3));
    await lost();
    vi.unstubAllEnvs();
    expect(logged).toEqual(['error systemd was not told']);
  });

  it('is left alone where it is not there', async () => {
    const end = tellSystemd({ environment: {}, alive: () => true, log, notify: async () => expect.fail() });
    await end();
  });
});
