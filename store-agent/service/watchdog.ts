import { execFile } from 'node:child_process';
import { errorText, type Log } from '../log.ts';

const NOTIFY_TIMEOUT_MS = 5_000;
const MICROSECONDS_PER_MS = 1_000;

export interface WatchdogContext {
  /** The environment that systemd set: `NOTIFY_SOCKET`, `WATCHDOG_USEC`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Whether everything that must run does; while it does not, systemd hears nothing and starts the agent anew. */
  alive(): boolean | Promise<boolean>;
  log: Log;
  /** Says something to systemd; injected in tests. */
  notify?: (state: readonly string[]) => Promise<void>;
}

/**
 * Tells systemd that the agent is ready, and at half of the watchdog's period that it lives (sd_notify(3),
 * sd_watchdog_enabled(3)). Node has no datagram socket of the Unix kind, so `systemd-notify` carries the word:
 * the unit needs `NotifyAccess=all`. Without systemd nothing happens. Answers what to do at the end.
 */
export function tellSystemd(context: WatchdogContext): () => Promise<void> {
  const { environment, alive, log } = context;
  if (!environment['NOTIFY_SOCKET']) return async () => {};
  const notify = context.notify ?? systemdNotify;
  let wasSaid = true;
  const say = async (...state: string[]): Promise<void> => {
    try {
      await notify(state);
      wasSaid = true;
    } catch (error) {
      if (wasSaid) log('error', 'systemd was not told', { err: errorText(error) });
      wasSaid = false;
    }
  };
  void say('READY=1', 'STATUS=Deciding at the gates');
  const periodMs = Number(environment['WATCHDOG_USEC'] ?? 0) / MICROSECONDS_PER_MS;
  const beat = async (): Promise<void> => {
    if (await alive()) await say('WATCHDOG=1');
  };
  const timer = periodMs > 0 ? setInterval(() => void beat(), periodMs / 2) : null;
  return async () => {
    if (timer !== null) clearInterval(timer);
    await say('STOPPING=1');
  };
}

function systemdNotify(state: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('systemd-notify', [...state], { timeout: NOTIFY_TIMEOUT_MS }, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}
