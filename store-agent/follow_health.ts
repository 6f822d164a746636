import type { DeviceHealth } from '../hardware/port.ts';
import type { FloorDevice } from './http/floor_schema.ts';

export type Who = Pick<FloorDevice, 'id' | 'kind' | 'name' | 'gate_id'>;

interface Healthy {
  health(): DeviceHealth;
  onHealth(listener: (health: DeviceHealth) => void): void;
}

/** Tells what becomes of a device, and whether its state is another one or only what is said of it. */
export function followHealth(
  who: Who,
  device: Healthy,
  tell: (device: FloorDevice, changedState: boolean) => void,
): void {
  let { state } = device.health();
  device.onHealth((health) => {
    const changed = health.state !== state;
    state = health.state;
    tell({ ...who, ...health }, changed);
  });
}
