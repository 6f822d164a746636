import { createRoute, z } from '@hono/zod-openapi';
import { DeviceId, StoreId } from '../../../shared/ids/index.ts';
import { eposResult, parseDirectResponse } from '../../../shared/receipt/epos_xml.ts';
import { isReady, resultOfCode, STAR_MEDIA, StarOffer, StarPoll, starJob } from '../../print/cloudprnt.ts';
import { directPrintJob } from '../../print/direct_print.ts';
import type { App } from '../context.ts';
import { jsonAnswer, refusals } from '../describe.ts';
import { refusePrinter, storeOfPrinter } from '../printer.ts';
import { readBytes } from '../read_body.ts';
import { fitsAnyRoute, refuse } from '../refuse.ts';

export const PRINTER_BYTES_MAX = 64 * 1024;

const XML = { 'content-type': 'text/xml; charset=utf-8' };
const text = { schema: z.string() };
const Path = z.object({ store_id: StoreId, printer_id: DeviceId });
const printer = {
  tags: ['Printing'],
  security: [{ printer: [] }],
  middleware: [readBytes(PRINTER_BYTES_MAX)],
};
const answers = refusals(400, 401, 403, 404, 413, 415, 422, 500, 503);

const poll = createRoute({
  method: 'post',
  path: '/v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  summary: 'Star CloudPRNT: a printer tells how it is and asks for work',
  ...printer,
  request: { params: Path, body: { content: { 'application/json': { schema: StarPoll } } } },
  responses: { 200: jsonAnswer(StarOffer, 'Whether there is a job'), ...answers },
});

const fetchJob = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  summary: 'Star CloudPRNT: a printer fetches a job',
  ...printer,
  request: {
    params: Path,
    query: z.object({ type: z.string().max(100).optional(), token: z.string().max(64).optional() }),
  },
  responses: {
    200: { description: 'The job', content: { 'application/vnd.star.line': text, 'text/plain': text } },
    ...answers,
  },
});

const confirm = createRoute({
  method: 'delete',
  path: '/v1/stores/{store_id}/cloud_printers/{printer_id}/cloudprnt',
  summary: 'Star CloudPRNT: a printer tells what became of a job',
  ...printer,
  request: {
    params: Path,
    query: z.object({ code: z.string().max(200).optional(), token: z.string().max(64).optional() }),
  },
  responses: { 200: { description: 'Noted' }, ...answers },
});

const direct = createRoute({
  method: 'post',
  path: '/v1/stores/{store_id}/cloud_printers/{printer_id}/direct_print',
  summary: 'Epson Server Direct Print: a printer asks for work, or tells what became of it',
  ...printer,
  request: {
    params: Path,
    body: {
      content: {
        'application/x-www-form-urlencoded': {
          schema: z.looseObject({
            ConnectionType: z.enum(['GetRequest', 'SetResponse', 'SetStatus']),
            ResponseFile: z.string().optional(),
          }),
        },
      },
      required: true,
    },
  },
  responses: { 200: { description: 'The job, or nothing', content: { 'text/xml': text } }, ...answers },
});

/** Printers that call by themselves: they know HTTP Basic and no token of ours. */
export function cloudPrinters(app: App): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'printer', { type: 'http', scheme: 'basic' });

  app.openapi(poll, async (c) => {
    const { store_id, printer_id } = c.req.valid('param');
    const store = await storeOfPrinter(c, store_id, printer_id);
    if (store === null) return refusePrinter(c);
    const { statusCode, printingInProgress } = c.req.valid('json');
    const next = await store.nextCloudPaper({
      printer_id,
      ready: isReady(statusCode === undefined ? undefined : decoded(statusCode)),
      busy: printingInProgress === true,
    });
    if (next === null) return c.json({ jobReady: false }, 200);
    return c.json({ jobReady: true, mediaTypes: [...STAR_MEDIA], jobToken: next.token }, 200);
  });

  app.openapi(fetchJob, async (c) => {
    const { store_id, printer_id } = c.req.valid('param');
    const store = await storeOfPrinter(c, store_id, printer_id);
    if (store === null) return refusePrinter(c);
    const { type = STAR_MEDIA[0], token = null } = c.req.valid('query');
    const media = STAR_MEDIA.find((one) => one === type.split(';')[0]?.trim().toLowerCase());
    if (media === undefined)
      return refuse(c, 'unsupported_media_type', { detail: 'not offered for this job' });
    const paper = await store.fetchCloudPaper({ printer_id, token });
    if (paper === null) return refuse(c, 'not_found');
    const type_ = media === 'text/plain' ? 'text/plain; charset=utf-8' : media;
    return fitsAnyRoute(new Response(starJob(paper.receipt, media), { headers: { 'content-type': type_ } }));
  });

  app.openapi(confirm, async (c) => {
    const { store_id, printer_id } = c.req.valid('param');
    const store = await storeOfPrinter(c, store_id, printer_id);
    if (store === null) return refusePrinter(c);
    const { code = '200 OK', token = null } = c.req.valid('query');
    await store.settleCloudPaper({
      printer_id,
      token,
      result: resultOfCode(code),
      reason: `the printer says ${code}`,
    });
    return c.body(null, 200);
  });

  app.openapi(direct, async (c) => {
    const { store_id, printer_id } = c.req.valid('param');
    const store = await storeOfPrinter(c, store_id, printer_id);
    if (store === null) return refusePrinter(c);
    const { ConnectionType, ResponseFile = '' } = c.req.valid('form');
    if (ConnectionType === 'SetResponse') {
      const told = parseDirectResponse(ResponseFile);
      if (told === null) return refuse(c, 'invalid', { detail: 'no PrintResponseInfo' });
      for (const { token, response } of told) {
        const result = eposResult(response);
        const reason = `the printer says ${response.code || 'that it failed'}`;
        await store.settleCloudPaper({ printer_id, token, result, reason });
      }
      return c.body(null, 200, XML);
    }
    const next =
      ConnectionType === 'GetRequest'
        ? await store.nextCloudPaper({ printer_id, ready: true, busy: false })
        : null;
    const paper = next === null ? null : await store.fetchCloudPaper({ printer_id, token: next.token });
    // Nothing to print is an empty answer.
    if (paper === null) return c.body(null, 200, XML);
    return c.body(directPrintJob(paper.receipt, paper.token), 200, XML);
  });
}

/** The status code comes as in a URL; one that is not is taken as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
