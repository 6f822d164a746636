import { createRoute, z } from '@hono/zod-openapi';
import { fieldErrors, problem } from '../../../shared/http/problem.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import { OfflineDocument } from '../../../shared/offline/document.ts';
import { UPLOAD_DOCUMENTS_MAX, UploadAnswer } from '../../../shared/offline/wire.ts';
import { type Uploaded, UploadedPlace } from '../../../shared/rpc/agents.ts';
import { agentCallOf, storeOfAgent } from '../agent_store.ts';
import type { App, Ctx } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, WRITE_REFUSALS } from '../describe.ts';
import { type FitsAnyRoute, fitsAnyRoute, refuse } from '../refuse.ts';
import { forRolesWithBody } from '../require_role.ts';

/** A batch as agents send it is below a megabyte; fifty sales of the largest shops are not. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const WHY_CHARACTERS_MAX = 500;

/** A document that cannot be read, but names its place, is answered by itself: it does not hold up the others. */
const Upload = z.strictObject({
  transactions: z
    .array(z.union([OfflineDocument, z.looseObject(UploadedPlace.shape)]))
    .min(1)
    .max(UPLOAD_DOCUMENTS_MAX),
});

const upload = createRoute({
  method: 'post',
  path: '/v1/stores/{store_id}/offline_transactions',
  tags: ['Agents'],
  summary: 'What tills of the shop sold by themselves, each document applied once',
  description:
    'Nothing is priced again. A document is known by its device and sequence number, and by its digest: the same again is a `duplicate` and does nothing, another one in its place is a `conflict` and leaves what is there. Each is answered by itself; one that was sent alone and conflicts is answered 409. `missing` names documents of the device that never arrived.',
  ...forRolesWithBody(BODY_BYTES_MAX, 'agent'),
  request: {
    params: z.object({ store_id: StoreId }),
    headers: idempotent,
    body: jsonBody(Upload),
  },
  responses: {
    200: jsonAnswer(UploadAnswer, 'What became of each, in the order of the request'),
    ...WRITE_REFUSALS,
  },
});

export function offlineTransactions(app: App): void {
  app.openapi(upload, async (c) => {
    const found = await storeOfAgent(c, c.req.valid('param').store_id);
    if (!found.ok) return refuse(c, found.error);
    const { transactions } = c.req.valid('json');
    const answer = await found.value.store.takeDocuments(await agentCallOf(c), transactions.map(uploaded));
    if (!answer.ok)
      return answer.error.code === 'conflict'
        ? conflict(c, answer.error.results)
        : refuse(c, answer.error.code);
    if (answer.value.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(answer.value.body, 200);
  });
}

/** A problem like any other, with the document's result in a member of its own. */
function conflict(c: Ctx, results: UploadAnswer['results']): FitsAnyRoute {
  const document = problem('conflict', { detail: results[0]?.detail, request_id: c.get('requestId') });
  const headers = { 'content-type': 'application/problem+json' };
  return fitsAnyRoute(c.newResponse(JSON.stringify({ ...document, results }), { status: 409, headers }));
}

function uploaded(raw: z.infer<typeof Upload>['transactions'][number]): Uploaded {
  const { tx_id, device_id, device_seq } = raw;
  const place = { tx_id, device_id, device_seq };
  const parsed = OfflineDocument.safeParse(raw);
  if (parsed.success) return { place, document: parsed.data };
  const [first] = fieldErrors(parsed.error);
  return {
    place,
    raw,
    why: `it cannot be read: ${first?.path} ${first?.message}`.slice(0, WHY_CHARACTERS_MAX),
  };
}
