import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LogLevel, Miniflare, Log as MiniflareLog, type WorkerOptions } from 'miniflare';
import { z } from 'zod';
import { bundleOf, type WorkerName, workersOptions } from '../build/workers.ts';
import { folderService } from './folder_service.ts';
import { gatewaySecrets } from './gateway_secrets.ts';
import { demoKeys, type Keys } from './keys.ts';
import { type Database, migrate } from './migrate.ts';
import { LOOPBACK } from './ports.ts';
import { readRunFile } from './run_file.ts';
import { stopRequest } from './stop_request.ts';
import { type FromWorkers, ToWorkers } from './workers_messages.ts';

/** A child process: both Workers in one workerd, and everything they keep. Argument: the data folder. */
const data = resolve(z.tuple([z.string().min(1)]).parse(process.argv.slice(2))[0]);
const { ports } = readRunFile(data);
const CRON_MS = 60_000;
/** What the demo lets one address do: a bench of shoppers behind one address passes, a flood does not. */
const RATE_LIMITS = { RATE_LIMIT_PER_SECOND: '100', RATE_LIMIT_BURST: '2000' };

const root = dirname(dirname(import.meta.dirname));
const tell = (message: FromWorkers): void => {
  if (process.connected) process.send?.(message);
};

// What the runtime writes for its own lifetime lies with the rest: after a kill nothing is left elsewhere.
process.env['TMPDIR'] = join(data, 'tmp');
rmSync(join(data, 'tmp'), { recursive: true, force: true });
mkdirSync(join(data, 'tmp'));

const stop = stopRequest();
let stopping = false;
watchRuntime();
const options = await workersOptions(root);
const miniflare = await startWorkers(demoKeys(data));
const database = await miniflare.getD1Database('DB', options.cloud.name);
await migrate(database, join(root, 'cloud/db/migrations'));
process.on('message', (message) => void obey(database, message));
tell({ type: 'ready' });
const cron = everyMinute(miniflare);

await stop;
stopping = true;
clearInterval(cron);
await miniflare.dispose();
process.exit(0);

async function startWorkers(keys: Keys): Promise<Miniflare> {
  const secrets = {
    edge: {
      SIGNING_KEY: JSON.stringify(keys.edge.private),
      TRUSTED_KEYS: JSON.stringify({ keys: [keys.cloud.public] }),
      TEST_PROVIDER_SECRET: keys.test_provider_secret,
      VAULT_KEY: keys.vault_key,
      ...gatewaySecrets(data),
    },
    cloud: {
      SIGNING_KEY: JSON.stringify(keys.cloud.private),
      TRUSTED_KEYS: JSON.stringify({ keys: [keys.edge.public] }),
      DEMO: '1',
    },
  };
  const worker = (name: WorkerName, port: number): WorkerOptions => ({
    ...options[name],
    modules: [{ type: 'ESModule', path: bundleOf(root, name) }],
    modulesRoot: root,
    bindings: { ...options[name].bindings, ...RATE_LIMITS, ...secrets[name] },
    // Straight to the Worker: Miniflare's own entry would triple the time of a request that does nothing.
    unsafeDirectSockets: [{ host: LOOPBACK, port, entrypoint: 'direct' }],
  });
  const made = new Miniflare({
    host: LOOPBACK,
    port: 0,
    // No look-up of a place in the world: nothing here needs the network.
    cf: false,
    log: new MiniflareLog(LogLevel.WARN),
    logRequests: false,
    durableObjectsPersist: join(data, 'durable_objects'),
    d1Persist: join(data, 'd1'),
    cachePersist: join(data, 'cache'),
    workers: [worker('edge', ports.edge), withPages(worker('cloud', ports.cloud), 'cloud/dist')],
  });
  await made.ready;
  return made;
}

function withPages({ assets: _shared, ...worker }: WorkerOptions, folder: string): WorkerOptions {
  const pages = folderService(join(root, folder));
  return { ...worker, serviceBindings: { ...worker.serviceBindings, ASSETS: pages } };
}

/** workerd is a child of Miniflare's; when it dies, so do we, and both are started again on the same ports. */
function watchRuntime(): void {
  const Spawned = z.object({ process: z.custom<ChildProcess>() });
  channel('child_process').subscribe((message) => {
    const { process: child } = Spawned.parse(message);
    child.once('spawn', () => {
      if (child.pid !== undefined && child.spawnfile.includes('workerd'))
        tell({ type: 'workerd', pid: child.pid });
    });
    child.once('exit', (code, signal) => {
      if (stopping || !child.spawnfile.includes('workerd')) return;
      process.stderr.write(`workerd ended with ${signal ?? code}\n`);
      process.exit(1);
    });
  });
}

async function obey(database: Database, message: unknown): Promise<void> {
  const asked = ToWorkers.safeParse(message);
  if (!asked.success) return;
  const { id, statements } = asked.data;
  try {
    await database.batch(statements.map(({ sql, params }) => database.prepare(sql).bind(...params)));
    tell({ type: 'executed', id });
  } catch (error) {
    tell({ type: 'executed', id, error: String(error) });
  }
}

/** The cron trigger of wrangler.toml, which the local runtime does not fire by itself; once at once, too. */
function everyMinute(workers: Miniflare): NodeJS.Timeout {
  const fire = async (): Promise<void> => {
    try {
      const cloud = await workers.getWorker(options.cloud.name);
      await cloud.scheduled({ cron: '* * * * *' });
    } catch (error) {
      if (!stopping) process.stderr.write(`scheduled() failed: ${String(error)}\n`);
    }
  };
  void fire();
  return setInterval(() => void fire(), CRON_MS);
}
