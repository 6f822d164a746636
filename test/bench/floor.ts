import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import WebSocket from 'ws';
import { type Figures, figuresOf } from './stats.ts';

export interface Floors {
  noop: Figures;
  write: Figures;
  frame: Figures;
}

/** The floors of this run: HTTP → Worker; HTTP → Worker → object with one write; the same → WebSocket frame here. */
export async function measureFloors(n: number): Promise<Floors> {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-floor-'));
  const mf = new Miniflare({
    modules: true,
    scriptPath: fileURLToPath(new URL('./floor_worker.mjs', import.meta.url)),
    compatibilityDate: '2026-07-01',
    durableObjects: { FLOOR: { className: 'Floor', useSQLite: true } },
    durableObjectsPersist: folder,
  });
  try {
    const base = (await mf.ready).origin;
    const time = async (path: string) => {
      const t = performance.now();
      await (await fetch(base + path)).text();
      return performance.now() - t;
    };
    for (let i = 0; i < 50; i++) await time('/noop');
    const noop: number[] = [];
    const write: number[] = [];
    for (let i = 0; i < n; i++) {
      noop.push(await time('/noop'));
      write.push(await time(`/write?body=w${i}`));
    }
    const socket = new WebSocket(`${base.replace('http', 'ws')}/socket?object=two`);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const frame: number[] = [];
    for (let i = 0; i < n; i++) {
      const t = performance.now();
      const seen = new Promise<number>((resolve) =>
        socket.once('message', () => resolve(performance.now() - t)),
      );
      await time(`/write?object=two&body=f${i}`);
      frame.push(await seen);
    }
    socket.close();
    return { noop: figuresOf(noop), write: figuresOf(write), frame: figuresOf(frame) };
  } finally {
    await mf.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
