import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { slimZod } from './slim_zod.ts';
import { writeIfChanged } from './write.ts';

interface Page {
  source: string;
  out: string;
  /** Files of packages that the page loads from its own origin. */
  copies?: readonly string[];
}

const PAGES: readonly Page[] = [
  {
    source: 'edge/app',
    out: 'edge/dist',
    copies: ['node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'],
  },
  { source: 'cloud/dashboard', out: 'cloud/dist' },
  { source: 'store-agent/floor', out: 'store-agent/floor/dist' },
  { source: 'store-agent/kiosk', out: 'store-agent/kiosk/dist' },
];

/** Where a page's script and service worker begin; both become files of the same name with `.js`. */
const SCRIPTS = ['main.tsx', 'sw.ts'];
const NOT_SERVED = /(\.tsx?|\.css|^tsconfig\.json)$/;
const BROWSERS = ['es2022', 'chrome110', 'firefox115', 'safari16.4'];
const PLACEHOLDER =
  '<!doctype html><meta charset="utf-8"><title>Sesame</title><p>This page is not built.</p>\n';

/** Pictures and fonts that a style sheet names by their address are served beside it, not bundled. */
const servedFiles: Plugin = {
  name: 'served files',
  setup: (setup) => {
    setup.onResolve({ filter: /^\// }, ({ kind, path }) =>
      kind === 'url-token' ? { path, external: true } : null,
    );
  },
};

/** Builds every page into the folder that its service serves. Rejects with esbuild's messages. */
export async function buildPages(root: string): Promise<void> {
  await Promise.all(PAGES.map((page) => buildPage(root, page)));
}

async function buildPage(root: string, page: Page): Promise<void> {
  const source = join(root, page.source);
  const out = join(root, page.out);
  const files = existsSync(join(source, 'index.html'))
    ? await filesOf(root, source, page)
    : new Map<string, Uint8Array>([['index.html', Buffer.from(PLACEHOLDER)]]);
  for (const [name, bytes] of files) writeIfChanged(join(out, name), bytes);
  for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const stale = entry.isFile() && !files.has(relative(out, path)) && !entry.name.endsWith('.new');
    if (stale) rmSync(path, { force: true });
  }
}

async function filesOf(root: string, source: string, page: Page): Promise<Map<string, Uint8Array>> {
  const names = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  const bundled = names.filter((name) => SCRIPTS.includes(name) || name.endsWith('.css'));
  const built = await build({
    absWorkingDir: root,
    entryPoints: bundled.map((name) => join(source, name)),
    outdir: join(root, page.out),
    outbase: source,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: BROWSERS,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [servedFiles, slimZod],
    write: false,
    logLevel: 'silent',
  });
  const files = new Map<string, Uint8Array>();
  for (const name of names.filter((one) => !NOT_SERVED.test(one))) {
    files.set(name, readFileSync(join(source, name)));
  }
  for (const copy of page.copies ?? []) files.set(basename(copy), readFileSync(join(root, copy)));
  for (const { path, contents } of built.outputFiles)
    files.set(relative(join(root, page.out), path), contents);
  return files;
}
