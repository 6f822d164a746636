import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { App } from './context.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

/** Serves the app; rejects when the port cannot be taken. */
export async function serveHttp(app: App, listen: { host: string; port: number }): Promise<HttpServer> {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, noDelay: true },
    getRequestListener(app.fetch, { hostname: listen.host, overrideGlobalObjects: false }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Streams never end by themselves, and an idle keep-alive connection is owed nothing.
        server.closeAllConnections();
      }),
  };
}
