import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { fieldErrors } from '../../shared/http/problem.ts';
import { errorText } from '../log.ts';
import type { AgentContext, AgentParts, App } from './context.ts';
import { limitBody, wantJson } from './limits.ts';
import { refuse } from './refuse.ts';
import { alarms } from './routes/alarms.ts';
import { devices } from './routes/devices.ts';
import { exitPasses } from './routes/exit_passes.ts';
import { floor } from './routes/floor.ts';
import { gateStaff } from './routes/gate_staff.ts';
import { gates } from './routes/gates.ts';
import { keonn } from './routes/keonn.ts';
import { printJobs } from './routes/print_jobs.ts';
import { printPreviews } from './routes/print_previews.ts';
import { printers } from './routes/printers.ts';
import { service } from './routes/service.ts';
import { tags } from './routes/tags.ts';
import { tillService } from './routes/till.ts';
import { tillBaskets } from './routes/till_baskets.ts';
import { tillOrders } from './routes/till_orders.ts';
import { vendorDeliveries } from './routes/vendor_deliveries.ts';
import { staticFile } from './static_files.ts';

/** The agent's HTTP interface: middleware, one file per resource, and the floor page. */
export function createApp(parts: AgentParts): App {
  const app: App = new OpenAPIHono<AgentContext>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      // A path that is not an id of ours names nothing.
      if (result.target === 'param') return refuse(c, 'not_found');
      return refuse(c, 'invalid', { errors: fieldErrors(result.error) });
    },
  });

  app.use(async (c, next) => {
    const given = c.req.header('request-id');
    c.set('requestId', given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : parts.newRequestId());
    await next();
    c.res.headers.set('request-id', c.get('requestId'));
    c.res.headers.set('x-content-type-options', 'nosniff');
    c.res.headers.set('referrer-policy', 'no-referrer');
    if (c.req.path.startsWith('/v1/')) c.res.headers.set('cache-control', 'no-store');
  });
  keonn(app, parts);
  app.use(limitBody);
  app.use(wantJson);

  for (const resource of [
    service,
    tags,
    gates,
    gateStaff,
    alarms,
    exitPasses,
    printJobs,
    printPreviews,
    printers,
    floor,
    devices,
    tillService,
    tillBaskets,
    tillOrders,
    vendorDeliveries,
  ])
    resource(app, parts);

  app.get('/floor', (c) => c.redirect('/floor/', 308));
  app.get('/floor/*', async (c) => {
    const folder = parts.config.floor_dir;
    const file = folder === undefined ? null : await staticFile(folder, c.req.path.slice('/floor/'.length));
    return file ?? refuse(c, 'not_found');
  });

  app.get('/kiosk', (c) => c.redirect('/kiosk/', 308));
  app.get('/kiosk/*', async (c) => {
    const folder = parts.config.kiosk_dir;
    const file = folder === undefined ? null : await staticFile(folder, c.req.path.slice('/kiosk/'.length));
    return file ?? refuse(c, 'not_found');
  });

  app.notFound((c) => refuse(c, 'not_found'));
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status === 400) return refuse(c, 'malformed_json');
    parts.log('error', 'request failed', {
      request_id: c.get('requestId'),
      method: c.req.method,
      path: c.req.path,
      err: errorText(error),
    });
    return refuse(c, 'internal');
  });
  return app;
}
