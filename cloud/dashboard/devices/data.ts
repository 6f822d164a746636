import { z } from 'zod';
import { ask, askAll } from '../ask.ts';

export const KINDS = [
  ['agent', 'Store agent'],
  ['gate', 'Gate'],
  ['kiosk', 'Kiosk or till'],
  ['printer', 'Printer'],
  ['reader', 'Reader'],
] as const;
export type Kind = (typeof KINDS)[number][0];

const Device = z.looseObject({
  id: z.string(),
  store_id: z.string(),
  kind: z.string(),
  name: z.string(),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});
export type Device = z.infer<typeof Device>;
const Code = z.looseObject({ code: z.string(), expires_at: z.string() });
export type Code = z.infer<typeof Code>;

export const readDevices = (): Promise<Device[] | string> => askAll(Device, '/v1/devices');

export const addDevice = (
  device: { store_id: string; kind: string; name: string },
  key: string,
): Promise<Device | string> => ask(Device, '/v1/devices', { method: 'POST', body: device, key });

export const makeCode = (id: string, key: string): Promise<Code | string> =>
  ask(Code, `/v1/devices/${id}/enrolment_codes`, { method: 'POST', body: {}, key });

export const revoke = (id: string): Promise<Device | string> =>
  ask(Device, `/v1/devices/${id}`, { method: 'DELETE' });

export const publish = (store: string, key: string): Promise<unknown> =>
  ask(z.unknown(), `/v1/stores/${store}/publications`, { method: 'POST', body: {}, key });
