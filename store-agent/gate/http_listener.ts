import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { IRequest } from 'itty-router';
import { IttyRouter } from 'itty-router/IttyRouter';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import { fieldErrors, type ProblemCode, type ProblemExtras, problem } from '../../shared/http/problem.ts';
import type { Judge } from '../exit/judge.ts';
import type { HttpAnswer } from '../exit/keonn.ts';
import { ReadsBody } from '../exit/reads.ts';
import { gateOf, type PathToken } from './gate_keys.ts';
import { type KeonnPort, keonnCall } from './keonn_call.ts';

const BODY_BYTES_MAX = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 256;

export interface GateHttpContext extends KeonnPort {
  gates(): readonly DeviceCredential[] | null;
  tokens: readonly PathToken[];
  judge: Judge;
  onMalformed(gateId: string, bytes: number): void;
}

/** Who calls and with what; the router itself looks at method and path alone. */
interface Caller {
  headers: IncomingMessage['headers'];
  remote: string;
  body: string;
}

/** The gates' own HTTP port, on their own thread. Gates sign in with their device secret; nobody else may ask. */
export class GateHttp {
  readonly #context: GateHttpContext;
  readonly #server: Server;
  readonly #router = IttyRouter<IRequest, [Caller]>();

  private constructor(context: GateHttpContext) {
    this.#context = context;
    const keonn = (request: IRequest, caller: Caller) =>
      this.#asGate(request, caller, (gateId) => keonnCall(context, gateId, caller.body));
    this.#router
      .post('/rfid/keonn/check-epcs/', keonn)
      .post('/rfid/keonn/:token/check-epcs/', keonn)
      .post('/v1/gates/:gate_id/reads', (request, caller) =>
        this.#asGate(request, caller, (gateId) => this.#reads(request, caller.body, gateId)),
      )
      .get('/v1/tags/:epc', (request, caller) =>
        this.#asGate(request, caller, () => this.#tag(request.params['epc'] ?? '')),
      );
    this.#server = createServer(
      { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, noDelay: true },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Rejects when the port cannot be taken. */
  static async listen(context: GateHttpContext, at: { host: string; port: number }): Promise<GateHttp> {
    const http = new GateHttp(context);
    await new Promise<void>((resolve, reject) => {
      http.#server.once('error', reject);
      http.#server.listen(at.port, at.host, () => resolve());
    });
    return http;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request);
    const isProblem = answer.body.startsWith('{"type":');
    response.writeHead(answer.status, {
      'content-type': isProblem ? 'application/problem+json' : 'application/json',
      'content-length': Buffer.byteLength(answer.body),
      'cache-control': 'no-store',
      ...(answer.status === 401 ? { 'www-authenticate': 'Basic realm="gate"' } : {}),
    });
    response.end(answer.body);
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer> {
    const body = await bodyOf(request);
    if (body === null) return refusal('body_too_large');
    const caller: Caller = {
      headers: request.headers,
      remote: request.socket.remoteAddress ?? '',
      body,
    };
    try {
      const routed = new Request(`http://gate${request.url ?? '/'}`, { method: request.method ?? 'GET' });
      return (await this.#router.fetch(routed, caller)) ?? refusal('not_found');
    } catch {
      return refusal('internal');
    }
  }

  async #asGate(
    request: IRequest,
    caller: Caller,
    then: (gateId: string) => Promise<HttpAnswer> | HttpAnswer,
  ): Promise<HttpAnswer> {
    const gates = this.#context.gates();
    if (gates === null) return refusal('store_unavailable');
    const key = caller.headers['x-gate-key'];
    const gateId = gateOf(
      {
        authorization: caller.headers.authorization,
        gateKey: typeof key === 'string' ? key : undefined,
        pathToken: request.params['token'],
        remote: caller.remote,
      },
      gates,
      this.#context.tokens,
    );
    return gateId === null ? refusal('unauthenticated') : then(gateId);
  }

  async #reads(request: IRequest, body: string, gateId: string): Promise<HttpAnswer> {
    // Another gate's reads are nobody's business, and whether there is such a gate neither.
    if (request.params['gate_id'] !== gateId) return refusal('not_found');
    let json: unknown;
    try {
      json = JSON.parse(body);
    } catch {
      return refusal('malformed_json');
    }
    const parsed = ReadsBody.safeParse(json);
    if (!parsed.success) {
      this.#context.onMalformed(gateId, body.length);
      return refusal('invalid', { errors: fieldErrors(parsed.error) });
    }
    return { status: 200, body: JSON.stringify(await this.#context.answer(gateId, parsed.data)) };
  }

  #tag(text: string): HttpAnswer {
    const epc = canonicalEpc(text);
    if (!epc.ok) return refusal('bad_code', { detail: `not an EPC: ${epc.error.code}` });
    return { status: 200, body: JSON.stringify(this.#context.judge.judge([epc.value]).epcs[0]) };
  }
}

function refusal(code: ProblemCode, extras: ProblemExtras = {}): HttpAnswer {
  const document = problem(code, extras);
  return { status: document.status, body: JSON.stringify(document) };
}

/** The whole body as text, or null once it is more than anybody may say. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request) {
      bytes += part.length;
      if (bytes > BODY_BYTES_MAX) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString('utf8');
}
