import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { fieldErrors } from '../../shared/http/problem.ts';
import { uuidv7 } from '../../shared/ids/index.ts';
import type { App, CloudContext, Ctx } from './context.ts';
import { limitRate } from './limits.ts';
import { logError } from './log.ts';
import { methodsOf } from './methods_of.ts';
import { refuse } from './refuse.ts';
import { checks } from './routes/checks.ts';
import { devices } from './routes/devices.ts';
import { enrolments } from './routes/enrolments.ts';
import { fulfilment } from './routes/fulfilment.ts';
import { incidents } from './routes/incidents.ts';
import { items } from './routes/items.ts';
import { ledgerPostings } from './routes/ledger_postings.ts';
import { ledgers } from './routes/ledgers.ts';
import { me } from './routes/me.ts';
import { orderStory } from './routes/order_story.ts';
import { orders } from './routes/orders.ts';
import { paymentAccounts } from './routes/payment_accounts.ts';
import { projectionRebuilds } from './routes/projection_rebuilds.ts';
import { promotions } from './routes/promotions.ts';
import { promotionsImport } from './routes/promotions_import.ts';
import { promotionsOfStore } from './routes/promotions_of_store.ts';
import { promotionsTransaction } from './routes/promotions_transaction.ts';
import { publications } from './routes/publications.ts';
import { refunds } from './routes/refunds.ts';
import { scanTests } from './routes/scan_tests.ts';
import { service } from './routes/service.ts';
import { serviceTokens } from './routes/service_tokens.ts';
import { staff } from './routes/staff.ts';
import { staffSessions } from './routes/staff_sessions.ts';
import { storeEvents } from './routes/store_events.ts';
import { stores } from './routes/stores.ts';
import { tags } from './routes/tags.ts';

/** The dashboard's policy: its own files and nothing else, no inline script or style. */
const PAGE_CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const RESOURCES = [
  service,
  staffSessions,
  me,
  stores,
  publications,
  projectionRebuilds,
  items,
  tags,
  promotions,
  promotionsTransaction,
  promotionsImport,
  promotionsOfStore,
  devices,
  enrolments,
  serviceTokens,
  staff,
  ledgers,
  ledgerPostings,
  orders,
  orderStory,
  refunds,
  incidents,
  fulfilment,
  storeEvents,
  scanTests,
  paymentAccounts,
  checks,
];

/** The cloud's HTTP interface: middleware, one file per resource, and the dashboard for all other paths. */
export function createApp(): App {
  const app: App = new OpenAPIHono<CloudContext>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      // A path whose ids are none of ours names nothing.
      if (result.target === 'param') return refuse(c, 'not_found');
      return refuse(c, 'invalid', { errors: fieldErrors(result.error) });
    },
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  app.use(nameRequest);
  app.use(limitRate);
  for (const resource of RESOURCES) resource(app);
  app.notFound((c) => elsewhere(app, c));
  app.onError((error, c) => {
    // The validator reads the body once more, and is stricter about media types than `readBody`.
    if (error instanceof HTTPException && error.status === 415) return refuse(c, 'unsupported_media_type');
    if (error instanceof HTTPException && error.status === 400) return refuse(c, 'malformed_json');
    logError('request failed', {
      request_id: c.get('requestId'),
      trace: traceOf(c),
      method: c.req.method,
      path: c.req.path,
      error,
    });
    return refuse(c, 'internal');
  });
  return app;
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Every answer names its request; a client's own name is taken where it is a sane one. */
const nameRequest: MiddlewareHandler<CloudContext> = async (c, next) => {
  const given = c.req.header('request-id');
  const fresh = () => `req_${uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))}`;
  c.set('requestId', given !== undefined && REQUEST_ID.test(given) ? given : fresh());
  await next();
  const { headers } = c.res;
  headers.set('request-id', c.get('requestId'));
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  if (c.req.path.startsWith('/v1/')) headers.set('cache-control', 'no-store');
  const trace = c.req.header('traceparent');
  if (trace !== undefined && traceOf(c) !== null) headers.set('traceparent', trace);
};

/** The trace id of a well-formed `traceparent` (W3C Trace Context, section 3.2). */
function traceOf(c: Ctx): string | null {
  return (
    /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(c.req.header('traceparent') ?? '')?.[1] ??
    null
  );
}

/** Paths that no route takes: a known one with another method, an unknown one of the interface, or a page. */
async function elsewhere(app: App, c: Ctx): Promise<Response> {
  const { method, path } = c.req;
  const allowed = methodsOf(app, path);
  if (allowed.length > 0) {
    const answer = refuse(c, 'method_not_allowed');
    answer.headers.set('allow', allowed.join(', '));
    return answer;
  }
  if (path.startsWith('/v1/') || (method !== 'GET' && method !== 'HEAD')) return refuse(c, 'not_found');
  const page = await readPage(c);
  const answer = new Response(page.body, page);
  answer.headers.set('content-security-policy', PAGE_CSP);
  return answer;
}

/** A file of the dashboard; an address within it that is no file is the dashboard itself. */
async function readPage(c: Ctx): Promise<Response> {
  const ask = (url: string | URL) =>
    c.env.ASSETS.fetch(new Request(url, { method: c.req.method, headers: c.req.raw.headers }));
  const file = await ask(c.req.url);
  const wantsPage = (c.req.header('accept') ?? '').includes('text/html');
  return file.status === 404 && wantsPage ? ask(new URL('/', c.req.url)) : file;
}
