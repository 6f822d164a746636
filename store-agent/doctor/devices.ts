import type { AgentConfig } from '../config.ts';
import { Devices } from '../devices.ts';
import { openGateLines } from '../gate/lines.ts';
import { GateOutputs } from '../gate/outputs.ts';
import { openGateReaders } from '../gate/readers.ts';
import type { Finding } from './finding.ts';

/** How long a device has to come up before its word is taken as it is. */
const SETTLE_MS_MAX = 6_000;
const LOOK_EVERY_MS = 50;

const ADVICE: Record<string, string> = {
  reader:
    'Check its power, its cable and its address, and that no other program is connected to it: a reader speaks to one client.',
  printer: 'Check its power, its cable and its address; close the cover and put paper in.',
  scanner: 'Plug it in; docs/hardware.md says which rule lets the agent read it.',
  terminal: 'Check its power, its cable and its address, and that it waits for a register on its network.',
  line: 'Check the chip and the line in the configuration; docs/hardware.md says what has to be installed.',
};

/** What a device says of itself. */
export interface DeviceWord {
  id: string;
  kind: string;
  state: string;
  detail: string;
}

/** What a device's own word comes to. */
export function deviceFinding({ id, kind, state, detail }: DeviceWord): Finding {
  const found = { part: 'device' as const, name: `${kind} ${id}`, says: detail || state };
  if (state === 'online') return { ...found, state: 'ok' };
  const advice = ADVICE[kind] ?? 'Check its power, its network and its credentials.';
  return { ...found, state: state === 'degraded' ? 'warning' : 'wrong', advice };
}

/** Opens every device of the configuration with the agent's own drivers, takes its word and lets it go. */
export async function lookAtDevices(config: AgentConfig, now: () => number): Promise<Finding[]> {
  const nothing = (): void => {};
  const devices = new Devices({ config, now, log: nothing, onHealth: nothing });
  const gates = new Map<string, DeviceWord>();
  const shared = {
    config,
    outputs: new GateOutputs(),
    now,
    log: nothing,
    onInput: nothing,
    onHealth: (device: DeviceWord) => void gates.set(device.id, device),
  };
  const closeReaders = openGateReaders({ ...shared, onReads: nothing });
  const closeLines = openGateLines(shared);
  const all = (): DeviceWord[] => [...gates.values(), ...devices.list()];
  try {
    const until = now() + SETTLE_MS_MAX;
    while (now() < until && all().some(({ state }) => state === 'connecting'))
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    return all().map(({ id, kind, state, detail }) =>
      deviceFinding({ id, kind, state, detail: detail ?? '' }),
    );
  } finally {
    await Promise.allSettled([closeReaders(), closeLines(), devices.close()]);
  }
}
