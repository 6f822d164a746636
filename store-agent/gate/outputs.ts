import { Pulse } from '../../hardware/pulse.ts';

const OUTPUT_PULSE_MS = 3_000;

export type OutputRole = 'alarm' | 'open';

/** The lamps, sirens and barriers of all gates, each driven by role. */
export class GateOutputs {
  readonly #outputs: { gateId: string; role: OutputRole; pulse: Pulse }[] = [];

  add(gateId: string, role: OutputRole, set: (on: boolean) => void, pulseMs = OUTPUT_PULSE_MS): void {
    this.#outputs.push({ gateId, role, pulse: new Pulse(set, pulseMs) });
  }

  /**
   * Sounds the alarm of a gate or opens it, on whatever outputs it has here. While the alarm sounds nothing
   * opens: one paid tag must not let the unpaid one beside it out. Only a pass or a person (`anyway`) ends it.
   */
  signal(gateId: string, role: OutputRole, anyway = false): void {
    if (role === 'open' && !anyway && this.#isOn(gateId, 'alarm')) return;
    for (const one of this.#outputs) if (one.gateId === gateId && one.role !== role) one.pulse.end();
    for (const one of this.#outputs) if (one.gateId === gateId && one.role === role) one.pulse.give();
  }

  close(): void {
    for (const { pulse } of this.#outputs) pulse.end();
  }

  #isOn(gateId: string, role: OutputRole): boolean {
    return this.#outputs.some((one) => one.gateId === gateId && one.role === role && one.pulse.on);
  }
}
