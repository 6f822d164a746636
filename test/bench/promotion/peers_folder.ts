import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'peers');
/** What the peers' packages are required from. */
export const PEERS_PACKAGE = join(folder, 'package.json');

/**
 * The packages that are only measured are installed when the benchmark first wants them, into a folder of its
 * own; the project depends on none of them. Answers why they are missing, or null.
 */
export async function installPeers(say: (text: string) => void): Promise<string | null> {
  const lock = join(folder, 'package-lock.json');
  // npm writes this file as the last step of an install.
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return null;
  say('Installing the peers that are measured beside the engine');
  const windows = process.platform === 'win32';
  return new Promise((resolve) => {
    const npm = spawn(windows ? 'npm.cmd' : 'npm', ['ci', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
      shell: windows,
    });
    npm.once('error', ({ message }) => resolve(message));
    npm.once('close', (code) =>
      resolve(code === 0 ? null : `npm ci in ${folder} ended with ${code ?? 'a signal'}`),
    );
  });
}
