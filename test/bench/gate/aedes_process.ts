import { createServer } from 'node:net';
import { Aedes } from 'aedes';

// A plain aedes broker in a process of its own, for its round trip.

const broker = new Aedes();
await broker.listen();
const server = createServer({ noDelay: true }, (socket) => broker.handle(socket));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
