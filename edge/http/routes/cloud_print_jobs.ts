import { createRoute, z } from '@hono/zod-openapi';
import { basketIdOfOrder, CloudPrintJobId, DeviceId, OrderId, StoreId } from '../../../shared/ids/index.ts';
import { CloudPrintJob } from '../../../shared/rpc/cloud_print.ts';
import { agentCallOf } from '../agent_store.ts';
import { refused } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { basketOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const StorePath = z.object({ store_id: StoreId });
const askers = forRoles('admin', 'manager', 'cashier', 'service', 'kiosk');

const ask = createRoute({
  method: 'post',
  path: '/v1/stores/{store_id}/cloud_print_jobs',
  tags: ['Printing'],
  summary: 'Prints an order’s receipt on a printer that has no agent',
  description:
    'The printer fetches it from here by Star CloudPRNT or Epson Server Direct Print. Asking again for an order answers the job that is there; a paper that came out, or may have, is printed again, marked COPY, only with `copy`.',
  ...askers,
  request: {
    params: StorePath,
    headers: idempotent,
    body: jsonBody(
      z.strictObject({ order_id: OrderId, printer_id: DeviceId, copy: z.literal(true).optional() }),
    ),
  },
  responses: { 202: jsonAnswer(CloudPrintJob, 'The job'), ...WRITE_REFUSALS },
});

const read = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/cloud_print_jobs/{cloud_print_job_id}',
  tags: ['Printing'],
  summary: 'What became of such a job',
  ...askers,
  request: { params: StorePath.extend({ cloud_print_job_id: CloudPrintJobId }) },
  responses: { 200: jsonAnswer(CloudPrintJob, 'The job'), ...READ_REFUSALS, ...refusals(422) },
});

export function cloudPrintJobs(app: App): void {
  app.openapi(ask, async (c) => {
    const { store_id } = c.req.valid('param');
    const { order_id, printer_id, copy } = c.req.valid('json');
    const store = c.env.STORE.getByName(store_id);
    const config = await store.config();
    if (config === null || config.retailer_id !== c.get('claims').retailer) return refuse(c, 'not_found');
    const call = await callOf(c);
    // The basket knows whether this caller may read the order: another store's is not there.
    const receipt = await basketOf(c, basketIdOfOrder(order_id)).receipt({
      ...call,
      caller: { kind: 'store', retailer_id: config.retailer_id, store_id },
    });
    if (!receipt.ok) return refused(c, receipt.error);
    const answer = await store.askCloudPrint(await agentCallOf(c), {
      order_id,
      printer_id,
      receipt: receipt.value.body,
      copy: copy === true,
    });
    if (answer.ok) {
      if (answer.value.replayed) c.header('Idempotency-Replayed', 'true');
      return c.json(answer.value.body, 202);
    }
    if (answer.error.code !== 'unknown_printer') return refuse(c, answer.error.code);
    const message = 'no printer of this store';
    return refuse(c, 'invalid', { errors: [{ path: '/printer_id', code: 'unknown_printer', message }] });
  });

  app.openapi(read, async (c) => {
    const { store_id, cloud_print_job_id } = c.req.valid('param');
    const store = c.env.STORE.getByName(store_id);
    const config = await store.config();
    if (config === null || config.retailer_id !== c.get('claims').retailer) return refuse(c, 'not_found');
    const job = await store.cloudPrintJob(cloud_print_job_id);
    return job === null ? refuse(c, 'not_found') : c.json(job, 200);
  });
}
