import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../log.ts';
import type { Finding } from './finding.ts';

const MIB = 1024 * 1024;
const FREE_WARNING_BYTES = 500 * MIB;
const FREE_WRONG_BYTES = 20 * MIB;

/** Whether the folder takes a durable write, and how much room is left. */
export async function lookAtDataFolder(folder: string): Promise<Finding[]> {
  const part = 'data folder' as const;
  const probe = join(folder, `probe-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(probe, 'wx');
    await file.writeFile('probe');
    await file.sync();
    await file.close();
  } catch (error) {
    const advice = `Let the agent's user write to ${folder}.`;
    return [{ part, state: 'wrong', says: `takes no write: ${errorText(error)}.`, advice }];
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const says = `${folder} takes writes; ${Math.floor(free / MIB)} MiB are free.`;
  if (free >= FREE_WARNING_BYTES) return [{ part, state: 'ok', says }];
  const advice = 'Make room: a full disk stops printing and offline sales.';
  return [{ part, state: free < FREE_WRONG_BYTES ? 'wrong' : 'warning', says, advice }];
}
