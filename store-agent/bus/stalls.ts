import type { Log } from '../log.ts';
import type { CountMqtt } from './count.ts';

interface StallContext {
  log: Log;
  count: CountMqtt;
}

/** Devices that stopped reading: told of once, and once when they read again, however often they come back. */
export class Stalls {
  readonly #context: StallContext;
  readonly #stalled = new Set<string>();

  constructor(context: StallContext) {
    this.#context = context;
  }

  stalled(deviceId: string): void {
    this.#context.count('sesame_mqtt_stalled_total', {});
    if (this.#stalled.has(deviceId)) return;
    this.#stalled.add(deviceId);
    this.#context.log('warn', 'a device stopped reading and was cut off', { device: deviceId });
  }

  readsOn(deviceId: string): void {
    if (this.#stalled.delete(deviceId))
      this.#context.log('info', 'a device reads again', { device: deviceId });
  }
}
