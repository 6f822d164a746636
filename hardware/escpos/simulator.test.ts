import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type EscposSimulator, startEscposSimulator } from './simulator.ts';

const HOST = '127.0.0.1';
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function simulator(): Promise<EscposSimulator> {
  const started = await startEscposSimulator({
    host: HOST,
    port: 0,
    now: () => Date.parse('2026-03-14T12:00:00Z'),
  });
  closing.push(() => started.close());
  return started;
}

/** A client that collects what it hears and can wait for a number of bytes. */
function client(sim: EscposSimulator) {
  const socket: Socket = connect({ host: HOST, port: sim.port, noDelay: true });
  closing.push(() => void socket.destroy());
  const heard: number[] = [];
  let wake = (): void => undefined;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    heard.push(...chunk);
    wake();
  });
  const hear = (count: number) =>
    new Promise<number[]>((resolve) => {
      wake = () => {
        if (heard.length >= count) resolve(heard.splice(0, count));
      };
      wake();
    });
  return { socket, hear, send: (...bytes: number[]) => void socket.write(Uint8Array.from(bytes)) };
}

test('answers status in the middle of a job and even of a command', async () => {
  const sim = await simulator();
  const { send, hear } = client(sim);
  send(0x41, 0x10, 0x04, 1, 0x42, 0x0a);
  expect(await hear(1)).toEqual([0x16]);
  expect(sim.uncut()).toBe('AB\n');
  sim.setCover('open');
  send(0x1d, 0x76, 0x30, 0x10, 0x04, 2);
  expect(await hear(1)).toEqual([0x16]);
  sim.setCover('closed');
  sim.setPaper('near_end');
  send(0x10, 0x04, 4, 0x10, 0x04, 3);
  expect(await hear(2)).toEqual([0x1e, 0x12]);
});

test('GS r and GS a answer in their turn, and then each change is told by itself', async () => {
  const sim = await simulator();
  const { send, hear } = client(sim);
  send(0x1d, 0x72, 1, 0x1d, 0x61, 0x0f);
  expect(await hear(5)).toEqual([0x00, 0x14, 0, 0, 0]);
  sim.setPaper('out');
  expect(await hear(4)).toEqual([0x1c, 0, 0x0f, 0]);
  sim.setPaper('ok');
  expect(await hear(4)).toEqual([0x14, 0, 0, 0]);
});

test('without paper a job waits in the buffer and comes out when there is paper', async () => {
  const sim = await simulator();
  const slips: string[] = [];
  sim.onReceipt((receipt) => slips.push(`${receipt.id} ${receipt.at} ${receipt.text}`));
  sim.setPaper('out');
  const { send, hear } = client(sim);
  send(0x41, 0x0a, 0x1d, 0x56, 66, 0, 0x10, 0x04, 4);
  expect(await hear(1)).toEqual([0x7e]);
  expect(slips).toEqual([]);
  sim.setPaper('ok');
  expect(slips).toEqual(['slip_1 2026-03-14T12:00:00.000Z A\n']);
});

test('serves one connection and lets the next one wait', async () => {
  const sim = await simulator();
  const first = client(sim);
  first.send(0x10, 0x04, 1);
  await first.hear(1);
  const second = client(sim);
  second.send(0x10, 0x04, 1);
  first.send(0x10, 0x04, 4);
  expect(await first.hear(1)).toEqual([0x12]);
  first.socket.end();
  expect(await second.hear(1)).toEqual([0x16]);
  expect(sim.connections()).toEqual({ total: 2, most: 2 });
});

test('a thawed printer prints what it was sent while it was frozen', async () => {
  const sim = await simulator();
  const { send, hear } = client(sim);
  sim.freeze();
  const printed = new Promise((resolve) => sim.onReceipt((receipt) => resolve(receipt.text)));
  send(0x41, 0x0a, 0x1d, 0x56, 66, 0);
  while (sim.jobBytes() < 6) await new Promise((resolve) => setImmediate(resolve));
  expect(sim.uncut()).toBe('');
  sim.thaw();
  expect(await printed).toBe('A\n');
  send(0x10, 0x04, 1);
  expect(await hear(1)).toEqual([0x16]);
});
