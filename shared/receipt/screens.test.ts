import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReceiptDocument } from './document.ts';
import { renderHtml } from './html.ts';
import { layoutReceipt } from './layout.ts';
import { anyReceipt, SAMPLE_RECEIPT } from './receipt.fixture.ts';
import { renderSvg } from './svg.ts';

const HOSTILE = '<b>"Tea" & \'co\'</b></title><script>alert(1)</script>';

function hostile(): ReceiptDocument {
  const [line] = SAMPLE_RECEIPT.lines;
  if (line === undefined) throw new Error('the sample has lines');
  return {
    ...SAMPLE_RECEIPT,
    store: { ...SAMPLE_RECEIPT.store, name: HOSTILE },
    lines: [{ ...line, name: '<b>' }],
    footer_lines: [HOSTILE],
  };
}

const TAGS: Readonly<Record<string, readonly string[]>> = {
  html: [
    '!doctype',
    'html',
    'head',
    'meta',
    'title',
    'style',
    'body',
    'main',
    'p',
    'hr',
    'b',
    'u',
    'span',
    'svg',
    'path',
  ],
  svg: ['svg', 'title', 'rect', 'g', 'path', 'text'],
};
const VOID_TAGS = ['!doctype', 'meta', 'hr'];

/** Reads a document's tags strictly: an unescaped angle bracket or a tag left open fails the test. */
function readTags(source: string, allowed: readonly string[]): void {
  const open: string[] = [];
  for (const [, close = '', name = '', self = ''] of source.matchAll(
    /<(\/?)([!a-z]+)(?:\s[^<>]*?)?(\/?)>/g,
  )) {
    expect(allowed).toContain(name);
    if (close !== '') expect(open.pop()).toBe(name);
    else if (self === '' && !VOID_TAGS.includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
  expect(source.replace(/<\/?[!a-z]+(?:\s[^<>]*?)?\/?>/g, '')).not.toMatch(/[<>]/);
}

const RENDERINGS = [
  ['html', renderHtml],
  ['svg', renderSvg],
] as const;

describe.each(RENDERINGS)('%s', (format, render) => {
  const of = (document: ReceiptDocument) => render(layoutReceipt(document, { columns: 42 }));

  test('a product called <b> is shown by that name', () => {
    const shown = of(hostile());
    readTags(shown, TAGS[format] ?? []);
    expect(shown).toMatch(/&lt;b&gt; +|>&lt;b&gt;</);
    expect(shown).toContain('alert(1)');
    expect(shown).not.toContain('<script');
  });

  test('asks nothing of the network', () => {
    const shown = of({ ...SAMPLE_RECEIPT, footer_lines: [] });
    expect(shown).not.toMatch(/\b(?:src|href|xlink|url\(|@import|@font-face)\b/);
    expect(shown.replace('http://www.w3.org/2000/svg', '')).not.toContain('://');
  });

  test('any receipt gives a well-formed document', () => {
    fc.assert(
      fc.property(anyReceipt, (document) => readTags(of(document), TAGS[format] ?? [])),
      { seed: 6, numRuns: 60 },
    );
  });
});

test('the page stands alone: doctype, language, title, no script', () => {
  const page = renderHtml(layoutReceipt(SAMPLE_RECEIPT, { columns: 48 }));
  expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
  expect(page).toContain('<title>Corner &amp; Sons S1-100042</title>');
  expect(page).toContain('@media print');
  expect(page).not.toContain('script');
});

test('the preview pins each piece of text to its cells', () => {
  const preview = renderSvg(layoutReceipt(SAMPLE_RECEIPT, { columns: 48 }));
  // Cell 25 of 48 at 12 dots: the quantity's column ends at 28 cells and "2" is one cell wide.
  expect(preview).toContain(
    '<text transform="translate(324 0)" y="19" textLength="12" lengthAdjust="spacingAndGlyphs">2</text>',
  );
});
