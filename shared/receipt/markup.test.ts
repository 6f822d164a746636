import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../result.ts';
import { cleanText, runCells } from './cells.ts';
import { renderEscpos } from './escpos.ts';
import { escapeMarkup, parseMarkup } from './markup.ts';
import { anyColumns, anyText } from './receipt.fixture.ts';
import { renderText } from './text.ts';

const parse = (source: string) => parseMarkup(source, { columns: 48 });
const slip = (source: string) => unwrap(parse(source));
const hex = (source: string) =>
  [...renderEscpos(slip(source))].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const text = (source: string) => renderText(slip(source));

describe('the bytes', () => {
  test.each([['[C]<b>TOTAL</b>\n<cut/>'], ['[C]<b>TOTAL</b><cut/>'], ['[C]<b>TOTAL</b>\n<cut/>\n']])(
    '%j is the golden of the dialect',
    (source) => {
      expect(hex(source)).toBe('1b 40 1b 61 01 1b 45 01 54 4f 54 41 4c 1b 45 00 0a 1d 56 42 00');
    },
  );

  test('a QR symbol is model 2, module 6, correction M', () => {
    expect(hex('<qrcode>ORD-1</qrcode>')).toBe(
      '1b 40 1d 28 6b 04 00 31 41 32 00 1d 28 6b 03 00 31 43 06 1d 28 6b 03 00 31 45 31 ' +
        '1d 28 6b 08 00 31 50 30 4f 52 44 2d 31 1d 28 6b 03 00 31 51 30',
    );
  });

  test('styles switch on and off around their text', () => {
    expect(hex("<u>a</u><font size='big' color='bg-black'>b</font>")).toBe(
      '1b 40 1b 2d 01 61 1b 2d 00 1d 42 01 1d 21 11 62 1d 42 00 1d 21 00 0a',
    );
  });

  test('a code page is selected only when a character needs it', () => {
    expect(hex('[R]£1')).toBe('1b 40 1b 74 13 1b 61 02 9c 31 0a');
  });

  test('a barcode has its height, width, caption and check digit', () => {
    expect(hex("<barcode type='ean13' height='10' text='none'>952123456789</barcode>")).toBe(
      '1b 40 1d 68 50 1d 77 03 1d 48 00 1d 6b 43 0d 39 35 32 31 32 33 34 35 36 37 38 39 39',
    );
    expect(hex("<barcode type='128'>A{1</barcode>")).toContain('1d 48 02 1d 6b 49 06 7b 42 41 7b 7b 31');
  });

  test('a drawer pulse is a command of its own', () => {
    expect(hex('<drawer/>')).toBe('1b 40 1b 70 00 19 fa');
  });
});

describe('columns', () => {
  test('share the width equally', () => {
    expect(text('[L]left[C]mid[R]right')).toBe('left                  mid                  right\n');
    expect(text('Total[R]12.00')).toBe(`Total${' '.repeat(38)}12.00\n`);
  });

  test('a style may enclose the columns of its line', () => {
    expect(text('<b>[L]a[R]b</b>')).toBe(`a${' '.repeat(46)}b\n`);
  });

  test('long text wraps in its column and a number stays whole', () => {
    expect(text('[L]A name that is much longer than its share[R]1')).toBe(
      `A name that is much${' '.repeat(28)}1\nlonger than its share\n`,
    );
    const wide = unwrap(parseMarkup('[L]a[L]b[L]c[R]1,250,000.00', { columns: 32 }));
    expect(renderText(wide)).toBe(`a       b       c\n${' '.repeat(20)}1,250,000.00\n`);
  });

  test('an empty line is an empty line', () => {
    expect(text('a\n\nb')).toBe('a\n\nb\n');
  });
});

describe('pictures', () => {
  test('come as the bytes of GS v 0, dot for dot', () => {
    const slip = unwrap(parse('[C]<img>1d76300002000200ff0180a5</img>'));
    expect(slip.rows).toEqual([
      {
        kind: 'image',
        align: 'center',
        widthBytes: 2,
        heightDots: 2,
        bits: Uint8Array.of(0xff, 0x01, 0x80, 0xa5),
      },
    ]);
    const bytes = renderEscpos(slip);
    expect([...bytes.slice(-12)]).toEqual([0x1d, 0x76, 0x30, 0, 2, 0, 2, 0, 0xff, 0x01, 0x80, 0xa5]);
  });

  test('never spell a command that a printer obeys in mid-picture', () => {
    const slip = unwrap(parse('<img>1d76300003000100100401</img>'));
    expect([...renderEscpos(slip).slice(-3)]).toEqual([0x18, 0x04, 0x01]);
  });

  test('or are named, where the store keeps them', () => {
    const logos = new Set(['crest']);
    const slip = unwrap(parseMarkup('[R]<img>crest</img>', { columns: 48, logos }));
    expect(slip.rows).toEqual([{ kind: 'logo', align: 'right', name: 'crest' }]);
    expect(renderText(slip).trim()).toBe('[crest]');
  });
});

describe('errors say where', () => {
  test.each([
    ['abc\n  <blink>x</blink>', 'unknown_tag', 6, 2, 3],
    ['<img>00</img>', 'bad_data', 0, 1, 1],
    ['a <b>', 'unclosed_tag', 2, 1, 3],
    ['<b>a\n</b>', 'unclosed_tag', 0, 1, 1],
    ['<b>a</u>', 'unexpected_close', 4, 1, 5],
    ['</b>', 'unexpected_close', 0, 1, 1],
    ['1 < 2', 'bad_tag', 2, 1, 3],
    ['[X]', 'unknown_column', 0, 1, 1],
    ["<font size='huge'>a</font>", 'bad_attribute', 0, 1, 1],
    ["<b size='big'>a</b>", 'bad_attribute', 0, 1, 1],
    ['<qrcode></qrcode>', 'bad_data', 0, 1, 1],
    ['<qrcode>a<b>b</b></qrcode>', 'bad_data', 9, 1, 10],
    ['<qrcode>a', 'unclosed_tag', 0, 1, 1],
    ["<barcode type='ean13'>9521234567890</barcode>", 'bad_data', 0, 1, 1],
    ["<barcode type='qr'>1</barcode>", 'bad_attribute', 0, 1, 1],
    ["<barcode type='gs1_128'>(01)09521234567898</barcode>", 'bad_data', 0, 1, 1],
    ["<barcode type='gs1_datamatrix'>(17)261331</barcode>", 'bad_data', 0, 1, 1],
    ["<barcode type='databar'>09521234567898</barcode>", 'bad_data', 0, 1, 1],
    ["<barcode type='upca'>036000291453</barcode>", 'bad_data', 0, 1, 1],
    ['<img>1d7630000100010000ff</img>', 'bad_data', 0, 1, 1],
    ['[L]'.repeat(9), 'too_many_columns', 24, 1, 25],
  ])('%j', (source, code, at, line, column) => {
    expect(parse(source)).toMatchObject({ ok: false, error: { code, at, line, column } });
  });

  test('too long a document is refused before it is read', () => {
    expect(parse('x'.repeat(65_537))).toMatchObject({ ok: false, error: { code: 'too_long' } });
  });
});

describe('foreign text', () => {
  test('a product called [R]<b>x prints literally', () => {
    expect(escapeMarkup('[R]<b>x')).toBe('[[R]&lt;b>x');
    expect(text(`[L]${escapeMarkup('[R]<b>x')}`)).toBe('[R]<b>x\n');
    expect(text(`[L]${escapeMarkup('AT&lt;T')}`)).toBe('AT&lt;T\n');
  });

  test('any text survives escaping and can neither break nor forge a line', () => {
    fc.assert(
      fc.property(anyText, anyColumns, (raw, columns) => {
        const parsed = unwrap(parseMarkup(`<b>${escapeMarkup(raw)}</b>`, { columns }));
        const ink = parsed.rows.map((row) =>
          row.kind === 'text' ? row.runs.map((run) => run.text).join('') : '!',
        );
        expect(ink.join('').replace(/[ \u2068\u2069]/g, '')).toBe(cleanText(raw).replaceAll(' ', ''));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('any markup parses to lines within the paper or to an error within the source', () => {
    const piece = fc.oneof(
      anyText.map(escapeMarkup),
      fc.constantFrom(
        '[L]',
        '[C]',
        '[R]',
        '<b>',
        '</b>',
        '<u>',
        '</u>',
        "<font size='big-6'>",
        '</font>',
        '\n',
        '<cut/>',
      ),
      fc.constantFrom('<', '[', '&', '<qrcode>1</qrcode>', '<b', "<barcode type='ean8'>1234567</barcode>"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), anyColumns, (pieces, columns) => {
        const source = pieces.join('');
        const parsed = parseMarkup(source, { columns });
        if (!parsed.ok) {
          expect(parsed.error.at).toBeLessThan(source.length);
          return;
        }
        for (const row of parsed.value.rows) {
          if (row.kind !== 'text') continue;
          expect(row.runs.reduce((sum, run) => sum + runCells(run), 0)).toBeLessThanOrEqual(columns);
        }
      }),
      { seed: 8, numRuns: 400 },
    );
  });
});
