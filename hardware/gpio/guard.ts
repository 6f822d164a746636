import { type ChildProcess, spawn } from 'node:child_process';
import type { Command } from './commands.ts';

/**
 * Outlives the agent by a moment. It reads on its input which process holds the line, and when that input
 * ends without a "done", the agent is gone: the process is ended, and the line set to its fail-safe level.
 * This works also where the agent had no chance to say goodbye (`kill -9`, out of memory).
 */
const SCRIPT = `
trap '' INT TERM HUP
held=
while read -r word; do
  case $word in
    done) exit 0 ;;
    *) held=$word ;;
  esac
done
if [ -n "$held" ]; then
  kill "$held" 2>/dev/null
  tries=0
  while kill -0 "$held" 2>/dev/null && [ "$tries" -lt 40 ]; do
    tries=$((tries + 1))
    [ "$tries" -eq 20 ] && kill -9 "$held" 2>/dev/null
    sleep 0.05
  done
fi
[ "$#" -eq 0 ] || exec "$@"
`;

export class Guard {
  readonly #child: ChildProcess;

  /** Without a command a lost line is only let go. */
  constructor(failSafe: Command | null, env: NodeJS.ProcessEnv) {
    const last = failSafe === null ? [] : [failSafe.file, ...failSafe.args];
    this.#child = spawn('sh', ['-c', SCRIPT, 'sesame-gpio-guard', ...last], {
      env,
      // A signal to the agent's group (Ctrl-C) is not for the guard.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Without a shell there is no guard, and the line works all the same.
    this.#child.on('error', () => {});
    this.#child.stdin?.on('error', () => {});
    this.#child.unref();
  }

  holds(pid: number): void {
    this.#child.stdin?.write(`${pid}\n`);
  }

  /** The line was let go in good order. */
  async done(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#child;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end('done\n');
    await gone;
  }
}
