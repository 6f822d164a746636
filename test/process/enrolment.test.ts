import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call, expectJson } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

let sesame: Sesame;
let agent: ChildProcess | null = null;
const data = freshDataDir();
const folder = freshDataDir();
const file = join(folder, 'agent.json');

beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  agent?.kill('SIGKILL');
  await sesame?.stop();
  removeDataDir(data);
  removeDataDir(folder);
});

const admin = <T extends z.ZodType>(schema: T, path: string, body: unknown): Promise<z.infer<T>> =>
  expectJson(schema, 201, call(sesame.cloud, 'POST', path, { token: sesame.tokens.admin, body }));

async function run(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, ['store-agent/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

const Findings = z.array(z.object({ part: z.string(), state: z.string(), says: z.string() }).loose());
const doctor = async () => Findings.parse(JSON.parse((await run('doctor', '--config', file, '--json')).out));

describe('a second agent of the store', () => {
  it('enrols with its code, is told by the doctor what is missing, and runs once the store is published', async () => {
    const device = await admin(z.looseObject({ id: z.string() }), '/v1/devices', {
      store_id: sesame.store_id,
      kind: 'agent',
      name: 'Back room',
    });
    const config = {
      store_id: sesame.store_id,
      agent_id: device.id,
      edge_url: sesame.edge,
      cloud_url: sesame.cloud,
      token_file: 'token',
      data_dir: 'data',
      http: { port: 0 },
      mqtt: { port: 0 },
    };
    writeFileSync(file, JSON.stringify(config));
    expect((await doctor()).find(({ part }) => part === 'token')?.state).toBe('wrong');

    const { code } = await admin(
      z.looseObject({ code: z.string() }),
      `/v1/devices/${device.id}/enrolment_codes`,
      {},
    );
    const enrolled = await run('enrol', '--config', file, '--code', code.toLowerCase());
    expect(enrolled.code, enrolled.err).toBe(0);
    expect(readFileSync(join(folder, 'token'), 'utf8').trim().split('.')).toHaveLength(3);
    const again = await run('enrol', '--config', file, '--code', code);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('unknown, used or too old') });

    await admin(z.unknown(), `/v1/stores/${sesame.store_id}/publications`, {});
    const findings = await doctor();
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);

    agent = spawn(process.execPath, ['store-agent/main.ts', '--config', file], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(agent.stdout ?? agent, 'data');
    const { http } = z.looseObject({ http: z.url() }).parse(JSON.parse(String(line)));
    await until('the second agent to be linked', async () => {
      const sync = await call(http, 'GET', '/syncz');
      return z.looseObject({ link: z.string() }).parse(sync.json).link === 'up';
    });
  });
});
