import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeByte, encodeCp858, transliterate } from './charset.ts';
import { anyText } from './receipt.fixture.ts';
import { utf8Bytes, utf8Text } from './utf8.ts';

describe('code page 858', () => {
  test.each([
    ['€', 0xd5],
    ['£', 0x9c],
    ['é', 0x82],
    ['ß', 0xe1],
    ['Ø', 0x9d],
    ['Ç', 0x80],
    ['²', 0xfd],
  ])('%s is byte %i', (character, byte) => {
    expect(encodeCp858(character)).toEqual([byte]);
    expect(decodeByte(byte, 'cp858')).toBe(character);
  });

  test('code page 437 differs where a job must select its page', () => {
    expect(decodeByte(0xd5, 'cp437')).toBe('╒');
    expect(decodeByte(0x9d, 'cp437')).toBe('¥');
  });

  test('every upper byte decodes and encodes back', () => {
    for (let byte = 0x80; byte <= 0xff; byte += 1)
      expect(encodeCp858(decodeByte(byte, 'cp858'))).toEqual([byte]);
  });
});

describe('transliterate', () => {
  test.each([
    ['Łódź, čeština', 'Lódz, cestina'],
    ['“quoted” – it’s…', '"quoted" - it\'s...'],
    ['cafe\u0301', 'café'],
    ['№ 5 ﬁsh ™', 'No 5 fish TM'],
    ['日本', '??'],
    ['👩‍👧 and 🇬🇧', '? and ?'],
  ])('%s becomes %s', (text, expected) => {
    expect(transliterate(text)).toBe(expected);
  });

  test('is idempotent, and its bytes say the same text and hold no control code', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const spelt = transliterate(text.replace(/[\p{Cc}\u2028\ud800]/gu, ''));
        const bytes = encodeCp858(spelt);
        expect(transliterate(spelt)).toBe(spelt);
        expect(bytes.every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
        expect(bytes.map((byte) => decodeByte(byte, 'cp858')).join('')).toBe(spelt);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('UTF-8', () => {
  test('agrees with the encoding of URIs and reads its own bytes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const whole = text.toWellFormed();
        const escaped = encodeURIComponent(whole).replace(/%(..)|([^%])/g, (_, hex, plain) =>
          hex === undefined
            ? `${plain.charCodeAt(0).toString(16)},`
            : `${Number.parseInt(hex, 16).toString(16)},`,
        );
        expect(
          utf8Bytes(text)
            .map((byte) => `${byte.toString(16)},`)
            .join(''),
        ).toBe(escaped);
        expect(utf8Text(Uint8Array.from(utf8Bytes(text)))).toBe(whole);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test('malformed bytes become replacement characters and nothing is lost after them', () => {
    expect(utf8Text(Uint8Array.of(0x61, 0xc3, 0x62, 0xff, 0x63))).toBe('a\ufffdb\ufffdc');
  });
});
