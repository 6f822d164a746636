import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextReader } from './decode_text.ts';
import { utf8, utf16le } from './import.fixture.ts';

/** The text, and behind it the code of the problem. */
function decode(bytes: Uint8Array, sizes: readonly number[]): string {
  const reader = new TextReader();
  let all = '';
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i] ?? bytes.length);
    const { text, problem } = reader.push(bytes.subarray(at, at + size));
    all += text;
    if (problem !== null) return all + problem.code;
    at += size;
  }
  const { text, problem } = reader.end();
  return all + text + (problem?.code ?? '');
}

const sizes = fc.array(fc.integer({ min: 1, max: 4 }));

describe('TextReader', () => {
  it('gives back any text, however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), sizes, (any, cuts) => {
        const text = any.replace(/^\ufeff/, '').toWellFormed();
        expect(decode(utf8(text), cuts)).toBe(text);
        expect(decode(utf8(`\ufeff${text}`), cuts)).toBe(text);
        expect(decode(utf16le(text), cuts)).toBe(text);
        expect(
          decode(
            utf16le(text).map((_, i, all) => all[i ^ 1] ?? 0),
            cuts,
          ),
        ).toBe(text);
      }),
      { numRuns: 300, seed: 11 },
    );
  }, 60_000);

  it.each([
    ['a byte that begins nothing', [0x61, 0x80], 'a'],
    ['a character cut short', [0x61, 0xe2, 0x82], 'a'],
    ['a character without its tail', [0xe2, 0x61, 0x61], ''],
    ['an overlong slash', [0xc0, 0xaf], ''],
    ['an overlong of three bytes', [0xe0, 0x80, 0xaf], ''],
    ['a surrogate', [0xed, 0xa0, 0x80], ''],
    ['a code point above the last', [0xf4, 0x90, 0x80, 0x80], ''],
    ['Hebrew of ISO 8859-8', [0x61, 0xf9, 0xec, 0xe5, 0xed], 'a'],
    ['half a unit of UTF-16', [0xff, 0xfe, 0x61], ''],
    ['a low surrogate alone', [0xff, 0xfe, 0x00, 0xdc], ''],
    ['a high surrogate alone', [0xff, 0xfe, 0x00, 0xd8], '\ud800'],
    ['a high surrogate before a letter', [0xff, 0xfe, 0x00, 0xd8, 0x61, 0x00], '\ud800'],
  ])('refuses %s', (_, bytes, before) => {
    expect(decode(Uint8Array.from(bytes), [])).toBe(`${before}bad_encoding`);
    expect(decode(Uint8Array.from(bytes), [1, 1, 1, 1, 1, 1])).toBe(`${before}bad_encoding`);
  });

  it('takes nothing for an empty text', () => {
    expect(decode(new Uint8Array(0), [])).toBe('');
  });
});
