import { createServer, type Socket } from 'node:net';
import type { Bus } from '../bus/broker.ts';

const CONNECTIONS_MAX = 256;

export interface MqttListener {
  port: number;
  close(): Promise<void>;
}

/** Accepts TCP connections for a broker; rejects when the port cannot be taken. */
export async function listenMqtt(bus: Bus, listen: { host: string; port: number }): Promise<MqttListener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    bus.accept(socket, { remote: socket.remoteAddress ?? '' });
  });
  server.maxConnections = CONNECTIONS_MAX;
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
        for (const socket of sockets) socket.destroy();
      }),
  };
}
