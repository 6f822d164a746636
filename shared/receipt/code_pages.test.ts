import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { CODE_PAGES, decodeByte, upperBytes } from './code_pages.ts';

const nameOf = (page: string): string => (page.length > 5 ? page.replace('cp', 'windows-') : page);

test.each(CODE_PAGES)('%s is the page that an independent converter knows', (page) => {
  for (let byte = 0x20; byte <= 0xff; byte += 1) {
    const theirs = iconv.decode(Uint8Array.of(byte), nameOf(page));
    // They answer an undefined byte with itself as a control character.
    const defined = byte < 0x80 || theirs.charCodeAt(0) >= 0xa0;
    expect(decodeByte(byte, page), byte.toString(16)).toBe(defined ? theirs : '\ufffd');
  }
});

test.each(CODE_PAGES)('what may be sent in %s comes back as itself', (page) => {
  for (const [character, byte] of upperBytes(page)) {
    expect(byte).toBeGreaterThanOrEqual(0x80);
    expect(iconv.decode(Uint8Array.of(byte), nameOf(page))).toBe(character);
  }
});

test('the euro sign is sent in 858 and 1252 and in no other page', () => {
  expect(CODE_PAGES.filter((page) => upperBytes(page).has('€'))).toEqual(['cp858', 'cp1252']);
});
