import { OpenAPIHono } from '@hono/zod-openapi';
import { fieldErrors } from '../../shared/http/problem.ts';
import { uuidv7 } from '../../shared/ids/index.ts';
import type { App, EdgeContext } from './context.ts';
import { limitRate } from './limits.ts';
import { logError } from './log.ts';
import { refuse } from './refuse.ts';
import { baskets } from './routes/baskets.ts';
import { cloudPrintJobs } from './routes/cloud_print_jobs.ts';
import { cloudPrinters } from './routes/cloud_printers.ts';
import { collections } from './routes/collections.ts';
import { feed } from './routes/feed.ts';
import { guestSessions } from './routes/guest_sessions.ts';
import { ledgerBalances } from './routes/ledger_balances.ts';
import { numberLeases } from './routes/number_leases.ts';
import { offlineTransactions } from './routes/offline_transactions.ts';
import { orders } from './routes/orders.ts';
import { payLinks } from './routes/pay_links.ts';
import { payments } from './routes/payments.ts';
import { promotions } from './routes/promotions.ts';
import { receipts } from './routes/receipts.ts';
import { savedCards } from './routes/saved_cards.ts';
import { service } from './routes/service.ts';
import { shelf } from './routes/shelf.ts';
import { stores } from './routes/stores.ts';
import { testProvider } from './routes/test_provider.ts';
import { verifications } from './routes/verifications.ts';
import { webhooks } from './routes/webhooks.ts';
import { wishlist } from './routes/wishlist.ts';
import { traceIdOf } from './trace.ts';

/** A bank's page that is opened by a posted form lies anywhere, so forms may leave to every safe address. */
const CSP =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self' https:; frame-ancestors 'none'";

/** The edge's HTTP interface: middleware, one file per resource, and the shopper's pages for all other paths. */
export function createApp(): App {
  const app: App = new OpenAPIHono<EdgeContext>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      // A path that is not an id of ours names nothing.
      if (result.target === 'param') return refuse(c, 'not_found');
      return refuse(c, 'invalid', { errors: fieldErrors(result.error) });
    },
  });

  app.use(async (c, next) => {
    const given = c.req.header('request-id');
    c.set(
      'requestId',
      given !== undefined && /^[\w.-]{1,64}$/.test(given)
        ? given
        : `req_${uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)))}`,
    );
    await next();
    if (c.res.webSocket) return;
    c.res.headers.set('request-id', c.get('requestId'));
    c.res.headers.set('x-content-type-options', 'nosniff');
    c.res.headers.set('referrer-policy', 'no-referrer');
    if (c.req.path.startsWith('/v1/')) c.res.headers.set('cache-control', 'no-store');
    const trace = c.req.header('traceparent');
    if (trace !== undefined && traceIdOf(c) !== null) c.res.headers.set('traceparent', trace);
  });
  app.use(limitRate);

  for (const resource of [
    service,
    guestSessions,
    stores,
    baskets,
    verifications,
    orders,
    collections,
    payments,
    payLinks,
    savedCards,
    ledgerBalances,
    wishlist,
    promotions,
    receipts,
    webhooks,
    feed,
    shelf,
    numberLeases,
    offlineTransactions,
    cloudPrintJobs,
    cloudPrinters,
    testProvider,
  ])
    resource(app);

  app.notFound(async (c) => {
    const pages = (c.req.method === 'GET' || c.req.method === 'HEAD') && !c.req.path.startsWith('/v1/');
    if (!pages) return refuse(c, 'not_found');
    // A printed pay link is the shopper's page, which reads the address itself.
    const url = c.req.path.startsWith('/pay/') ? new URL('/', c.req.url) : c.req.url;
    const asset = await c.env.ASSETS.fetch(
      new Request(url, { method: c.req.method, headers: c.req.raw.headers }),
    );
    const answer = new Response(asset.body, asset);
    answer.headers.set('content-security-policy', CSP);
    answer.headers.set('permissions-policy', 'camera=(self)');
    return answer;
  });

  app.onError((error, c) => {
    logError('request failed', {
      request_id: c.get('requestId'),
      trace_id: traceIdOf(c),
      method: c.req.method,
      path: c.req.path,
      error,
    });
    return refuse(c, isOverload(error) ? 'store_unavailable' : 'internal');
  });
  return app;
}

/** An object that restarts or is overloaded says so on the error; the client may simply try again. */
function isOverload(error: Error): boolean {
  return (
    ('retryable' in error && error.retryable === true) || ('overloaded' in error && error.overloaded === true)
  );
}
