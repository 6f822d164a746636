import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { z } from 'zod';
import { startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import { startLane } from '../../hardware/lane/simulator.ts';
import { startLineSimulator } from '../../hardware/line/simulator.ts';
import { startLlrpSimulator } from '../../hardware/llrp/simulator.ts';
import { startZvtSimulator } from '../../hardware/zvt/simulator.ts';
import { readDemoFile } from '../demo/demo_file.ts';
import { createFront } from '../demo/floor/front.ts';
import { Walks } from '../demo/floor/walks.ts';
import { World } from '../demo/floor/world.ts';
import { readPids } from './pids.ts';
import { LOOPBACK } from './ports.ts';
import { readRunFile } from './run_file.ts';
import { type FromSimulators, SeededMessage } from './simulators_messages.ts';
import { stopRequest } from './stop_request.ts';

/** A child process: the demo's hardware, the store's line, and the front with the floor page. Argument: the data folder. */
const data = resolve(z.tuple([z.string().min(1)]).parse(process.argv.slice(2))[0]);
const { ports, floor_is_fixed } = readRunFile(data);
const stop = stopRequest();
const host = LOOPBACK;

const line = await startLineSimulator({ host, port: ports.line, target: { host, port: ports.edge } });
const llrp = ports.llrp === null ? null : await startLlrpSimulator({ host, port: ports.llrp });
const printer = ports.printer === null ? null : await startEscposSimulator({ host, port: ports.printer });
const terminal = await startZvtSimulator({ host, port: ports.terminal });
const world = new World({ line, llrp, printer });
let walks: Walks | null = null;

const front = createFront({ world, walks: () => walks, killAgent, agent: { host, port: ports.agent } });
const floor = await listen();

process.on('message', (message) => {
  if (SeededMessage.safeParse(message).success) furnish();
});
furnish();
const listening: FromSimulators = { type: 'listening', floor };
process.send?.(listening);

await stop;
front.close();
front.closeAllConnections();
await Promise.all([world.lane?.close(), llrp?.close(), printer?.close(), terminal.close(), line.close()]);
process.exit(0);

/** Another start on this machine may have taken the floor's usual port a moment ago: then any free one serves. */
async function listen(): Promise<number> {
  for (const port of floor_is_fixed ? [ports.floor] : [ports.floor, 0]) {
    front.listen(port, host);
    try {
      await once(front, 'listening');
      break;
    } catch (error) {
      if (floor_is_fixed || port === 0) throw error;
    }
  }
  const address = front.address();
  return typeof address === 'object' && address !== null ? address.port : ports.floor;
}

/** Sets up what the seed made: the lane's credentials and the tags to walk with. */
function furnish(): void {
  const demo = walks === null ? readDemoFile(data) : null;
  if (demo === null) return;
  const service = (port: number): string => `http://${host}:${port}`;
  walks = new Walks(
    { edge: service(ports.edge), cloud: service(ports.cloud), now: Date.now, random: Math.random },
    demo,
  );
  world.addLane(
    startLane({
      url: `mqtt://${host}:${ports.mqtt}`,
      username: demo.lane.username,
      password: demo.lane.password,
      storeId: demo.store_id,
      gateId: demo.lane.id,
      newSession: randomUUID,
      now: Date.now,
    }),
  );
}

function killAgent(): boolean {
  const { agent } = readPids(data);
  if (agent === undefined) return false;
  try {
    return process.kill(agent, 'SIGKILL');
  } catch {
    return false; // It is gone already.
  }
}
