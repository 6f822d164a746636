import { spawnSync } from 'node:child_process';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../support/sesame.ts';

let sesame: Sesame;
const data = freshDataDir();

beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

describe.each(['edge', 'cloud', 'agent'] as const)('%s', (service) => {
  it('describes every route in valid OpenAPI 3.1 and shows it on a page that asks nobody else', async () => {
    const reply = await call(sesame[service], 'GET', '/openapi.json');
    expect(reply.status).toBe(200);
    const document = Document.parse(reply.json);
    expect(document.openapi).toMatch(/^3\.1/);
    const result = await new Validator().validate(JSON.parse(reply.text));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    const docs = await call(sesame[service], 'GET', '/docs');
    expect(docs.status).toBe(200);
    expect(docs.text).not.toMatch(/(?:src|href)="https?:/);
    for (const path of Object.keys(document.paths))
      expect(docs.text).toContain(path.replaceAll('&', '&amp;'));
  });

  it('is alive and ready, and names each request', async () => {
    for (const path of ['/livez', '/readyz']) {
      const reply = await call(sesame[service], 'GET', path, { headers: { 'request-id': 'abc-1' } });
      expect(reply.status, path).toBe(200);
      expect(reply.headers.get('request-id')).toBe('abc-1');
    }
  });
});

it('the agent tells Prometheus what it did', async () => {
  const metrics = await call(sesame.agent, 'GET', '/metrics', { token: sesame.tokens.kiosk });
  expect(metrics.status).toBe(200);
  for (const name of [
    'sesame_tag_reads_total',
    'sesame_gate_decisions_total',
    'sesame_gate_decision_seconds',
    'sesame_feed_cursor',
    'sesame_outbox_backlog',
    'sesame_prints_total',
  ]) {
    expect(metrics.text).toContain(name);
  }
});

it.each(['edge', 'cloud'])('wrangler deploys %s as it stands (dry run)', (environment) => {
  const run = spawnSync(
    process.execPath,
    ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '-e', environment],
    {
      encoding: 'utf8',
      env: { ...process.env, CI: 'true', WRANGLER_SEND_METRICS: 'false' },
    },
  );
  expect(run.status, run.stdout + run.stderr).toBe(0);
});
