import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** A whole demo store on this machine, started by the very script that `npm start` runs, on free ports. */
const Ready = z.looseObject({
  ready: z.literal(true),
  edge: z.string(),
  cloud: z.string(),
  agent: z.string(),
  mqtt: z.string(),
  llrp: z.string(),
  printer: z.string(),
  floor: z.string(),
  retailer_id: z.string(),
  store_id: z.string(),
  gate_id: z.string(),
  printer_id: z.string(),
  currency: z.string(),
  tokens: z.object({
    admin: z.string(),
    manager: z.string(),
    cashier: z.string(),
    service: z.string(),
    gate: z.object({ username: z.string(), password: z.string() }),
    kiosk: z.string(),
  }),
  samples: z.object({
    codes: z.array(z.string()),
    promoted_codes: z.array(z.string()),
    epcs: z.array(z.string()),
    foreign_epcs: z.array(z.string()),
  }),
  pids: z.object({ workerd: z.number(), agent: z.number() }),
});
export type Ready = z.infer<typeof Ready>;

const Pid = z.number().int().min(2).nullish();
const Pids = z.looseObject({ workerd: Pid, agent: Pid });

export type Victim = 'workerd' | 'agent';

export interface Sesame extends Ready {
  data: string;
  /** The pid as it stands now, or null while the child is down: a restarted one has a new pid. */
  pidNow(child: Victim): number | null;
  /** kill -9 of a child as soon as it runs; resolves to the pid that died. */
  kill(child: Victim): Promise<number>;
  /** Ends the whole store; with SIGKILL as a power cut would, nothing is said good-bye to. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  stderr(): string;
}

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;

export function freshDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'sesame-test-'));
}

/** `heard` gets all that the processes say, of which `stderr` keeps only the end. */
export async function startSesame(
  options: { data?: string; args?: string[]; heard?: (text: string) => void } = {},
): Promise<Sesame> {
  const data = options.data ?? freshDataDir();
  const ports = ['edge', 'cloud', 'agent', 'mqtt', 'llrp', 'printer', 'floor'].flatMap((p) => [
    `--${p}-port`,
    '0',
  ]);
  const child = spawn(
    process.execPath,
    ['scripts/start/main.ts', '--json', '--data', data, ...ports, ...(options.args ?? [])],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString();
    options.heard?.(text);
    stderr = (stderr + text).slice(-20_000);
  });
  const ready = await readyLine(child, () => stderr);
  const pidNow = (victim: Victim): number | null =>
    Pids.parse(JSON.parse(readFileSync(join(data, 'pids.json'), 'utf8')))[victim] ?? null;
  return {
    ...ready,
    data,
    stderr: () => stderr,
    pidNow,
    // Never a pid of 0: to the system that means our own group.
    kill: (victim) =>
      until(`${victim} to run`, async () => {
        const pid = pidNow(victim);
        if (pid !== null) process.kill(pid, 'SIGKILL');
        return pid;
      }),
    stop: (signal = 'SIGTERM') => stop(child, signal),
  };
}

function readyLine(child: ChildProcess, stderr: () => string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${stderr()}`)), START_TIMEOUT_MS);
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const line = stdout.split('\n').find((l) => l.includes('"ready"'));
      if (line === undefined || !line.endsWith('}')) return;
      clearTimeout(timer);
      resolve(Ready.parse(JSON.parse(line)));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`npm start ended with ${code}:\n${stderr()}`));
    });
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  killGroup(child.pid, signal);
  const timer = setTimeout(() => killGroup(child.pid ?? 0, 'SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
  killGroup(child.pid, 'SIGKILL');
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone, which is what was wanted.
  }
}

export function removeDataDir(data: string): void {
  rmSync(data, { recursive: true, force: true });
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is there; a test that waits in vain fails with what was last seen. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await ask();
      if (value !== null && value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  throw new Error(`waited in vain for ${what}; last: ${String(last)}`);
}
