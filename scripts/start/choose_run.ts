import { FLOOR_PORT_PREFERRED, type StartOptions } from './options.ts';
import { choosePorts, isFree, type PortWish } from './ports.ts';
import { Refused } from './refused.ts';
import type { RunFile } from './run_file.ts';

/** The ports of this run. Throws Refused when one that was asked for is taken. */
export async function chooseRun(options: StartOptions, random: () => number): Promise<RunFile> {
  const { ports, floorPort, reader, printer } = options;
  const floorFree = floorPort ?? ((await isFree(FLOOR_PORT_PREFERRED)) ? FLOOR_PORT_PREFERRED : 0);
  const wish = (option: string, port: number): PortWish => ({ option, port });
  const chosen = await choosePorts(
    {
      edge: wish('--edge-port', ports.edge),
      cloud: wish('--cloud-port', ports.cloud),
      agent: wish('--agent-port', ports.agent),
      mqtt: wish('--mqtt-port', ports.mqtt),
      // A simulator that does not run needs no port.
      llrp: wish('--llrp-port', reader === null ? ports.llrp : 0),
      printer: wish('--printer-port', printer === null ? ports.printer : 0),
      floor: wish('--floor-port', floorFree),
      line: wish('the line to the edge', 0),
      terminal: wish('the card terminal', 0),
    },
    random,
  );
  if (!chosen.ok) throw new Refused(chosen.error.message);
  return {
    ports: {
      ...chosen.value,
      llrp: reader === null ? chosen.value.llrp : null,
      printer: printer === null ? chosen.value.printer : null,
    },
    floor_is_fixed: (floorPort ?? 0) !== 0,
  };
}
