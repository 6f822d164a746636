import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openSocket, sleep } from './pace.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const AGENT = fileURLToPath(new URL('../../../store-agent/main.ts', import.meta.url));

/** The next message of a child that has this field. */
export function heard<T>(child: ChildProcess, field: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const hear = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !(field in message)) return;
      child.off('message', hear);
      resolve((message as Record<string, T>)[field] as T);
    };
    child.on('message', hear);
    child.once('exit', () => reject(new Error('a process of the benchmark ended')));
  });
}

/** A part of the benchmark that runs by itself and says its port. */
export async function startPart(file: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(here(file), [], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  return { child, port: await heard<number>(child, 'port') };
}

export interface RunningAgent {
  child: ChildProcess;
  http: string;
  mqttPort: number;
  /** From the start of the process. */
  readyMs: number;
}

export async function startAgentProcess(configFile: string): Promise<RunningAgent> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', AGENT, '--config', configFile],
    { stdio: ['ignore', 'pipe', process.env['SESAME_BENCH_LOG'] ? 'inherit' : 'ignore'] },
  );
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const ready = JSON.parse(line);
    if (ready.ready !== true) continue;
    const mqttPort = Number(new URL(ready.mqtt).port);
    return { child, http: ready.http, mqttPort, readyMs: performance.now() - began };
  }
  throw new Error('the agent did not start');
}

/** A Redis of this machine with these members in the set `sold`; null where none is installed. */
export async function startRedis(
  members: Iterable<string>,
): Promise<{ child: ChildProcess; port: number } | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100; tries++) {
    await sleep(50);
    try {
      const socket = await openSocket(port);
      let pipeline = '';
      for (const one of members) pipeline += `*3\r\n$4\r\nSADD\r\n$4\r\nsold\r\n$${one.length}\r\n${one}\r\n`;
      await new Promise<void>((resolve) => socket.write(`${pipeline}*1\r\n$4\r\nPING\r\n`, () => resolve()));
      await new Promise<void>((resolve) => {
        socket.on('data', (chunk) => {
          if (chunk.toString('latin1').includes('PONG')) resolve();
        });
      });
      socket.destroy();
      return { child, port };
    } catch {
      // Not listening yet.
    }
  }
  throw new Error('redis-server did not start');
}
