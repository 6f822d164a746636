import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeText, type Repertoire, showable, transliterate, WESTERN } from './charset.ts';
import { CODE_PAGES, decodeByte } from './code_pages.ts';
import { charsetOf, GENERIC, profileNamed } from './profile.ts';
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
});

/** Text → bytes in the one Western page. */
const encodeCp858 = (text: string): number[] =>
  encodeText(text, WESTERN, 0).flatMap(({ bytes }) => [...bytes]);

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

describe('a printer with many code pages', () => {
  const EPSON: Repertoire = charsetOf(profileNamed('epson') ?? GENERIC, true);
  const pagesOf = (text: string): string[] =>
    encodeText(text, EPSON, 0).map(({ page, bytes }) => {
      const name = EPSON.pages[page] ?? 'cp437';
      return `${name} ${bytes.map((byte) => decodeByte(byte, name)).join('')}`;
    });

  test.each([
    ['Café 12,50 €', ['cp858 Café 12,50 €']],
    ['Łódź 5 zł', ['cp852 Łódź 5 zł']],
    ['Чек № 5', ['cp1251 Чек № 5']],
    ['Σύνολο 3,00 €', ['cp1253 Σύνολο 3,00 ', 'cp858 €']],
    ['İndirim ₺', ['cp1254 İndirim ?']],
    ['Öğle Łódź', ['cp858 Ö', 'cp1254 ğle ', 'cp852 Łódź']],
  ])('%s goes in %j', (text, expected) => {
    expect(pagesOf(text)).toEqual(expected);
  });

  test('changes the page as seldom as it can, and every byte says its character', () => {
    const letters = fc.constantFrom(...'aé€ŁźЖяΩάİğčß 5');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), (characters) => {
        const text = characters.join('');
        const parts = encodeText(text, EPSON, 0);
        const said = parts.map(({ page, bytes }) =>
          bytes.map((byte) => decodeByte(byte, EPSON.pages[page] ?? 'cp437')).join(''),
        );
        expect(said.join('')).toBe(text);
        parts.forEach(({ page }, at) => {
          const before = EPSON.pages[parts[at - 1]?.page ?? 0];
          if (at === 0 || before === undefined) return;
          expect(page).not.toBe(parts[at - 1]?.page);
          const first = [...(said[at] ?? '')][0] ?? '';
          expect(showable(first, { pages: [before], pictures: false })).toBe(false);
        });
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test.each(['فاتورة', 'קבלה', 'ใบเสร็จ', '領収書', 'रसीद', '👍'])('%s is beyond them all', (text) => {
    expect(showable(text, { pages: CODE_PAGES, pictures: true })).toBe(false);
    expect(transliterate(text, EPSON)).toBe(text);
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
