import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { type Agent, startAgent } from '../agent.ts';
import { parseConfig } from '../config.ts';
import type { TestEdge } from './edge.ts';
import { AGENT, STORE } from './fixtures.ts';

/** How long a test waits for what must come; far more than it takes. */
export const PATIENCE_MS = 20_000;
export const until = (assertion: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 5 });

/** A whole agent in this process, against a test edge, on free ports. */
export interface TestAgent extends Agent {
  url: string;
  logs: string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  token?: string | null;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  json: any;
}

/** The text of a configuration file for an agent of the test store. */
export async function agentConfig(
  edge: TestEdge,
  folder: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  writeFileSync(join(folder, 'token'), await edge.token('agent'));
  return JSON.stringify({
    store_id: STORE,
    agent_id: AGENT,
    edge_url: edge.url,
    token_file: 'token',
    data_dir: 'data',
    http: { port: 0 },
    mqtt: { port: 0 },
    ...more,
  });
}

export async function startTestAgent(
  edge: TestEdge,
  folder: string,
  more: Record<string, unknown> = {},
): Promise<TestAgent> {
  const logs: string[] = [];
  const config = unwrap(parseConfig(await agentConfig(edge, folder, more), folder));
  const agent = unwrap(
    await startAgent(config, {
      now: Date.now,
      monotonicMs: () => performance.now(),
      random: () => 0,
      log: (level, message, fields) => logs.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    }),
  );
  const url = `http://127.0.0.1:${agent.httpPort}`;
  const kiosk = await edge.token('kiosk');
  return {
    ...agent,
    url,
    logs,
    call: (method, path, options = {}) => callHttp(url, method, path, { token: kiosk, ...options }),
  };
}

export async function callHttp(
  url: string,
  method: string,
  path: string,
  { token, body, raw, headers = {} }: CallOptions,
): Promise<Answer> {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null || token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answered = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(answered);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text: answered, json };
}
