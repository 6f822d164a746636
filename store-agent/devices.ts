import { openEscposPrinter } from '../hardware/escpos/driver.ts';
import { openGpioLine } from '../hardware/gpio/driver.ts';
import { openHidScanner } from '../hardware/hid/driver.ts';
import type { DeviceHealth, DriverContext, ScannedCode, TagRead } from '../hardware/port.ts';
import { Pulse } from '../hardware/pulse.ts';
import type { AgentConfig, ReaderConfig } from './config.ts';
import type { FloorDevice } from './http/floor_schema.ts';
import { errorText, type Log } from './log.ts';
import { openReader } from './open_reader.ts';
import type { QueuePrinter } from './printing/queue.ts';

export const OUTPUT_PULSE_MS = 3_000;

export type OutputRole = 'alarm' | 'open';

export interface DevicesContext {
  config: Pick<AgentConfig, 'readers' | 'printers' | 'scanners' | 'lines'>;
  now(): number;
  log: Log;
  onReads(reader: ReaderConfig, reads: TagRead[]): void;
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

/** The devices that this agent drives itself. A device that is absent is a health fact; none stops the agent. */
export class Devices {
  readonly printers: QueuePrinter[] = [];
  readonly #context: DevicesContext;
  readonly #opened: Opened[] = [];
  readonly #codeListeners: ((scan: Scan) => void)[] = [];
  readonly #outputs: { gateId: string; role: OutputRole; pulse: Pulse }[] = [];

  constructor(context: DevicesContext) {
    this.#context = context;
    const driver: DriverContext = { now: context.now, log: context.log };
    for (const reader of context.config.readers) this.#openReader(reader, driver);
    for (const printer of context.config.printers) {
      const device = openEscposPrinter(printer.url, driver);
      this.printers.push({ id: printer.id, columns: printer.columns, device });
      this.#keep({ id: printer.id, kind: 'printer', name: printer.name, gate_id: null }, device);
    }
    for (const { id, vendor_id, product_id, kiosk_id } of context.config.scanners) {
      const device = openHidScanner({ vendorId: vendor_id, productId: product_id }, driver);
      device.onCode((code) => this.#tellCode({ scannerId: id, kioskId: kiosk_id ?? null, code }));
      this.#keep({ id, kind: 'scanner', name: id, gate_id: null }, device);
    }
    for (const { id, line, chip, role, gate_id, active_low } of context.config.lines) {
      // Both roles rest at "off": a siren is silent and a barrier stays shut when nobody drives them.
      const device = openGpioLine(
        { line, activeLow: active_low, failSafe: false, ...(chip === undefined ? {} : { chip }) },
        driver,
      );
      this.#keep({ id, kind: 'line', name: `${role} line`, gate_id }, device);
      this.#outputs.push({
        gateId: gate_id,
        role,
        pulse: new Pulse((on) => void device.set(on), OUTPUT_PULSE_MS),
      });
    }
  }

  list(): FloorDevice[] {
    return this.#opened.map((one) => one.describe());
  }

  /**
   * Sounds the alarm of a gate or opens it, on whatever outputs it has here. While the alarm sounds nothing
   * opens: one paid tag must not let the unpaid one beside it out. Only a pass (`anyway`) ends the alarm.
   */
  signal(gateId: string, role: OutputRole, anyway = false): void {
    const here = this.#outputs.filter((output) => output.gateId === gateId);
    const outputs = (which: OutputRole): Pulse[] =>
      here.filter((one) => one.role === which).map((one) => one.pulse);
    if (role === 'open' && !anyway && outputs('alarm').some((pulse) => pulse.on)) return;
    for (const pulse of outputs(role === 'alarm' ? 'open' : 'alarm')) pulse.end();
    for (const pulse of outputs(role)) pulse.give();
  }

  /** Every code that a scanner of this agent reads, in order. */
  onCode(listener: (scan: Scan) => void): void {
    this.#codeListeners.push(listener);
  }

  async close(): Promise<void> {
    for (const { pulse } of this.#outputs) pulse.end();
    await Promise.allSettled(this.#opened.map((one) => one.close()));
  }

  #tellCode(scan: Scan): void {
    for (const listener of this.#codeListeners) listener(scan);
  }

  #openReader(reader: ReaderConfig, driver: DriverContext): void {
    const device = openReader(reader, driver);
    this.#keep({ id: reader.id, kind: 'reader', name: 'RFID reader', gate_id: reader.gate_id }, device);
    device.onReads((reads) => this.#context.onReads(reader, reads));
    for (const role of ['alarm', 'open'] as const) {
      const port = reader.outputs[role];
      if (port === undefined) continue;
      const set = (on: boolean): void => {
        device.setOutput(port, on).catch((error: unknown) => {
          this.#context.log('warn', `the ${role} output was not set`, {
            reader: reader.id,
            err: errorText(error),
          });
        });
      };
      this.#outputs.push({ gateId: reader.gate_id, role, pulse: new Pulse(set, OUTPUT_PULSE_MS) });
    }
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
