import { openReaderInput, openReaderOutput } from '../../hardware/gpio/reader_line.ts';
import type { TagRead } from '../../hardware/port.ts';
import type { AgentConfig, ReaderConfig } from '../config.ts';
import { ACTS_WITH } from '../device_config.ts';
import { followHealth } from '../follow_health.ts';
import type { FloorDevice, FloorInput } from '../http/floor_schema.ts';
import type { Log } from '../log.ts';
import { openReader } from '../open_reader.ts';
import type { GateOutputs } from './outputs.ts';

export interface GateReadersContext {
  config: Pick<AgentConfig, 'readers'>;
  outputs: GateOutputs;
  now(): number;
  log: Log;
  onReads(reader: ReaderConfig, reads: TagRead[]): void;
  onInput(input: FloorInput): void;
  onHealth(device: FloorDevice, changedState: boolean): void;
}

/** Opens the readers of the gates, with their outputs by role. Answers how to close them. */
export function openGateReaders(context: GateReadersContext): () => Promise<void> {
  const readers = context.config.readers.map((reader) => openOne(reader, context));
  return async () => {
    await Promise.allSettled(readers.map((reader) => reader.close()));
  };
}

function openOne(reader: ReaderConfig, context: GateReadersContext): { close(): Promise<void> } {
  const { log, now, outputs, onHealth } = context;
  const device = openReader(reader, { now, log });
  const who = { id: reader.id, kind: 'reader', name: 'RFID reader', gate_id: reader.gate_id } as const;
  onHealth({ ...who, ...device.health() }, false);
  followHealth(who, device, onHealth);
  device.onReads((reads) => context.onReads(reader, reads));
  const driver = { now, log };
  const lines: { close(): Promise<void> }[] = [];
  for (const role of ['alarm', 'open', 'lamp.green', 'lamp.red'] as const) {
    const port = reader.outputs[role];
    if (port === undefined) continue;
    const line = openReaderOutput({ reader: device, port, failSafe: false }, driver);
    lines.push(line);
    outputs.add(reader.gate_id, ACTS_WITH[role], (on) => void line.set(on), reader.output_hold_ms);
  }
  for (const role of ['presence', 'button'] as const) {
    const port = reader.inputs[role];
    if (port === undefined) continue;
    const line = openReaderInput({ reader: device, port }, driver);
    const line_id = `${reader.id}.${role}`;
    line.onEdge(({ on, at }) => context.onInput({ line_id, gate_id: reader.gate_id, role, on, at }));
    lines.push(line);
  }
  return {
    close: async () => {
      // The outputs first: they are let go at their fail-safe level while the reader still listens.
      await Promise.allSettled(lines.map((line) => line.close()));
      await device.close();
    },
  };
}
