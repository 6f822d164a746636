import { createServer } from 'node:net';
import { err, ok, type Result } from '../../shared/result.ts';

export const LOOPBACK = '127.0.0.1';
/**
 * Ports for 0 are taken from below the systems' ephemeral ranges: no outgoing connection can then occupy
 * one while the child that listens on it is being started again.
 */
const FREE_FIRST = 15_000;
const FREE_LAST = 31_999;
const ATTEMPTS_MAX = 200;

export interface PortWish {
  /** The option that names it, for the message. */
  option: string;
  port: number;
}

/** A port number for every wish; a fixed port that somebody listens on is refused by its option. */
export async function choosePorts<K extends string>(
  wishes: Record<K, PortWish>,
  random: () => number,
): Promise<Result<Record<K, number>, { message: string }>> {
  const chosen: Partial<Record<K, number>> = {};
  const used = new Set<number>();
  const names: K[] = [];
  for (const name in wishes) names.push(name);
  for (const name of names) {
    const { option, port } = wishes[name];
    if (port === 0) continue;
    if (!(await isFree(port)))
      return err({
        message: `${option}: port ${port} is already in use on this machine; choose another, or 0 for any free one`,
      });
    chosen[name] = port;
    used.add(port);
  }
  for (const name of names) {
    if (wishes[name].port !== 0) continue;
    const port = await freePort(used, random);
    if (port === null) return err({ message: `${wishes[name].option}: no free port found` });
    chosen[name] = port;
    used.add(port);
  }
  return isWhole(names, chosen) ? ok(chosen) : err({ message: 'no ports were chosen' });
}

function isWhole<K extends string>(
  names: readonly K[],
  chosen: Partial<Record<K, number>>,
): chosen is Record<K, number> {
  return names.every((name) => chosen[name] !== undefined);
}

async function freePort(used: ReadonlySet<number>, random: () => number): Promise<number | null> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = FREE_FIRST + Math.floor(random() * (FREE_LAST - FREE_FIRST + 1));
    if (!used.has(port) && (await isFree(port))) return port;
  }
  return null;
}

/** Whether this process could listen there on loopback right now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
