import { z } from 'zod';
import { SqlStatement } from '../demo/bootstrap.ts';

/** Runs SQL on the cloud's database in one transaction, as `wrangler d1 execute` would. */
export const ToWorkers = z.object({
  type: z.literal('execute'),
  id: z.number().int(),
  statements: z.array(SqlStatement),
});
export type ToWorkers = z.infer<typeof ToWorkers>;

export const FromWorkers = z.discriminatedUnion('type', [
  z.object({ type: z.literal('workerd'), pid: z.number().int().positive() }),
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('executed'), id: z.number().int(), error: z.string().optional() }),
]);
export type FromWorkers = z.infer<typeof FromWorkers>;
