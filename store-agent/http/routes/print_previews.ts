import { createRoute, z } from '@hono/zod-openapi';
import { PrintJobId } from '../../../shared/ids/index.ts';
import { renderSvg, renderText } from '../../../shared/receipt/index.ts';
import { drawnPaper } from '../../printing/render.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import { BEARER, CONFLICT, NOT_FOUND, NOT_READY, TOKEN_REFUSALS, UNREADABLE } from '../describe.ts';
import { fitsAnyRoute } from '../fits_any_route.ts';
import { refuse } from '../refuse.ts';

/** Dots of the printer on one dot of the picture: the SVG is half its size, for screens. */
const PNG_ZOOM = 2;
const text = { schema: z.string() };

/** What a job looks like on its printer's paper: the same rows, the same pictures, never laid out anew. */
export function printPreviews(app: App, parts: AgentParts): void {
  const read = createRoute({
    method: 'get',
    path: '/v1/print_jobs/{print_job_id}/preview',
    tags: ['Printing'],
    summary: 'What the paper of a job looks like',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: {
      params: z.object({ print_job_id: PrintJobId }),
      query: z.object({ format: z.enum(['svg', 'png', 'text']).default('svg') }),
    },
    responses: {
      200: {
        description: 'The paper',
        content: {
          'image/svg+xml': text,
          'image/png': { schema: z.string().meta({ format: 'binary' }) },
          'text/plain': text,
        },
      },
      ...TOKEN_REFUSALS,
      ...NOT_FOUND,
      ...CONFLICT,
      ...UNREADABLE,
      ...NOT_READY,
    },
  });

  app.openapi(read, async (c) => {
    const job = parts.state.tables.printJobs.get(c.req.valid('param').print_job_id);
    if (job === null) return refuse(c, 'not_found');
    const printer = parts.printers.find((one) => one.id === job.printer_id);
    if (printer === undefined)
      return refuse(c, 'conflict', { detail: 'the printer of that job is not there any more' });
    const receipt = job.order_id === null ? null : parts.state.tables.receipts.document(job.order_id);
    const drawn = await drawnPaper(job, receipt, printer, parts.drawer);
    if (!drawn.ok) return refuse(c, 'conflict', { detail: drawn.error });
    const { slip } = drawn.value;
    switch (c.req.valid('query').format) {
      case 'text':
        return answer(renderText(slip), 'text/plain; charset=utf-8');
      case 'svg':
        return answer(renderSvg(slip), 'image/svg+xml');
      case 'png': {
        const png = await parts.drawer.raster.png(renderSvg(slip), PNG_ZOOM);
        return png.ok
          ? answer(Uint8Array.from(png.value), 'image/png')
          : refuse(c, 'store_unavailable', { detail: `no picture can be drawn here: ${png.error}` });
      }
    }
  });
}

function answer(body: string | Uint8Array<ArrayBuffer>, type: string) {
  const headers = {
    'content-type': type,
    // A preview is shown, never run: names of items come from the catalogue.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  };
  return fitsAnyRoute(new Response(body, { headers }));
}
