import { lookup } from 'node:dns/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { type DeviceAccess, openAccess } from '../credentials.ts';
import { callHttp, type HttpCall, type HttpPlace, keepConnections, letGo } from '../device_http.ts';
import { reasonOf } from '../health.ts';
import type { CommandFailure, ZebraCarrier, ZebraCommand, ZebraSession } from './carrier.ts';
import { REPORT_BYTES_MAX } from './tag_event.ts';

/** Where the local REST interface has each command. */
const ROUTES = {
  set_mode: { method: 'PUT', path: '/cloud/mode' },
  start: { method: 'PUT', path: '/cloud/start' },
  stop: { method: 'PUT', path: '/cloud/stop' },
  set_gpo: { method: 'PUT', path: '/cloud/gpo' },
  get_status: { method: 'GET', path: '/cloud/status' },
} as const satisfies Record<ZebraCommand['name'], { method: HttpCall['method']; path: string }>;

/** One reader posts here. */
const CONNECTIONS_MAX = 16;

/** The answer of the login: the token stands in `message`. */
const Login = z.object({ message: z.string().min(1).max(8_192) });

export interface HttpCarrierOptions extends DeviceAccess {
  /** Where the reader posts its tag data; the installer types this address into the reader. */
  listen: { host: string; port: number };
  commandTimeoutMs: number;
}

/**
 * A reader that is commanded over its local REST interface and posts its tag data to the agent. Only the
 * reader's own address may post; the listener outlives a lost control interface, so that reads still come.
 */
export class HttpCarrier implements ZebraCarrier {
  readonly where: string;
  readonly #options: HttpCarrierOptions;
  #server: Server | null = null;
  #onReport: (text: string) => void = () => {};
  #allowed: ReadonlySet<string> = new Set();

  constructor(options: HttpCarrierOptions) {
    this.#options = options;
    this.where = options.base;
  }

  /** The port that tag data is taken on; 0 while it is not. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async open(onReport: (text: string) => void, signal: AbortSignal): Promise<Result<ZebraSession, string>> {
    this.#onReport = onReport;
    try {
      const host = new URL(this.#options.base).hostname.replace(/^\[|\]$/g, '');
      this.#allowed = new Set((await lookup(host, { all: true })).map((one) => one.address));
      await this.#listen();
    } catch (error) {
      return err(`Tag data cannot be taken: ${reasonOf(error)}.`);
    }
    const session = new HttpSession(this.#options, signal);
    const failure = await session.login();
    return failure === null ? ok(session) : err(failure);
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #listen(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer({ noDelay: true }, (request, response) => this.#take(request, response));
    const { host, port } = this.#options.listen;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
    server.on('error', () => {});
    server.maxConnections = CONNECTIONS_MAX;
    this.#server = server;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const from = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const refuse = (status: number): void => {
      response.writeHead(status, { connection: 'close' }).end();
      request.resume();
    };
    if (!this.#allowed.has(from)) {
      refuse(403);
      return;
    }
    if (request.method !== 'POST') {
      refuse(405);
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > REPORT_BYTES_MAX) request.destroy();
      else chunks.push(chunk);
    });
    request.on('error', () => {});
    request.on('end', () => {
      // Taken is taken: a reader that waits for a verdict on each read would fall behind.
      response.writeHead(200).end();
      this.#onReport(Buffer.concat(chunks).toString('utf8'));
    });
  }
}

class HttpSession implements ZebraSession {
  /** There is no connection that could be lost: whether the reader is there shows when it is asked. */
  readonly closed = new Promise<string>(() => {});
  readonly #options: HttpCarrierOptions;
  readonly #signal: AbortSignal;
  #open: { place: HttpPlace; token: string } | null = null;

  constructor(options: HttpCarrierOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Null when the reader gave a token, else why it did not. */
  async login(): Promise<string | null> {
    const access = await openAccess(this.#options);
    if (!access.ok) return access.error;
    const { place, authorization } = access.value;
    const call: HttpCall = { method: 'GET', path: '/cloud/localRestLogin', authorization };
    const login = await callHttp(place, call, this.#options.commandTimeoutMs, this.#signal);
    if (!login.ok) return login.error.detail;
    const { status, text } = login.value;
    if (isRefusal(status)) return 'The reader refuses the user name or password.';
    const token = Login.safeParse(jsonOf(text));
    if (status !== 200 || !token.success) return `The login was answered with ${status} and no token.`;
    await this.end();
    this.#open = { place: keepConnections(place), token: token.data.message };
    return null;
  }

  /** A token that ran out is renewed, and the command given again: nothing else has to begin anew for that. */
  async command(command: ZebraCommand): Promise<Result<void, CommandFailure>> {
    const answer = await this.#ask(command);
    if (answer.ok || answer.error.code !== 'credentials') return answer;
    const failure = await this.login();
    return failure === null ? this.#ask(command) : err({ code: 'credentials', detail: failure });
  }

  async #ask({ name, payload }: ZebraCommand): Promise<Result<void, CommandFailure>> {
    const { method, path } = ROUTES[name];
    if (this.#open === null) return err({ code: 'gone', detail: 'The reader was not logged in to.' });
    const call = {
      method,
      path,
      authorization: `Bearer ${this.#open.token}`,
      ...(method === 'GET' ? {} : { body: payload }),
    };
    const answer = await callHttp(this.#open.place, call, this.#options.commandTimeoutMs, this.#signal);
    if (!answer.ok) {
      const code = answer.error.code === 'timeout' ? 'timeout' : 'gone';
      return err({ code, detail: answer.error.detail });
    }
    const { status, text } = answer.value;
    if (status >= 200 && status < 300) return ok(undefined);
    if (isRefusal(status)) return err({ code: 'credentials', detail: 'The reader wants a new login.' });
    return err({ code: 'refused', detail: `The reader answered ${status} to ${name}: ${reasonOf(text)}.` });
  }

  async end(): Promise<void> {
    if (this.#open !== null) letGo(this.#open.place);
  }
}

const isRefusal = (status: number): boolean => status === 401 || status === 403;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
