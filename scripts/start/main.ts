import { mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseRun } from './choose_run.ts';
import { beginClosing, endClosing, isClosing } from './data_folder.ts';
import { type DataLock, lockData } from './data_lock.ts';
import { openDemo, PidBook } from './open_demo.ts';
import { parseStartOptions, type StartOptions, USAGE } from './options.ts';
import { Patience } from './patience.ts';
import { endLeftovers, type Role, readPids, writePids } from './pids.ts';
import { Refused } from './refused.ts';
import { jsonLine, table } from './report.ts';
import { Supervisor } from './supervisor.ts';

const EXIT_WRONG_USE = 2;
const LAUNCHER_POLL_MS = 500;
const LOCK_POLL_MS = 50;
/** A run whose starter has gone needs a moment to notice; one that is closing has at most five seconds. */
const LOCK_WAIT_MS = 1_500;
const CLOSING_WAIT_MS = 8_000;

const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const log = (message: string): void => {
  process.stderr.write(`${seconds().toFixed(1).padStart(6)} s  ${message}\n`);
};

// Whoever read our output may leave: that must not end the store.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const parsed = parseStartOptions(process.argv.slice(2));
if (parsed.ok) {
  process.exitCode = await main(parsed.value);
} else if (parsed.error.kind === 'help') {
  process.stdout.write(USAGE);
} else {
  process.stderr.write(`${parsed.error.message}\n\n${USAGE}`);
  process.exitCode = EXIT_WRONG_USE;
}

async function main(options: StartOptions): Promise<number> {
  const data = resolve(options.data);
  const ending = endRequest();
  let lock: DataLock | null = null;
  try {
    lock = await lockOrRefuse(data);
    endClosing(data);
    const ended = await endLeftovers(data);
    if (ended.length > 0) log(`ended what an earlier run left: ${ended.join(', ')}`);
    await runUntilEnd(data, options, ending);
    return 0;
  } catch (error) {
    if (ending.aborted) return 0;
    if (error instanceof Refused) process.stderr.write(`${error.message}\n`);
    else
      process.stderr.write(
        `the demo store did not open: ${error instanceof Error ? error.stack : String(error)}\n`,
      );
    return error instanceof Refused ? error.exitCode : 1;
  } finally {
    lock?.release();
  }
}

async function runUntilEnd(data: string, options: StartOptions, ending: AbortSignal): Promise<void> {
  const run = await chooseRun(options, Math.random);
  const pids = new PidBook(data);
  const patience = new Patience();
  const supervisor = new Supervisor<Role>({
    now: Date.now,
    log,
    output: options.json ? () => process.stderr.fd : logFiles(data),
    onPid: (role, pid) => {
      pids.set(role, pid);
      if (pid === undefined) patience.childDied(role);
    },
  });
  try {
    const signal = AbortSignal.any([ending, patience.signal]);
    const root = dirname(dirname(import.meta.dirname));
    const running = await openDemo({ root, data, options, run, supervisor, pids, log, signal });
    patience.end();
    log('open');
    process.stdout.write(
      options.json ? `${jsonLine(running)}\n` : table(running, seconds(), join(data, 'logs')),
    );
    if (!ending.aborted)
      await new Promise((resolve) => ending.addEventListener('abort', resolve, { once: true }));
    log('closing');
  } finally {
    patience.end();
    beginClosing(data);
    await supervisor.stop();
    writePids(data, {});
    log('closed; everything is kept');
  }
}

/** At a terminal the table stays readable: what the children say goes to files, anew at each start. */
function logFiles(data: string): (role: Role) => number {
  mkdirSync(join(data, 'logs'), { recursive: true });
  const files = new Map<Role, number>();
  return (role) => {
    const file = files.get(role) ?? openSync(join(data, 'logs', `${role}.log`), 'w');
    files.set(role, file);
    return file;
  };
}

/** A run that is just ending is waited for; any other one keeps its folder. */
async function lockOrRefuse(data: string): Promise<DataLock> {
  for (let waited = 0; ; waited += LOCK_POLL_MS) {
    const locked = lockData(data);
    if (locked.ok) return locked.value;
    if (waited >= (isClosing(data) ? CLOSING_WAIT_MS : LOCK_WAIT_MS)) break;
    await sleep(LOCK_POLL_MS);
  }
  const { supervisor } = readPids(data);
  const who = supervisor === undefined ? '' : ` (process ${supervisor})`;
  throw new Refused(
    `${data} is in use by another npm start${who}; end it, or choose another folder with --data`,
  );
}

/** Aborts at the first signal, or when the script that started us is gone and nobody can signal us any more. */
function endRequest(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  const launcher = Number(process.env['SESAME_LAUNCHER']);
  if (launcher === process.ppid) {
    setInterval(() => {
      if (process.ppid !== launcher) ending.abort();
    }, LAUNCHER_POLL_MS).unref();
  }
  return ending.signal;
}
