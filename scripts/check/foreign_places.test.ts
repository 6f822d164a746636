import { expect, test } from 'vitest';
import { findIn } from './foreign_places.ts';

/** Written in pieces, so that this file itself stays clean. */
const path = (...parts: string[]): string => ['', ...parts].join('/');

test.each([
  path('wo' + 'rk', 'main', 'x.ts'),
  `open ${path('ho' + 'me', 'someone')}`,
  `"${path('tm' + 'p', 'briefs')}"`,
  `https://registry.${'npm' + 'js'}.org/x`,
  `"resolved": "${'htt' + 'ps'}://example.com/x.tgz"`,
])('%s is found', (text) => {
  expect(findIn('a.ts', `fine\n${text}`)).toHaveLength(1);
  expect(findIn('a.ts', `fine\n${text}`)[0]).toMatchObject({ file: 'a.ts', line: 2 });
});

test.each([
  "import { x } from '../work/queue.ts';",
  'https://example.com/home/page',
  `/${'tm' + 'p'}/sesame-test`,
  'GET /v1/stores/{store_id}/work/1',
  './home/index.html',
])('%s is not', (text) => {
  expect(findIn('a.ts', text)).toEqual([]);
});
