import type { DeviceHealth, DriverContext, ScannedCode } from '../hardware/port.ts';
import { openZvtTerminal } from '../hardware/zvt/driver.ts';
import type { AgentConfig } from './config.ts';
import { followHealth, type Who } from './follow_health.ts';
import type { FloorDevice } from './http/floor_schema.ts';
import type { Log } from './log.ts';
import { openPrinter } from './open_printer.ts';
import { openScanner } from './open_scanner.ts';
import type { QueuePrinter } from './printing/queue.ts';
import type { TillTerminal } from './till/context.ts';

export interface DevicesContext {
  config: Pick<AgentConfig, 'printers' | 'scanners' | 'terminals'>;
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
  }

  list(): FloorDevice[] {
    return this.#opened.map((one) => one.describe());
  }

  /** Every code that a scanner of this agent reads, in order. */
  onCode(listener: (scan: Scan) => void): void {
    this.#codeListeners.push(listener);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.map((one) => one.close()));
  }

  #tellCode(scan: Scan): void {
    for (const listener of this.#codeListeners) listener(scan);
  }

  #keep(
    who: Who,
    device: {
      health(): DeviceHealth;
      onHealth(listener: (health: DeviceHealth) => void): void;
      close(): Promise<void>;
    },
  ): void {
    const describe = (): FloorDevice => ({ ...who, ...device.health() });
    followHealth(who, device, (now, changed) => this.#context.onHealth(now, changed));
    this.#opened.push({ describe, close: () => device.close() });
  }
}
