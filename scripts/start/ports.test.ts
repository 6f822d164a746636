import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { choosePorts, isFree, LOOPBACK } from './ports.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const listening = () =>
  new Promise<number>((resolve) => {
    server = createServer().listen(0, LOOPBACK, () => {
      const address = server?.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

test('a fixed port that is taken is refused by its option', async () => {
  const port = await listening();
  expect(await isFree(port)).toBe(false);
  const chosen = await choosePorts(
    { edge: { option: '--edge-port', port }, cloud: { option: '--cloud-port', port: 0 } },
    Math.random,
  );
  expect(chosen.ok).toBe(false);
  expect(chosen.ok || chosen.error.message).toContain(`--edge-port: port ${port} is already in use`);
});

test('0 becomes a free port, each its own, also when the dice repeat themselves', async () => {
  let rolls = 0;
  const repeating = () => (Math.floor(rolls++ / 2) % 1000) / 1000;
  const any = (option: string) => ({ option, port: 0 });
  const chosen = await choosePorts({ a: any('--a'), b: any('--b'), c: any('--c') }, repeating);
  if (!chosen.ok) throw new Error(chosen.error.message);
  const ports = Object.values(chosen.value);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) expect(await isFree(port)).toBe(true);
});

test('a free fixed port is kept', async () => {
  const port = await listening();
  await new Promise((resolve) => server?.close(resolve));
  expect(await choosePorts({ edge: { option: '--edge-port', port } }, Math.random)).toEqual({
    ok: true,
    value: { edge: port },
  });
});
