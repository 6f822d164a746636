import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { processMark } from './process_mark.ts';

/** Who runs in a demo: the process that watches, its three children, and the runtime below `workers`. */
export const ROLES = ['supervisor', 'workers', 'workerd', 'agent', 'simulators'] as const;
export type Role = (typeof ROLES)[number];
export type Pids = Partial<Record<Role, number>>;

const END_WAIT_MS = 3_000;
const POLL_MS = 10;

const PidsFile = z.partialRecord(z.enum(ROLES), z.number().int().positive());
const MarksFile = z.array(
  z.object({ role: z.enum(ROLES), pid: z.number().int().positive(), mark: z.string() }),
);

/**
 * Writes `pids.json`, what anyone may read, and `processes.json`, by which a later start recognises what
 * is left over. Each is replaced whole, so that a reader never sees half a file.
 */
export function writePids(folder: string, pids: Pids): void {
  const marks = ROLES.flatMap((role) => {
    const pid = pids[role];
    const mark = pid === undefined ? null : processMark(pid);
    return pid === undefined || mark === null ? [] : [{ role, pid, mark }];
  });
  replaceFile(join(folder, 'processes.json'), JSON.stringify(marks));
  replaceFile(join(folder, 'pids.json'), JSON.stringify(pids));
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, `${text}\n`);
  renameSync(`${path}.new`, path);
}

export function readPids(folder: string): Pids {
  return parseFile(join(folder, 'pids.json'), PidsFile) ?? {};
}

function parseFile<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null; // A file that a crash cut short names nobody.
  }
}

/** Ends what an earlier run on this folder left running, and nothing else: number and start must both match. */
export async function endLeftovers(folder: string): Promise<Role[]> {
  const ended: Role[] = [];
  for (const { role, pid, mark } of parseFile(join(folder, 'processes.json'), MarksFile) ?? []) {
    if (pid === process.pid || processMark(pid) !== mark) continue;
    await endProcess(pid, mark);
    ended.push(role);
  }
  return ended;
}

/** SIGKILL, and wait until the process with that mark is gone. */
export async function endProcess(pid: number, mark: string): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // It went by itself.
  }
  for (let waited = 0; waited < END_WAIT_MS && processMark(pid) === mark; waited += POLL_MS)
    await sleep(POLL_MS);
}
