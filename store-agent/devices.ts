import { openGpioLine } from '../hardware/gpio/driver.ts';
import { openHidScanner } from '../hardware/hid/driver.ts';
import type { DeviceHealth, DriverContext, ScannedCode } from '../hardware/port.ts';
import type { AgentConfig } from './config.ts';
import { GateOutputs, type OutputRole } from './gate/outputs.ts';
import type { FloorDevice } from './http/floor_schema.ts';
import type { Log } from './log.ts';
import { openPrinter } from './open_printer.ts';
import type { QueuePrinter } from './printing/queue.ts';

export interface DevicesContext {
  config: Pick<AgentConfig, 'printers' | 'scanners' | 'lines'>;
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
  readonly #context: DevicesContext;
  readonly #opened: Opened[] = [];
  readonly #codeListeners: ((scan: Scan) => void)[] = [];
  readonly #outputs = new GateOutputs();

  constructor(context: DevicesContext) {
    this.#context = context;
    const driver: DriverContext = { now: context.now, log: context.log };
    for (const printer of context.config.printers) {
      const opened = openPrinter(printer, driver);
      this.printers.push(opened);
      this.#keep({ id: printer.id, kind: 'printer', name: printer.name, gate_id: null }, opened.device);
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
      this.#outputs.add(gate_id, role, (on) => void device.set(on));
    }
  }

  list(): FloorDevice[] {
    return this.#opened.map((one) => one.describe());
  }

  /** Drives the lines of a gate; its reader's own outputs are the gate thread's. */
  signal(gateId: string, role: OutputRole, anyway = false): void {
    this.#outputs.signal(gateId, role, anyway);
  }

  /** Every code that a scanner of this agent reads, in order. */
  onCode(listener: (scan: Scan) => void): void {
    this.#codeListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#outputs.close();
    await Promise.allSettled(this.#opened.map((one) => one.close()));
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
