import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { WorkerOptions } from 'miniflare';
import { z } from 'zod';
import { slimZod } from './slim_zod.ts';
import { writeIfChanged } from './write.ts';

export const WORKERS = ['edge', 'cloud'] as const;
export type WorkerName = (typeof WORKERS)[number];
/** A Worker's options but for its code. */
type NamedOptions = Omit<WorkerOptions, 'modules' | 'script' | 'scriptPath'> & { name: string };
export type WorkersOptions = Record<WorkerName, NamedOptions>;

const OUT = '.build/workers';
export const bundleOf = (root: string, worker: WorkerName): string => join(root, OUT, `${worker}.js`);

/**
 * Bundles both Workers for a local workerd. Each gets a second, named entry point `direct` beside its
 * default one: a socket that is bound to it leads to the Worker with nothing in between.
 */
export async function buildWorkers(root: string): Promise<void> {
  await Promise.all(WORKERS.map((worker) => bundle(root, worker)));
  await workersOptions(root);
}

async function bundle(root: string, worker: WorkerName): Promise<void> {
  const source = `./${worker}/worker.ts`;
  const built = await build({
    absWorkingDir: root,
    stdin: {
      contents: `export * from '${source}'; export { default, default as direct } from '${source}';`,
      resolveDir: root,
      sourcefile: `${worker}.direct.ts`,
      loader: 'ts',
    },
    outfile: bundleOf(root, worker),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    target: 'es2024',
    loader: { '.sql': 'text', '.html': 'text', '.txt': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [slimZod],
    keepNames: true,
    sourcemap: 'linked',
    write: false,
    logLevel: 'silent',
  });
  for (const { path, contents } of built.outputFiles) writeIfChanged(path, contents);
}

const Kept = z.object({ key: z.string(), options: z.custom<WorkersOptions>() });

/**
 * What wrangler.toml says of both Workers, as Miniflare's options. wrangler itself reads the file, so that
 * it stays the only source; its answer is kept until the file or a version changes, because loading
 * wrangler takes most of a second.
 */
export async function workersOptions(root: string): Promise<WorkersOptions> {
  const path = join(root, OUT, 'options.json');
  const key = createHash('sha256');
  key.update(root);
  const sources = [join(root, 'wrangler.toml'), join(root, 'package-lock.json'), import.meta.filename];
  for (const source of sources) key.update(readFileSync(source));
  const wanted = key.digest('hex');
  const kept = readKept(path);
  if (kept?.key === wanted) return kept.options;

  const { unstable_getMiniflareWorkerOptions: optionsOf, unstable_readConfig: readConfig } = await import(
    'wrangler'
  );
  const config = join(root, 'wrangler.toml');
  const read = (env: WorkerName): NamedOptions => {
    const { name } = readConfig({ config, env });
    if (name === undefined) throw new Error(`wrangler.toml names no Worker for ${env}`);
    return { ...optionsOf(config, env).workerOptions, name };
  };
  const options: WorkersOptions = { edge: read('edge'), cloud: read('cloud') };
  writeIfChanged(path, Buffer.from(JSON.stringify({ key: wanted, options })));
  return options;
}

function readKept(path: string): z.infer<typeof Kept> | null {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
