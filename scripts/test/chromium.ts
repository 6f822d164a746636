import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { err, ok, type Result } from '../../shared/result.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const INSTALL = ['apt-get install -y --no-install-recommends chromium'];
const HOW = `no Chromium found. Install Debian's: ${INSTALL[0]} (as root), or name a browser in the variable CHROMIUM`;

/** The path of a Chromium; Debian's is installed where there is none and we may. */
export function chromium(): Result<string, { message: string }> {
  const found = find();
  if (found !== null) return ok(found);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return err({ message: HOW });
  process.stderr.write("installing Debian's Chromium …\n");
  for (const command of ['apt-get update', ...INSTALL]) {
    const [program = '', ...args] = command.split(' ');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync(program, args, { stdio: ['ignore', 2, 2], env });
  }
  const installed = find();
  return installed === null ? err({ message: HOW }) : ok(installed);
}

function find(): string | null {
  const named = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = [
    ...(named === undefined ? [] : [named]),
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  return places.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
