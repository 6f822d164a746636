import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Request } from 'miniflare';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderService } from './folder_service.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sesame-folder-'));
  mkdirSync(join(parent, 'dist'));
  writeFileSync(join(parent, 'secret'), 'not for you');
  writeFileSync(join(parent, 'dist', 'index.html'), '<p>home</p>');
  writeFileSync(join(parent, 'dist', 'main.js'), 'script()');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const get = (path: string) => folderService(join(parent, 'dist'))(new Request(`http://assets.local${path}`));

test.each([
  ['/', '<p>home</p>', 'text/html; charset=utf-8'],
  ['/index.html', '<p>home</p>', 'text/html; charset=utf-8'],
  ['/main.js?v=1', 'script()', 'text/javascript; charset=utf-8'],
])('%s is served with its type', async (path, text, type) => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(type);
  expect(await answer.text()).toBe(text);
});

test.each(['/nothing.js', '/../secret', '/%2e%2e/secret', '/..%2fsecret', '//secret'])(
  '%s is not',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);
