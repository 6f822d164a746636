import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { testBindings } from './test/support/bindings.ts';
import { cloudBindings } from './test/support/cloud_bindings.ts';
import { edgeWorker } from './test/support/edge_worker.ts';

/** Nothing in these tests is about time: a busy machine is no reason to fail. */
const PATIENT = { testTimeout: 60_000, hookTimeout: 60_000 };

/** One project a runtime: plain Node for the pure core and the agent, workerd for the Workers. */
export default defineConfig({
  test: {
    // Every core works; by itself vitest leaves one idle, which on two is half of them.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'node',
          include: [
            '{shared,hardware,store-agent,scripts}/**/*.test.ts',
            'test/{promotion,offline,codes,gateways,sim}/**/*.test.ts',
          ],
          environment: 'node',
          ...PATIENT,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml', environment: 'edge' },
            miniflare: testBindings('edge'),
          }),
        ],
        // Every test makes stores and trips of its own, so that files may share a Worker: loading it takes seconds.
        test: { name: 'edge', include: ['edge/**/*.test.ts'], isolate: false, ...PATIENT },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml', environment: 'cloud' },
            miniflare: { ...(await cloudBindings()), workers: [await edgeWorker()] },
          })),
        ],
        test: {
          name: 'cloud',
          include: ['cloud/**/*.test.ts'],
          setupFiles: ['cloud/test/setup.ts'],
          globalSetup: ['cloud/test/validate_openapi.ts', 'cloud/test/steps_of_trips.ts'],
          ...PATIENT,
        },
      },
      {
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
