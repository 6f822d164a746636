import { openGpioInput } from '../hardware/gpio/gpiod_input.ts';
import { openGpioOutput } from '../hardware/gpio/open_output.ts';
import type { DeviceHealth, DriverContext, ScannedCode } from '../hardware/port.ts';
import { openZvtTerminal } from '../hardware/zvt/driver.ts';
import type { AgentConfig } from './config.ts';
import { ACTS_WITH } from './device_config.ts';
import { GateOutputs, type OutputRole } from './gate/outputs.ts';
import type { FloorDevice, FloorInput } from './http/floor_schema.ts';
import type { Log } from './log.ts';
import { openPrinter } from './open_printer.ts';
import { openScanner } from './open_scanner.ts';
import type { QueuePrinter } from './printing/queue.ts';
import type { TillTerminal } from './till/context.ts';

export interface DevicesContext {
  config: Pick<AgentConfig, 'printers' | 'scanners' | 'lines' | 'terminals'>;
  now(): number;
  log: Log;
  onHealth(device: FloorDevice, changedState: boolean): void;
}

/** A code from a scanner of the agent's own, and the kiosk or till that the scanner stands at, if any. */
export interface Scan {
  scannerId: string;
  kioskId: string | null;
  code: ScannedCode;
}

interface Opened {
  describe(): FloorDevice;
  close(): Promise<void>;
}

/** What hangs on this agent beside the gates' readers, which the gate thread drives. A device that is absent is a health fact; none stops the agent. */
export class Devices {
  readonly printers: QueuePrinter[] = [];
  readonly terminals: TillTerminal[] = [];
  readonly #context: DevicesContext;
  readonly #opened: Opened[] = [];
  readonly #codeListeners: ((scan: Scan) => void)[] = [];
  readonly #inputListeners: ((input: FloorInput) => void)[] = [];
  readonly #outputs = new GateOutputs();

  constructor(context: DevicesContext) {
    this.#context = context;
    const driver: DriverContext = { now: context.now, log: context.log };
    for (const printer of context.config.printers) {
      const opened = openPrinter(printer, driver);
      this.printers.push(opened);
      this.#keep({ id: printer.id, kind: 'printer', name: printer.name, gate_id: null }, opened.device);
    }
    for (const scanner of context.config.scanners) {
      const { id, kiosk_id } = scanner;
      const device = openScanner(scanner, driver);
      device.onCode((code) => this.#tellCode({ scannerId: id, kioskId: kiosk_id ?? null, code }));
      this.#keep({ id, kind: 'scanner', name: id, gate_id: null }, device);
    }
    for (const { id, name, url, currency, kiosk_id } of context.config.terminals) {
      const device = openZvtTerminal({ ...url, currency }, driver);
      this.terminals.push({ id, kioskId: kiosk_id ?? null, device });
      this.#keep({ id, kind: 'terminal', name, gate_id: null }, device);
    }
    for (const line of context.config.lines) this.#openLine(line, driver);
  }

  list(): FloorDevice[] {
    return this.#opened.map((one) => one.describe());
  }

  /** Drives the lines of a gate; its reader's own outputs are the gate thread's. */
  signal(gateId: string, role: OutputRole, anyway = false): void {
    this.#outputs.signal(gateId, role, anyway);
  }

  /** Every change of a line that is an input, in order; the readers' own inputs are the gate thread's. */
  onInput(listener: (input: FloorInput) => void): void {
    this.#inputListeners.push(listener);
  }

  /** Every code that a scanner of this agent reads, in order. */
  onCode(listener: (scan: Scan) => void): void {
    this.#codeListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#outputs.close();
    await Promise.allSettled(this.#opened.map((one) => one.close()));
  }

  #openLine(config: AgentConfig['lines'][number], driver: DriverContext): void {
    const { id, chip, line, role, gate_id, active_low } = config;
    const who = { id, kind: 'line', name: `${role} line`, gate_id } as const;
    const place = { chip, line, activeLow: active_low };
    if (!('fail_safe' in config)) {
      const { role } = config;
      const device = openGpioInput(place, driver);
      device.onEdge(({ on, at }) => {
        for (const listener of this.#inputListeners) listener({ line_id: id, gate_id, role, on, at });
      });
      this.#keep(who, device);
      return;
    }
    const device = openGpioOutput({ ...place, failSafe: config.fail_safe === 'on' }, driver);
    this.#keep(who, device);
    // From here on somebody drives it, and outputs rest at "off".
    void device.set(false);
    this.#outputs.add(gate_id, ACTS_WITH[config.role], (on) => void device.set(on));
  }

  #tellCode(scan: Scan): void {
    for (const listener of this.#codeListeners) listener(scan);
  }

  #keep(
    who: Pick<FloorDevice, 'id' | 'kind' | 'name' | 'gate_id'>,
    device: {
      health(): DeviceHealth;
      onHealth(listener: (health: DeviceHealth) => void): void;
      close(): Promise<void>;
    },
  ): void {
    let state = device.health().state;
    const describe = (): FloorDevice => ({ ...who, ...device.health() });
    device.onHealth((health) => {
      const changed = health.state !== state;
      state = health.state;
      this.#context.onHealth({ ...who, ...health }, changed);
    });
    this.#opened.push({ describe, close: () => device.close() });
  }
}
