import type { TagRead, TagReader } from '../../hardware/port.ts';
import type { AgentConfig, ReaderConfig } from '../config.ts';
import type { FloorDevice } from '../http/floor_schema.ts';
import { errorText, type Log } from '../log.ts';
import { openReader } from '../open_reader.ts';
import type { GateOutputs } from './outputs.ts';

export interface GateReadersContext {
  config: Pick<AgentConfig, 'readers'>;
  outputs: GateOutputs;
  now(): number;
  log: Log;
  onReads(reader: ReaderConfig, reads: TagRead[]): void;
  onHealth(device: FloorDevice, changedState: boolean): void;
}

/** Opens the readers of the gates, with their outputs by role. Answers how to close them. */
export function openGateReaders(context: GateReadersContext): () => Promise<void> {
  const readers = context.config.readers.map((reader) => openOne(reader, context));
  return async () => {
    await Promise.allSettled(readers.map((reader) => reader.close()));
  };
}

function openOne(reader: ReaderConfig, context: GateReadersContext): TagReader {
  const { log, now, outputs, onHealth } = context;
  const device = openReader(reader, { now, log });
  const who = { id: reader.id, kind: 'reader', name: 'RFID reader', gate_id: reader.gate_id } as const;
  let state = device.health().state;
  onHealth({ ...who, ...device.health() }, false);
  device.onHealth((health) => {
    const changed = health.state !== state;
    state = health.state;
    onHealth({ ...who, ...health }, changed);
  });
  device.onReads((reads) => context.onReads(reader, reads));
  for (const role of ['alarm', 'open'] as const) {
    const port = reader.outputs[role];
    if (port === undefined) continue;
    outputs.add(reader.gate_id, role, (on) => {
      device.setOutput(port, on).catch((error: unknown) => {
        log('warn', `the ${role} output was not set`, { reader: reader.id, err: errorText(error) });
      });
    });
  }
  return device;
}
