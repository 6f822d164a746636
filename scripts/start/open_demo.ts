import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { buildPages } from '../build/pages.ts';
import { buildWorkers } from '../build/workers.ts';
import { bootstrapStatements } from '../demo/bootstrap.ts';
import { type DemoFile, readDemoFile, writeDemoFile } from '../demo/demo_file.ts';
import { samplesNow } from '../demo/samples.ts';
import { DEMO_STAFF, demoCatalogue, seedStore } from '../demo/seed.ts';
import { signIn } from '../demo/staff_session.ts';
import { urlOf, writeAgentConfig } from './agent_config.ts';
import { beginSeeding, endSeeding } from './data_folder.ts';
import type { StartOptions } from './options.ts';
import { type Pids, type Role, writePids } from './pids.ts';
import { LOOPBACK } from './ports.ts';
import { agentLinked, serviceReady } from './ready.ts';
import type { Running } from './report.ts';
import { type RunFile, writeRunFile } from './run_file.ts';
import { FromSimulators, SEEDED_MESSAGE } from './simulators_messages.ts';
import type { Supervised, Supervisor } from './supervisor.ts';
import { WorkersChild } from './workers_child.ts';

/** Together with the Workers' own time at most five seconds. */
const AGENT_STOP_WITHIN_MS = 2_500;
const SIMULATORS_STOP_WITHIN_MS = 1_000;

export interface Opening {
  root: string;
  data: string;
  options: StartOptions;
  run: RunFile;
  supervisor: Supervisor<Role>;
  pids: PidBook;
  log(message: string): void;
  /** Aborted when the start must end: stopped, or too late. */
  signal: AbortSignal;
}

/** Who runs right now, in `pids.json` at every change. */
export class PidBook {
  readonly #data: string;
  readonly #pids: Pids = { supervisor: process.pid };

  constructor(data: string) {
    this.#data = data;
  }

  set(role: Role, pid: number | undefined): void {
    if (pid === undefined) delete this.#pids[role];
    else this.#pids[role] = pid;
    writePids(this.#data, this.#pids);
  }

  get(role: Role): number | undefined {
    return this.#pids[role];
  }
}

/** Builds, starts every child in turn, seeds at the first time, and waits until the store is open. */
export async function openDemo(opening: Opening): Promise<Running> {
  const { root, data, options, run, supervisor, pids, log, signal } = opening;
  const { ports } = run;
  const service = (port: number): string => `http://${LOOPBACK}:${port}`;
  const edge = service(ports.edge);
  const cloud = service(ports.cloud);
  const agent = service(ports.agent);

  const kept = readDemoFile(data);
  if (kept === null) beginSeeding(data);
  writeRunFile(data, run);
  const listening = Promise.withResolvers<number>();
  const simulators = supervisor.start({
    role: 'simulators',
    script: join(import.meta.dirname, 'simulators.ts'),
    args: [data],
    onMessage: (message) => {
      const { floor } = FromSimulators.parse(message);
      // Started again, they find the floor where it was.
      writeRunFile(data, { ...run, ports: { ...ports, floor } });
      listening.resolve(floor);
    },
    stop: 'message',
    stopWithinMs: SIMULATORS_STOP_WITHIN_MS,
  });

  log('building the Workers and the pages');
  await orAborted(signal, Promise.all([buildWorkers(root), buildPages(root)]));
  log('starting the edge and the cloud');
  const workers = new WorkersChild(data, (pid) => pids.set('workerd', pid));
  workers.attach(supervisor.start(workers.spec()));
  await orAborted(signal, workers.ready());
  await Promise.all([serviceReady(edge, signal), serviceReady(cloud, signal)]);

  const demo = kept ?? (await orAborted(signal, seed(opening, cloud, workers, simulators)));
  log('starting the store agent');
  const config = writeAgentConfig(
    {
      data,
      root,
      reader: options.reader ?? { host: LOOPBACK, port: ports.llrp ?? 0 },
      printer: options.printer ?? { host: LOOPBACK, port: ports.printer ?? 0 },
    },
    demo,
    run,
  );
  supervisor.start({
    role: 'agent',
    script: join(root, 'store-agent/main.ts'),
    args: ['--config', config],
    stop: 'signal',
    stopWithinMs: AGENT_STOP_WITHIN_MS,
  });

  const [tokens] = await Promise.all([
    orAborted(signal, signInAll(cloud, demo)),
    serviceReady(agent, signal).then(() => agentLinked(agent, signal)),
  ]);
  const { samples, delivered } = await orAborted(signal, samplesNow({ edge, cloud, tokens }, demo));
  if (delivered !== null) {
    writeDemoFile(data, { ...demo, samples: { ...demo.samples, epcs: delivered } });
    log('a delivery of tagged stock came in');
  }
  return {
    urls: {
      edge,
      cloud,
      agent,
      mqtt: `mqtt://${LOOPBACK}:${ports.mqtt}`,
      llrp: urlOf('llrp', options.reader ?? { host: LOOPBACK, port: ports.llrp ?? 0 }),
      printer: urlOf('tcp', options.printer ?? { host: LOOPBACK, port: ports.printer ?? 0 }),
      floor: service(await orAborted(signal, listening.promise)),
    },
    demo,
    tokens,
    samples,
    pids: { workerd: pids.get('workerd'), agent: pids.get('agent') },
  };
}

async function seed(
  { data, log }: Opening,
  cloud: string,
  workers: WorkersChild,
  simulators: Supervised,
): Promise<DemoFile> {
  log('first start: seeding the demo store');
  const catalogue = demoCatalogue();
  const { retailer } = catalogue;
  const tenant = { retailer, admin: DEMO_STAFF.admin, now: new Date().toISOString(), random: randomBytes };
  await workers.execute(await bootstrapStatements(tenant));
  const demo = await seedStore(cloud, catalogue, (step) => log(`  ${step}`));
  writeDemoFile(data, demo);
  endSeeding(data);
  simulators.send(SEEDED_MESSAGE);
  return demo;
}

/** One after the other: a password costs the cloud a tenth of a second of its only thread. */
async function signInAll(cloud: string, { staff }: DemoFile): Promise<Running['tokens']> {
  return {
    admin: await signIn(cloud, staff.admin),
    manager: await signIn(cloud, staff.manager),
    cashier: await signIn(cloud, staff.cashier),
  };
}

function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
