import { openGpioInput } from '../../hardware/gpio/gpiod_input.ts';
import { openGpioOutput } from '../../hardware/gpio/open_output.ts';
import type { InputLine, OutputLine } from '../../hardware/port.ts';
import type { AgentConfig } from '../config.ts';
import { ACTS_WITH } from '../device_config.ts';
import { followHealth } from '../follow_health.ts';
import type { FloorDevice, FloorInput } from '../http/floor_schema.ts';
import type { Log } from '../log.ts';
import type { GateOutputs } from './outputs.ts';

export interface GateLinesContext {
  config: Pick<AgentConfig, 'lines'>;
  outputs: GateOutputs;
  now(): number;
  log: Log;
  onInput(input: FloorInput): void;
  onHealth(device: FloorDevice, changedState: boolean): void;
}

/** Opens the lines of the host at the gates, by role. Answers how to close them. */
export function openGateLines(context: GateLinesContext): () => Promise<void> {
  const lines = context.config.lines.map((line) => openOne(line, context));
  return async () => {
    await Promise.allSettled(lines.map((line) => line.close()));
  };
}

function openOne(config: AgentConfig['lines'][number], context: GateLinesContext): OutputLine | InputLine {
  const { id, chip, line, gate_id, active_low } = config;
  const { now, log, outputs, onHealth, onInput } = context;
  const place = { chip, line, activeLow: active_low };
  const show = (device: OutputLine | InputLine): void => {
    const who = { id, kind: 'line', name: `${config.role} line`, gate_id } as const;
    onHealth({ ...who, ...device.health() }, false);
    followHealth(who, device, onHealth);
  };
  if (!('fail_safe' in config)) {
    const { role } = config;
    const input = openGpioInput(place, { now, log });
    input.onEdge(({ on, at }) => onInput({ line_id: id, gate_id, role, on, at }));
    show(input);
    return input;
  }
  const output = openGpioOutput({ ...place, failSafe: config.fail_safe === 'on' }, { now, log });
  show(output);
  // From here on somebody drives it, and outputs rest at "off".
  void output.set(false);
  outputs.add(gate_id, ACTS_WITH[config.role], (on) => void output.set(on));
  return output;
}
