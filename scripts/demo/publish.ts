import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { call } from './call.ts';

/** Sends the store everything that the cloud holds for it; when this resolves, shoppers scan with it. */
export async function publish(cloud: string, token: string, storeId: StoreId): Promise<void> {
  await call({
    base: cloud,
    method: 'POST',
    path: `/v1/stores/${storeId}/publications`,
    token,
    body: {},
    answer: z.unknown(),
  });
}
