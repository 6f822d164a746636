import { join } from 'node:path';
import { z } from 'zod';
import { EpcHex } from '../../shared/api/common.ts';
import { DeviceId, RetailerId, StoreId } from '../../shared/ids/index.ts';
import { readPrivate, writePrivate } from '../start/private_file.ts';

const Account = z.object({ email: z.string(), password: z.string() });
const Device = z.object({ id: DeviceId, username: z.string(), password: z.string() });

/** What the seed made and what is shown only once: ids, demo passwords, devices' secrets, tokens. */
export const DemoFile = z.object({
  retailer_id: RetailerId,
  store_id: StoreId,
  currency: z.string(),
  staff: z.object({ admin: Account, manager: Account, cashier: Account }),
  /** `gate` is free for whoever likes to be a gate; `lane` and `reader_gate` belong to the simulators. */
  gate: Device,
  lane: Device,
  reader_gate: Device,
  reader: Device,
  printer: Device,
  agent: z.object({ id: DeviceId, token: z.string() }),
  kiosk: z.object({ id: DeviceId, token: z.string() }),
  service_token: z.string(),
  samples: z.object({
    codes: z.array(z.string()),
    promoted_codes: z.array(z.string()),
    epcs: z.array(EpcHex),
    foreign_epcs: z.array(EpcHex),
  }),
});
export type DemoFile = z.infer<typeof DemoFile>;

const pathIn = (folder: string): string => join(folder, 'demo.json');

export const readDemoFile = (folder: string): DemoFile | null => readPrivate(pathIn(folder), DemoFile);
export const writeDemoFile = (folder: string, demo: DemoFile): void => writePrivate(pathIn(folder), demo);
