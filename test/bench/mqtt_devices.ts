import type { DeviceCredential } from '../../shared/config/store_config.ts';
import { AGENT, KIOSK, signIn, storeConfig } from '../../store-agent/testing/fixtures.ts';

/** Two who watch: one of them will stop reading. */
export const WATCHERS = [AGENT, AGENT.replace('agt_0', 'agt_1')] as const;

const { devices } = storeConfig();

/** The kiosk that speaks, and the watchers, all with the agent's test secret where they share a kind. */
export function benchDevices(): DeviceCredential[] {
  return devices.flatMap((one) =>
    one.id === KIOSK ? [one] : one.id === AGENT ? WATCHERS.map((id) => ({ ...one, username: id })) : [],
  );
}

export const benchSignIn = (id: string) =>
  id === KIOSK ? signIn(KIOSK) : { ...signIn(AGENT), username: id, clientId: id };
