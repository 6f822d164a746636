import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildPages } from './pages.ts';
import { workersOptions } from './workers.ts';
import { writeIfChanged } from './write.ts';

const root = dirname(dirname(import.meta.dirname));
let folder: string;
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-build-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a page becomes its script, its style sheet and the files beside them', async () => {
  put('edge/app/tsconfig.json', '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "preact" } }');
  put('edge/app/index.html', '<script type="module" src="/main.js"></script>');
  put('edge/app/icon.svg', '<svg/>');
  put('edge/app/main.css', '@import "./colours.css"; body { background: url("/icon.svg"); }');
  put('edge/app/colours.css', 'body { color: teal; }');
  put('edge/app/main.tsx', "import { render } from 'preact'; render(<p>hello</p>, document.body);");
  put('edge/app/part.test.ts', 'throw new Error();');
  await buildPages(folder);
  const served = readdirSync(join(folder, 'edge/dist')).sort();
  expect(served).toEqual([
    'colours.css',
    'icon.svg',
    'index.html',
    'main.css',
    'main.js',
    'zxing_reader.wasm',
  ]);
  expect(read('edge/dist/main.css')).toContain('/icon.svg');
  expect(read('edge/dist/main.js')).toContain('hello');
});

test('where a page has no source yet, a placeholder stands in its place alone', async () => {
  await buildPages(folder);
  expect(readdirSync(join(folder, 'cloud/dist'))).toEqual(['index.html']);
});

test('a build leaves nothing stale behind and does not touch what is the same', async () => {
  await buildPages(folder);
  const before = statSync(join(folder, 'cloud/dist/index.html'));
  put('cloud/dist/old-chunk.js', '');
  await buildPages(folder);
  expect(readdirSync(join(folder, 'cloud/dist'))).toEqual(['index.html']);
  expect(statSync(join(folder, 'cloud/dist/index.html')).ino).toBe(before.ino);
});

test('a source that cannot be built is told, and what was served before still is', async () => {
  await buildPages(folder);
  put('cloud/dashboard/index.html', 'new');
  put('cloud/dashboard/main.tsx', "import './nowhere.ts';");
  await expect(buildPages(folder)).rejects.toThrow('nowhere.ts');
  expect(read('cloud/dist/index.html')).toContain('not built');
});

test('of zod a page carries what it uses: no other languages', async () => {
  put('cloud/dashboard/index.html', '');
  put(
    'cloud/dashboard/main.tsx',
    "import { z } from 'zod'; console.log(z.object({ a: z.string() }).safeParse({}));",
  );
  await buildPages(folder);
  const script = readFileSync(join(folder, 'cloud/dist/main.js'));
  expect(script.includes('Ungültige')).toBe(false);
  expect(gzipSync(script).length).toBeLessThan(40_000);
});

test('a file is replaced whole, and only when it differs', () => {
  const path = join(folder, 'new', 'file');
  expect(writeIfChanged(path, Buffer.from('a'))).toBe(true);
  expect(writeIfChanged(path, Buffer.from('a'))).toBe(false);
  expect(writeIfChanged(path, Buffer.from('b'))).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('b');
});

test('the Workers’ options are those of wrangler.toml, also the second time', async () => {
  for (const name of ['wrangler.toml', 'package-lock.json']) cpSync(join(root, name), join(folder, name));
  const options = await workersOptions(folder);
  expect(options.edge).toMatchObject({
    name: 'sesame-edge',
    queueProducers: { EVENTS: { queueName: 'sesame-events' } },
  });
  expect(options.cloud.durableObjects).toMatchObject({
    STORE: { className: 'StoreObject', scriptName: options.edge.name },
  });
  expect(options.cloud.queueConsumers).toMatchObject({
    'sesame-events': { maxRetries: 10, deadLetterQueue: 'sesame-events-dead' },
  });
  expect(await workersOptions(folder)).toEqual(options);
  put('wrangler.toml', read('wrangler.toml').replace('max_retries = 10', 'max_retries = 7'));
  const changed = await workersOptions(folder);
  expect(changed.cloud.queueConsumers).toMatchObject({ 'sesame-events': { maxRetries: 7 } });
});
