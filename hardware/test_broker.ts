import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/** A broker on the LAN that is not the agent's, for the tests of drivers that speak on one. */
export interface TestBroker {
  broker: Aedes;
  port: number;
  url: string;
  /** May be called again. */
  close(): Promise<void>;
}

export async function startTestBroker(port = 0): Promise<TestBroker> {
  const broker = new Aedes();
  await broker.listen();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    broker,
    port: taken,
    url: `mqtt://127.0.0.1:${taken}`,
    close: async () => {
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
