import { Health, reasonOf, tell } from '../health.ts';
import type { DeviceHealth, DriverContext, ScannedCode, Scanner } from '../port.ts';
import { type HidPosLayout, HidReportDecoder } from './decode.ts';

export const HID_POLL_MS = 2_000;
/** Bar code scanners of the HID POS usage tables. */
const SCANNER_USAGE_PAGE = 0x8c;

/** The part of node-hid that this driver touches, so that it compiles and runs where the module is absent. */
export interface HidDevice {
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}
export interface HidDeviceInfo {
  readonly path?: string | undefined;
  readonly vendorId: number;
  readonly productId: number;
  readonly usagePage?: number | undefined;
  readonly product?: string | undefined;
}
export interface HidModule {
  devicesAsync(): Promise<readonly HidDeviceInfo[]>;
  readonly HIDAsync: { open(path: string): Promise<HidDevice> };
}

export interface HidScannerOptions {
  /** With neither ids nor path, the first device that calls itself a bar code scanner is taken. */
  readonly vendorId?: number;
  readonly productId?: number;
  readonly path?: string;
  readonly layout?: HidPosLayout;
  readonly pollMs?: number;
  readonly loadModule?: () => Promise<unknown>;
}

/**
 * A USB hand scanner or presenter in HID POS mode. Returns at once; the device may come and go. Without the
 * module or the device the scanner is `unavailable`, and the store works on.
 */
export function openHidScanner(options: HidScannerOptions, ctx: DriverContext): Scanner {
  const scanner = new HidScanner(options, ctx);
  scanner.start();
  return scanner;
}

class HidScanner implements Scanner {
  readonly #options: HidScannerOptions;
  readonly #ctx: DriverContext;
  readonly #codeListeners: ((code: ScannedCode) => void)[] = [];
  readonly #health: Health;
  #module: HidModule | null = null;
  #device: HidDevice | null = null;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(options: HidScannerOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    this.#health = new Health('HID scanner', ctx, 'Looking for the scanner.');
  }

  start(): void {
    this.#working = this.#load();
  }

  health(): DeviceHealth {
    return this.#health.get();
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#health.onChange(listener);
  }

  onCode(listener: (code: ScannedCode) => void): void {
    this.#codeListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
    await this.#release();
    this.#health.close();
  }

  async #load(): Promise<void> {
    try {
      const loaded = await (this.#options.loadModule ?? loadNodeHid)();
      if (!isHidModule(loaded)) throw new Error('it is not the module this driver knows');
      this.#module = loaded;
    } catch (error) {
      // The module will not appear while the process runs, so there is nothing to poll for.
      this.#setHealth('unavailable', `USB scanners cannot be used here: ${reasonOf(error)}.`);
      return;
    }
    await this.#look(this.#module);
  }

  /** Hot-plug by looking: the library has no events for devices that come or go. */
  async #look(module: HidModule): Promise<void> {
    if (this.#closed) return;
    try {
      const devices = await module.devicesAsync();
      const info = devices.find((one) => this.#matches(one));
      if (info?.path === undefined) await this.#absent();
      else if (this.#device === null) await this.#open(module, info.path, info.product ?? 'The scanner');
    } catch (error) {
      await this.#release();
      this.#setHealth('unavailable', `The scanner cannot be opened: ${reasonOf(error)}.`);
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#look(module);
    }, this.#options.pollMs ?? HID_POLL_MS);
  }

  #matches(info: HidDeviceInfo): boolean {
    const { path, vendorId, productId } = this.#options;
    if (path !== undefined) return info.path === path;
    if (vendorId === undefined && productId === undefined) return info.usagePage === SCANNER_USAGE_PAGE;
    return (
      (vendorId === undefined || info.vendorId === vendorId) &&
      (productId === undefined || info.productId === productId)
    );
  }

  async #open(module: HidModule, path: string, name: string): Promise<void> {
    const device = await module.HIDAsync.open(path);
    const decoder = new HidReportDecoder(this.#options.layout);
    this.#device = device;
    device.on('data', (report) => {
      if (this.#device !== device) return;
      const receivedAt = this.#now();
      for (const code of decoder.push(report)) {
        tell(this.#codeListeners, { ...code, receivedAt }, this.#ctx);
      }
    });
    device.on('error', (error) => {
      if (this.#device !== device) return;
      this.#setHealth('unavailable', `The scanner was lost: ${reasonOf(error)}.`);
      void this.#release();
    });
    this.#setHealth('online', `${name} is ready.`);
  }

  async #absent(): Promise<void> {
    await this.#release();
    this.#setHealth('unavailable', 'No scanner is plugged in.');
  }

  async #release(): Promise<void> {
    const device = this.#device;
    this.#device = null;
    try {
      await device?.close();
    } catch (error) {
      this.#ctx.log('debug', 'closing the scanner failed', { reason: reasonOf(error) });
    }
  }

  #setHealth(state: DeviceHealth['state'], detail: string): void {
    if (!this.#closed) this.#health.set(state, detail);
  }

  #now(): string {
    return new Date(this.#ctx.now()).toISOString();
  }
}

/** The name is a variable so that the compiler does not ask for a package that may be absent. */
function loadNodeHid(): Promise<unknown> {
  const name: string = 'node-hid';
  return import(name);
}

function isHidModule(value: unknown): value is HidModule {
  return has(value, 'devicesAsync') && 'HIDAsync' in value && has(value.HIDAsync, 'open');
}

function has(value: unknown, method: string): value is object {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return typeof Reflect.get(value, method) === 'function';
}
