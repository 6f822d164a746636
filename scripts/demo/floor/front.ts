import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { EpcHex } from '../../../shared/api/common.ts';
import { fieldErrors, type ProblemCode, type ProblemExtras, problem } from '../../../shared/http/problem.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { passOn } from './proxy.ts';
import { type Walks, walk } from './walks.ts';
import type { World } from './world.ts';

const BODY_BYTES_MAX = 16 * 1024;
const DELAY_MS_MAX = 10_000;
const PREFIX = '/demo/';

const Walk = z.union([
  z.strictObject({ epc: EpcHex, lane: z.enum(['mqtt', 'llrp']).default('mqtt') }),
  z.strictObject({
    kind: z.enum(['paid', 'unpaid', 'foreign']),
    lane: z.enum(['mqtt', 'llrp']).default('mqtt'),
  }),
]);
const Line = z.strictObject({
  state: z.enum(['up', 'cut']).optional(),
  delay_ms: z.number().int().min(0).max(DELAY_MS_MAX).optional(),
});
const Printer = z.strictObject({
  paper: z.enum(['ok', 'near_end', 'out']).optional(),
  cover: z.enum(['open', 'closed']).optional(),
});
const Nothing = z.strictObject({});

export interface FrontOptions {
  world: World;
  /** Null until the store is seeded. */
  walks(): Walks | null;
  /** SIGKILL; false when no agent runs right now. */
  killAgent(): boolean;
  agent: { host: string; port: number };
}

type Refusal = { code: ProblemCode } & ProblemExtras;
type Answer = Result<unknown, Refusal>;
type Command = (body: unknown) => Promise<Answer>;

/**
 * The demo's own front: the store agent's interface and floor page, and beside them the buttons of the
 * simulated world under `/demo/`. Only this machine may press them: the request must name a loopback host
 * and, from a browser, come from this very page.
 */
export function createFront(options: FrontOptions): Server {
  const commands = commandsOf(options);
  return createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (!path.startsWith(PREFIX)) passOn(request, response, options.agent);
    else if (!isFromHere(request))
      refuse(response, { code: 'forbidden', detail: 'The demo obeys only its own page.' });
    else void serve(options, commands, path, request, response);
  });
}

async function serve(
  options: FrontOptions,
  commands: Record<string, Command>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (path === '/demo/state' && request.method === 'GET') {
    const tags = (await options.walks()?.tags()) ?? { paid: [], unpaid: [], foreign: [] };
    answer(response, 200, { ...options.world.state(), tags });
  } else if (path === '/demo/stream' && request.method === 'GET') {
    stream(options.world, response);
  } else {
    const command = commands[path];
    if (command === undefined) return refuse(response, { code: 'not_found' });
    if (request.method !== 'POST') return refuse(response, { code: 'method_not_allowed' });
    const body = await bodyOf(request);
    const done = body.ok ? await command(body.value) : body;
    if (done.ok) answer(response, 200, done.value);
    else refuse(response, done.error);
  }
}

function commandsOf({ world, walks, killAgent }: FrontOptions): Record<string, Command> {
  return {
    '/demo/lane/walk': parsed(Walk, async (asked) => {
      const choice = 'epc' in asked ? ok(asked.epc) : await walks()?.tagOf(asked.kind);
      if (choice === undefined) return unavailable('The store is not set up yet.');
      if (!choice.ok) return unavailable(choice.error.detail);
      const walked = await walk(world, asked.lane, choice.value);
      return walked.ok ? walked : unavailable(walked.error.detail);
    }),
    '/demo/line': parsed(Line, async (change) => {
      world.setLine(change);
      return ok(world.state());
    }),
    '/demo/printer': parsed(Printer, async (change) =>
      world.setPrinter(change) ? ok(world.state()) : unavailable('A real printer is used.'),
    ),
    '/demo/agent/kill': parsed(Nothing, async () =>
      killAgent()
        ? ok({ killed: true })
        : unavailable('The agent is not running right now; it comes back by itself.'),
    ),
  };
}

const unavailable = (detail: string) => err<Refusal>({ code: 'store_unavailable', detail });

function parsed<T>(schema: z.ZodType<T>, run: (body: T) => Promise<Answer>): Command {
  return async (body) => {
    const read = schema.safeParse(body);
    return read.success ? run(read.data) : err({ code: 'invalid', errors: fieldErrors(read.error) });
  };
}

/** Another page in the same browser must not reach these buttons, nor a name that was bent to this address. */
function isFromHere({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?$/.test(host)) return false;
  return headers.origin === undefined || headers.origin === `http://${host}`;
}

async function bodyOf(request: IncomingMessage): Promise<Result<unknown, Refusal>> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return err({ code: 'unsupported_media_type' });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return err({ code: 'body_too_large' });
    chunks.push(part);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return ok(body);
  } catch {
    return err({ code: 'malformed_json' });
  }
}

/** Server-sent events: the whole state at once and after every change. */
function stream(world: World, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (): void => {
    response.write(`event: state\ndata: ${JSON.stringify(world.state())}\n\n`);
  };
  send();
  const forget = world.onChange(send);
  response.on('close', forget);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, { code, ...extras }: Refusal): void {
  const document = problem(code, extras);
  response.writeHead(document.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(document));
}
