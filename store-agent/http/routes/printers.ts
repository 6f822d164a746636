import { createRoute, z } from '@hono/zod-openapi';
import { Instant } from '../../../shared/api/common.ts';
import { DeviceId } from '../../../shared/ids/index.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  NOT_FOUND,
  TOKEN_REFUSALS,
  UNREADABLE,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';

const PrinterPath = z.object({ printer_id: DeviceId });

const Status = z.object({
  online: z.boolean(),
  paper: z.enum(['ok', 'near_end', 'out', 'unknown']),
  cover: z.enum(['closed', 'open', 'unknown']),
  drawer: z.enum(['closed', 'open', 'unknown']),
});

const PrinterAnswer = z.object({
  id: z.string(),
  profile: z.string(),
  columns: z.int(),
  state: z.enum(['connecting', 'online', 'degraded', 'offline', 'unavailable']),
  detail: z.string(),
  since: Instant,
  /** Asked of the printer for this answer. */
  status: Status,
});

const Kick = z.object({
  printer_id: z.string(),
  /** `doubtful`: the pulse left, and nothing was heard of the printer behind it. */
  result: z.enum(['printed', 'doubtful']),
  detail: z.string().optional(),
  status: Status,
  at: Instant,
});

export function printers(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const read = createRoute({
    method: 'get',
    path: '/v1/printers/{printer_id}',
    tags: ['Printing'],
    summary: 'How a printer is: asked of it now',
    security: BEARER,
    middleware: [requireRole(parts)] as const,
    request: { params: PrinterPath },
    responses: { 200: jsonAnswer(PrinterAnswer, 'The printer'), ...TOKEN_REFUSALS, ...NOT_FOUND },
  });
  const kick = createRoute({
    method: 'post',
    path: '/v1/printers/{printer_id}/drawer_kicks',
    tags: ['Printing'],
    summary: 'Opens the cash drawer at a printer',
    description:
      'Noted in the journal with who asked. A drawer opens without paper and with an open cover, too, where the printer obeys real-time commands.',
    security: BEARER,
    middleware: [requireRole(parts, ['kiosk', 'admin', 'manager', 'cashier'])] as const,
    request: { headers: idempotent, params: PrinterPath },
    responses: {
      201: jsonAnswer(Kick, 'The pulse was given'),
      ...TOKEN_REFUSALS,
      ...NOT_FOUND,
      ...CONFLICT,
      ...UNREADABLE,
      ...DISK_FULL,
    },
  });

  app.openapi(read, async (c) => {
    const printer = parts.printers.find((one) => one.id === c.req.valid('param').printer_id);
    if (printer === undefined) return refuse(c, 'not_found');
    const status = await printer.device.status();
    const { id, profile, columns } = printer;
    return c.json({ id, profile: profile.name, columns, ...printer.device.health(), status }, 200);
  });

  app.openapi(kick, (c) =>
    once(c, async (remember) => {
      const printer = parts.printers.find((one) => one.id === c.req.valid('param').printer_id);
      if (printer === undefined) return refuse(c, 'not_found');
      if (parts.state.disk.state === 'full') return refuse(c, 'disk_full');
      const outcome = await printer.device.kickDrawer();
      const at = new Date(parts.now()).toISOString();
      const note = {
        printer_id: printer.id,
        asked_by: c.get('claims').sub,
        result: outcome.result,
        reason: outcome.result === 'printed' ? null : outcome.reason,
      };
      if (outcome.result === 'failed') {
        parts.state.record('drawer', note);
        return refuse(c, 'conflict', { detail: outcome.detail });
      }
      const answer = {
        printer_id: printer.id,
        result: outcome.result,
        ...(outcome.result === 'doubtful' ? { detail: outcome.detail } : {}),
        status: await printer.device.status(),
        at,
      };
      const written = parts.state.write((tables) => {
        tables.journal.append(parts.now(), 'drawer', note);
        remember(tables, 201, answer);
      });
      if (written.ok) parts.state.reportsChanged();
      // The drawer is open whatever the disk says, so the answer stands.
      return c.json(answer, 201);
    }),
  );
}
