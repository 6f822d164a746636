import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import WebSocket from 'ws';
import { send } from './http.ts';
import { type Load, load } from './load.ts';

/** Two bare objects that do the same work without rules, tokens or checks: what this machine needs for it anyway. */
export interface Sketch {
  noop(clients: number): Promise<Load>;
  scan(clients: number): Promise<Load>;
  firstScan(): Promise<Load>;
  read(): Promise<Load>;
  /** Pay → the sale is written → its frame is here. */
  pay(): Promise<Load>;
  close(): Promise<void>;
}

const LINES = 20;
const CALLS = 1_500;
const WARM_UP = 100;

export async function openSketch(): Promise<Sketch> {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-sketch-'));
  const mf = new Miniflare({
    modules: true,
    scriptPath: fileURLToPath(new URL('./sketch_worker.mjs', import.meta.url)),
    compatibilityDate: '2026-07-01',
    durableObjects: {
      STORE: { className: 'Store', useSQLite: true },
      BASKET: { className: 'Basket', useSQLite: true },
    },
    durableObjectsPersist: folder,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  });
  const base = (await mf.unsafeGetDirectURL()).origin;
  const scan = (basket: string, n: number) => send(`${base}/scan?basket=${basket}&code=c${n % 1_000}`);
  for (let i = 0; i < WARM_UP; i++) await scan(`w${Math.floor(i / LINES)}`, i);
  let round = 0;
  return {
    noop: (clients) => load(clients, CALLS, () => send(`${base}/noop`)),
    scan: (clients) => {
      const of = `r${round++}`;
      const mine = counters(clients);
      return load(clients, CALLS, (_, client) => {
        const n = mine(client);
        return scan(`${of}-${client}-${Math.floor(n / LINES)}`, n);
      });
    },
    firstScan: () => load(1, 300, (n) => scan(`f${n}`, n)),
    read: () => load(1, CALLS, () => send(`${base}/basket?basket=w0`)),
    pay: async () => {
      const socket = new WebSocket(`${base.replace('http', 'ws')}/socket`);
      await new Promise((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
      });
      const figures = await load(1, 300, async (n) => {
        const seen = new Promise((resolve) => socket.once('message', resolve));
        await send(`${base}/pay?basket=w${n % 5}&id=o${n}&epc=E${n}`);
        await seen;
      });
      socket.close();
      return figures;
    },
    close: async () => {
      await mf.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Each client counts for itself. */
export function counters(clients: number): (client: number) => number {
  const counts = new Array<number>(clients).fill(0);
  return (client) => {
    const n = counts[client] ?? 0;
    counts[client] = n + 1;
    return n;
  };
}
