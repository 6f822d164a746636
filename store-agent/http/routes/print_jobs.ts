import { createRoute, z } from '@hono/zod-openapi';
import { Instant } from '../../../shared/api/common.ts';
import { PrintJobId } from '../../../shared/ids/index.ts';
import { PrintRequest } from '../../printing/request.ts';
import { type PrintJob, PrintKind, PrintStatus } from '../../state/print_jobs.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  jsonBody,
  NOT_FOUND,
  TOKEN_REFUSALS,
  UNREADABLE,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';

const PrintJobAnswer = z.object({
  id: z.string(),
  status: PrintStatus,
  kind: PrintKind,
  order_id: z.string().optional(),
  printer_id: z.string(),
  copies: z.int(),
  copy: z.boolean(),
  reprint_of: z.string().optional(),
  attempts: z.int(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  created_at: Instant,
  updated_at: Instant,
});

const JobPath = z.object({ print_job_id: PrintJobId });

export function printJobs(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const create = createRoute({
    method: 'post',
    path: '/v1/print_jobs',
    tags: ['Printing'],
    summary: 'Prints an order’s receipt, a receipt or markup',
    description:
      'An order whose receipt is not here yet waits for it. Asking again for an order answers the job that is there; a paper that came out, or may have, is printed again only with `copy`.',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { headers: idempotent, body: jsonBody(PrintRequest) },
    responses: {
      202: jsonAnswer(PrintJobAnswer, 'The job'),
      ...TOKEN_REFUSALS,
      ...BODY_REFUSALS,
      ...CONFLICT,
      ...DISK_FULL,
    },
  });
  const read = createRoute({
    method: 'get',
    path: '/v1/print_jobs/{print_job_id}',
    tags: ['Printing'],
    summary: 'What became of a print job',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { params: JobPath },
    responses: { 200: jsonAnswer(PrintJobAnswer, 'The job'), ...TOKEN_REFUSALS, ...NOT_FOUND },
  });
  const reprint = createRoute({
    method: 'post',
    path: '/v1/print_jobs/{print_job_id}/reprint',
    tags: ['Printing'],
    summary: 'Prints the paper of a job again, marked COPY',
    description: 'Of a job that is proven to have printed nothing it is the original.',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { headers: idempotent, params: JobPath },
    responses: {
      202: jsonAnswer(PrintJobAnswer, 'The new job'),
      ...TOKEN_REFUSALS,
      ...NOT_FOUND,
      ...CONFLICT,
      ...UNREADABLE,
      ...DISK_FULL,
    },
  });

  app.openapi(create, (c) =>
    once(c, (remember) => {
      if (parts.state.disk.state === 'full') return refuse(c, 'disk_full');
      const written = parts.state.write((tables) => {
        const job = parts.queue.submit(tables, c.req.valid('json'));
        if (job.ok) remember(tables, 202, answerOf(job.value));
        return job;
      });
      if (!written.ok) return refuse(c, 'disk_full');
      const job = written.value;
      if (job.ok) {
        parts.queue.submitted(job.value);
        return c.json(answerOf(job.value), 202);
      }
      switch (job.error.code) {
        case 'no_printer':
          return refuse(c, 'invalid', { detail: 'this store has no printer' });
        case 'unknown_printer':
          return refuse(c, 'invalid', {
            errors: [
              { path: '/printer_id', code: 'unknown_printer', message: 'this store has no such printer' },
            ],
          });
        case 'bad_markup':
          return refuse(c, 'invalid', {
            errors: [{ path: '/markup', code: 'bad_markup', message: job.error.detail }],
          });
      }
    }),
  );

  app.openapi(read, (c) => {
    const job = parts.state.tables.printJobs.get(c.req.valid('param').print_job_id);
    return job === null ? refuse(c, 'not_found') : c.json(answerOf(job), 200);
  });

  app.openapi(reprint, (c) =>
    once(c, (remember) => {
      if (parts.state.disk.state === 'full') return refuse(c, 'disk_full');
      const written = parts.state.write((tables) => {
        const job = parts.queue.reprint(tables, c.req.valid('param').print_job_id);
        if (job.ok) remember(tables, 202, answerOf(job.value));
        return job;
      });
      if (!written.ok) return refuse(c, 'disk_full');
      const job = written.value;
      if (job.ok) {
        parts.queue.submitted(job.value);
        return c.json(answerOf(job.value), 202);
      }
      switch (job.error.code) {
        case 'not_found':
          return refuse(c, 'not_found');
        case 'still_live':
          return refuse(c, 'conflict', { detail: `the job is ${job.error.status}` });
        case 'unknown_printer':
          return refuse(c, 'conflict', { detail: 'the printer of that job is not there any more' });
      }
    }),
  );
}

function answerOf(job: PrintJob): z.infer<typeof PrintJobAnswer> {
  const { id, status, kind, printer_id, copies, copy, attempts } = job;
  return {
    id,
    status,
    kind,
    ...(job.order_id === null ? {} : { order_id: job.order_id }),
    printer_id,
    copies,
    copy,
    ...(job.reprint_of === null ? {} : { reprint_of: job.reprint_of }),
    attempts,
    ...(job.reason === null ? {} : { reason: job.reason }),
    ...(job.detail === null ? {} : { detail: job.detail }),
    created_at: new Date(job.created_at).toISOString(),
    updated_at: new Date(job.updated_at).toISOString(),
  };
}
