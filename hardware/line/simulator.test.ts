import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type SimulatedLine, startLineSimulator } from './simulator.ts';

let edge: Server;
let sockets: WebSocketServer;
let line: SimulatedLine;
let base: string;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

beforeEach(async () => {
  edge = createServer(async (request, response) => response.end(await bodyOf(request)));
  sockets = new WebSocketServer({ server: edge });
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  edge.listen(0, '127.0.0.1');
  await once(edge, 'listening');
  const address = edge.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  line = await startLineSimulator({ port: 0, target: { host: '127.0.0.1', port: address.port } });
  base = `127.0.0.1:${line.port}`;
});
afterEach(async () => {
  await line.close();
  for (const client of sockets.clients) client.terminate();
  edge.close();
  edge.closeAllConnections();
});

const post = async (body: string | Uint8Array<ArrayBuffer>): Promise<Buffer> => {
  const response = await fetch(`http://${base}/`, { method: 'POST', body, headers: { connection: 'close' } });
  return Buffer.from(await response.arrayBuffer());
};

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${base}/`);
  await once(socket, 'open');
  return socket;
}

async function echo(socket: WebSocket, text: string): Promise<string> {
  socket.send(text);
  const [data] = await once(socket, 'message');
  return String(data);
}

test('HTTP and WebSocket pass through, also more than the line holds', async () => {
  expect(String(await post('hello'))).toBe('hello');
  const big = new Uint8Array(8 * 1_048_576).map((_, i) => i % 251);
  expect((await post(big)).equals(big)).toBe(true);
  const socket = await openSocket();
  expect(await echo(socket, 'frame')).toBe('frame');
  socket.close();
  await once(socket, 'close');
});

test('cut breaks what is open and refuses what is new; heal lets new connections through', async () => {
  const socket = await openSocket();
  expect(line.state()).toEqual({ up: true, delay_ms: 0, connections: 1 });
  const broken = once(socket, 'close');
  socket.on('error', () => {});
  line.cut();
  await broken;
  await expect(post('lost')).rejects.toThrow();
  expect(line.state().up).toBe(false);
  line.heal();
  expect(String(await post('again'))).toBe('again');
});

test('both ends of a cut connection learn of it', async () => {
  const served = once(sockets, 'connection');
  const socket = await openSocket();
  socket.on('error', () => {});
  const [far] = await served;
  far.on('error', () => {});
  const gone = once(far, 'close');
  line.cut();
  await gone;
});

test('a delayed line keeps the order, also when the delay ends meanwhile', async () => {
  const socket = await openSocket();
  const got: string[] = [];
  const all = new Promise<void>((resolve) =>
    socket.on('message', (data) => {
      if (got.push(String(data)) === 20) resolve();
    }),
  );
  line.delay(60);
  for (let i = 0; i < 10; i++) socket.send(`slow ${i}`);
  await new Promise((resolve) => setTimeout(resolve, 10));
  line.delay(0);
  for (let i = 0; i < 10; i++) socket.send(`fast ${i}`);
  await all;
  expect(got).toEqual([
    ...Array.from({ length: 10 }, (_, i) => `slow ${i}`),
    ...Array.from({ length: 10 }, (_, i) => `fast ${i}`),
  ]);
  socket.close();
});

test('a delay holds bytes back for at least its time', async () => {
  line.delay(50);
  const began = performance.now();
  await post('there and back');
  expect(performance.now() - began).toBeGreaterThan(95);
});

test('a half-closed connection is half-closed at the far end, too', async () => {
  const raw = connect({ port: line.port, host: '127.0.0.1', allowHalfOpen: true });
  raw.end('GET / HTTP/1.1\r\nhost: line\r\nconnection: close\r\n\r\n');
  let answer = '';
  for await (const chunk of raw) answer += chunk;
  expect(answer).toContain('200 OK');
});

test('an edge that is away breaks the connection instead of hanging', async () => {
  edge.close();
  edge.closeAllConnections();
  await once(edge, 'close');
  await expect(post('nobody')).rejects.toThrow();
});

test('closing twice is fine and frees the port', async () => {
  const { port } = line;
  await Promise.all([line.close(), line.close()]);
  const again = await startLineSimulator({ port, target: { host: '127.0.0.1', port: 1 } });
  expect(again.port).toBe(port);
  await again.close();
});
