// Runs on the machine's own Node (20 or newer) with its built-ins alone: installs what is missing, then
// hands over to the Node 24 that the install brought.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const PARENT_POLL_MS = 500;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const modules = join(root, 'node_modules');

/** Runs a TypeScript file of the project with these arguments and ends with its exit code. */
export function launch(script, args) {
  installWhatIsMissing();
  const child = spawn(nodeBinary(), ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: join(modules, '.bin') + delimiter + (process.env.PATH ?? ''),
      SESAME_LAUNCHER: String(process.pid),
    },
  });
  // A terminal signals the whole group, `kill` only this process: one more signal to the child covers both.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    let forwarded = false;
    process.on(signal, () => {
      if (forwarded) return;
      forwarded = true;
      child.kill(signal);
    });
  }
  // npm puts a shell between itself and us, which passes no signal on: without them, nobody could stop us.
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) child.kill('SIGTERM');
    }, PARENT_POLL_MS).unref();
  }
  process.stderr.on('error', () => {});
  child.on('error', (error) => {
    process.stderr.write(`cannot run ${script}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}

function installWhatIsMissing() {
  const lock = join(root, 'package-lock.json');
  const stamp = join(modules, '.sesame-lock');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // npm writes this file as the last step of an install: newer than the lock, it tells that one was complete.
  const installed = join(modules, '.package-lock.json');
  const byHand =
    !existsSync(stamp) && existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
  if (!byHand) {
    process.stderr.write('installing dependencies (npm ci) …\n');
    const began = Date.now();
    const npm = spawnSync(
      windows ? 'npm.cmd' : 'npm',
      ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn'],
      {
        cwd: root,
        stdio: ['ignore', 2, 2],
        shell: windows,
      },
    );
    if (npm.status !== 0) {
      process.stderr.write(
        `npm ci failed${npm.error ? `: ${npm.error.message}` : ` with ${npm.status ?? npm.signal}`}\n`,
      );
      process.exit(1);
    }
    process.stderr.write(`dependencies installed in ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
  }
  writeFileSync(stamp, wanted);
}

function nodeBinary() {
  const installed = windows ? join(modules, 'node', 'bin', 'node.exe') : join(modules, '.bin', 'node');
  if (existsSync(installed)) return installed;
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  process.stderr.write(
    `Node ${NODE_MAJOR_MIN} is missing: the package "node" fetches it when install scripts may run. ` +
      `Allow them and run "npm ci" again, or use Node ${NODE_MAJOR_MIN} yourself.\n`,
  );
  process.exit(1);
}
