import { join } from 'node:path';
import { Bus } from './bus/broker.ts';
import type { CommandDesk } from './bus/command_desk.ts';
import type { BusDevice } from './bus/device_desk.ts';
import type { AgentConfig } from './config.ts';
import type { GateHost } from './gate/host.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { AgentState } from './state/agent_state.ts';

/** What the broker retains and queues; apart from the agent's own database, which never waits for it. */
const BUS_FILE = 'mqtt.sqlite';

export interface BusParts {
  config: Pick<AgentConfig, 'store_id' | 'data_dir'>;
  state: AgentState;
  now(): number;
  log: Log;
  metrics: Metrics;
  gate: GateHost;
  commands: CommandDesk;
  onDevice(device: BusDevice): void;
}

/** The broker of the store among the agent's other parts: who answers reads, what is worth the journal. */
export function openBus({
  config,
  state,
  now,
  log,
  metrics,
  gate,
  commands,
  onDevice,
}: BusParts): Promise<Bus> {
  return Bus.open({
    storeId: config.store_id,
    devices: () => state.config?.devices ?? null,
    now,
    log,
    onReads: (gateId, reads) => gate.answer({ gateId, message: reads, source: 'mqtt' }),
    file: join(config.data_dir, BUS_FILE),
    count: (name, labels, by) => metrics.count(name, labels, by),
    onMalformed: () => metrics.count('sesame_mqtt_malformed_total'),
    onDevice,
    onEvent: (device, event) => {
      // A fault is worth the journal; everything else is for those who watch the topic.
      if (event.type === 'fault')
        state.record('device', { device_id: device.id, kind: device.kind, ...event });
    },
    onMissing: (device, gap) =>
      state.record('device', {
        device_id: device.id,
        kind: device.kind,
        events_missing: gap.missing,
        before: gap.before,
        session: gap.session,
      }),
    onAck: (deviceId, ack) => commands.acknowledged(deviceId, ack),
    onListening: (deviceId) => commands.listening(deviceId),
  });
}
