import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface BoxRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}
export interface BoxAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}
/** `silence`: the request is taken and never answered. `lost`: it is done, and the answer never arrives. */
export type Fault = 'silence' | 'lost' | BoxAnswer;

/** A vendor's box on a socket: it does what its handler says and refuses everything else. */
export class VendorBox {
  readonly requests: BoxRequest[] = [];
  /** What the next requests meet, one each. */
  readonly faults: Fault[] = [];
  readonly #handle: (request: BoxRequest) => BoxAnswer;
  #server: Server | null = null;

  constructor(handle: (request: BoxRequest) => BoxAnswer) {
    this.#handle = handle;
  }

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://box');
        const seen: BoxRequest = {
          method: request.method ?? '',
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          body,
        };
        this.requests.push(seen);
        const fault = this.faults.shift();
        if (fault === 'silence') return;
        const answer = fault === undefined || fault === 'lost' ? this.#handle(seen) : fault;
        if (fault === 'lost') {
          request.socket.destroy();
          return;
        }
        const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
        response.end(text);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
