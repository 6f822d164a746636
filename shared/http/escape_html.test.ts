import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeHtml } from './escape_html.ts';

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

it('escapes what could end a text or a quoted attribute', () => {
  expect(escapeHtml(`<a href="x" title='y'>R&D</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D&lt;/a&gt;',
  );
});

it('loses nothing: a reader that knows the five entities gets the text back', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[<>&"'a;#39lt]*$/));
  fc.assert(
    fc.property(text, (original) => {
      const escaped = escapeHtml(original);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '')).toBe(
        original,
      );
    }),
    { seed: 20260701, numRuns: 300 },
  );
});
