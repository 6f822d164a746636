import { build } from 'esbuild';
import { testBindings } from './bindings.ts';

/**
 * The Worker `sesame-edge` as a neighbour in the runtime of the cloud's tests: the real StoreObject, built
 * from source, so that publishing and projecting are tested against what they talk to. Its events go to a
 * queue that nobody reads: the tests deliver them by hand, in the order, number and state they choose.
 */
export async function edgeWorker() {
  const { outputFiles } = await build({
    entryPoints: ['edge/worker.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'error',
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error('the edge Worker was not built');
  const classes = {
    STORE: 'StoreObject',
    BASKET: 'BasketObject',
    TEST_PROVIDER: 'TestProviderObject',
    LEDGER: 'LedgerObject',
    SHOPPER: 'ShopperObject',
    INBOX: 'WebhookInboxObject',
  };
  return {
    name: 'sesame-edge',
    modules: [{ type: 'ESModule' as const, path: 'edge.js', contents: script.text }],
    compatibilityDate: '2026-07-01',
    compatibilityFlags: ['nodejs_compat'],
    durableObjects: Object.fromEntries(
      Object.entries(classes).map(([name, className]) => [name, { className, useSQLite: true }]),
    ),
    queueProducers: { EVENTS: { queueName: 'sesame-events-unread' } },
    bindings: testBindings('edge').bindings,
  };
}
