import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  layoutReceipt,
  type PaperColumns,
  parseMarkup,
  renderEscpos,
  renderSvg,
  renderText,
  type Slip,
} from '../../shared/receipt/index.ts';
import { anyColumns, anyReceipt, SAMPLE_RECEIPT } from '../../shared/receipt/receipt.fixture.ts';
import { unwrap } from '../../shared/result.ts';
import { EscposInterpreter } from './interpreter.ts';

function interpret(bytes: Iterable<number>, columns: PaperColumns = 48) {
  const slips: Slip[] = [];
  const findings: string[] = [];
  const asked: string[] = [];
  const interpreter = new EscposInterpreter(columns, {
    slip: (slip) => slips.push(slip),
    sensorAsked: () => asked.push('GS r'),
    automaticStatus: (mask) => asked.push(`GS a ${mask}`),
    drawer: () => asked.push('drawer'),
    finding: (detail) => findings.push(detail),
  });
  for (const byte of bytes) interpreter.push(byte);
  return { slips, findings, asked, uncut: interpreter.uncut() };
}

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));
const line = (bytes: Iterable<number>) => renderText(interpret(bytes).uncut);

describe('what we print is what we read', () => {
  test('for any receipt on any paper the text is the same, on one slip, with nothing unknown', () => {
    fc.assert(
      fc.property(anyReceipt, anyColumns, (document, columns) => {
        const slip = layoutReceipt(document, { columns, charset: 'cp858' });
        const read = interpret(renderEscpos(slip), columns);
        expect(read.findings).toEqual([]);
        expect(read.slips.map(renderText)).toEqual([renderText(slip)]);
        expect(read.uncut.rows).toEqual([]);
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  test('the preview of the paper holds the same QR symbol as the preview of the receipt', () => {
    const slip = layoutReceipt(SAMPLE_RECEIPT, { columns: 48, charset: 'cp858' });
    const symbol = /shape-rendering="crispEdges" d="([^"]+)"/;
    const printed = interpret(renderEscpos(slip)).slips[0];
    expect(printed === undefined ? null : symbol.exec(renderSvg(printed))?.[1]).toBe(
      symbol.exec(renderSvg(slip))?.[1],
    );
    expect(symbol.test(renderSvg(slip))).toBe(true);
  });

  test('styles, alignment and symbols of markup come back row by row', () => {
    const source =
      "[C]<font size='big'>SALE</font>\n[L]<b>a</b><u>b</u>[R]1.00\n<barcode type='ean13'>9521234567899</barcode>\n" +
      "[C]<qrcode size='20'>ORD-1</qrcode><drawer/><cut/>";
    const slip = unwrap(parseMarkup(source, { columns: 48, charset: 'cp858' }));
    const read = interpret(renderEscpos(slip));
    expect(read.slips[0]?.rows).toEqual(slip.rows.filter((row) => row.kind !== 'drawer'));
    expect(read.asked).toEqual(['drawer']);
    expect(read.findings).toEqual([]);
  });
});

describe('a printer', () => {
  test('speaks code page 437 until it is told otherwise', () => {
    expect(line([0xd5, 0x0a])).toBe('╒\n');
    expect(line([0x1b, 0x74, 19, 0xd5, 0x0a])).toBe('€\n');
    expect(line([0x1b, 0x74, 19, 0x1b, 0x40, 0xd5, 0x0a])).toBe('╒\n');
  });

  test('breaks a line that is too long and tabs to every eighth cell', () => {
    expect(line(ascii(`${'x'.repeat(50)}\n`))).toBe(`${'x'.repeat(48)}\nxx\n`);
    expect(line(ascii('a\tb\n'))).toBe('a       b\n');
  });

  test('obeys ESC ! as bold, double and underlined', () => {
    const [row] = interpret([0x1b, 0x21, 0xb8, 0x41, 0x0a]).uncut.rows;
    expect(row).toMatchObject({
      runs: [{ text: 'A', style: { bold: true, underline: true, width: 2, height: 2 } }],
    });
  });

  test('prints what waits before it feeds, cuts or draws', () => {
    expect(line([0x41, 0x1b, 0x64, 3])).toBe('A\n\n\n');
    expect(interpret([0x41, 0x1d, 0x56, 0]).slips.map(renderText)).toEqual(['A\n']);
    expect(interpret([0x41, 0x1b, 0x69, 0x42, 0x1b, 0x6d]).slips.map(renderText)).toEqual(['A\n', 'B\n']);
  });

  test('draws a raster at its size, bit by bit', () => {
    const { uncut, findings } = interpret([0x1d, 0x76, 0x30, 0, 1, 0, 2, 0, 0xf0, 0x0f]);
    expect(uncut.rows).toMatchObject([{ kind: 'image', widthBytes: 1, heightDots: 2 }]);
    expect(renderSvg(uncut)).toContain('d="M0 0h4v1h-4zM4 1h4v1h-4z"');
    expect(findings).toEqual([]);
  });

  test('takes the bytes of a block as data, whatever they look like', () => {
    const block = [0x1d, 0x56, 0x1b, 0x40];
    const { slips, uncut } = interpret([0x1d, 0x76, 0x30, 0, 4, 0, 1, 0, ...block, 0x41, 0x0a]);
    expect(slips).toEqual([]);
    expect(uncut.rows.map((row) => row.kind)).toEqual(['image', 'text']);
  });

  test('answers in turn, kicks the drawer and skips real-time requests', () => {
    const bytes = [0x1d, 0x72, 1, 0x10, 0x04, 1, 0x1d, 0x61, 0x0f, 0x1b, 0x70, 0, 25, 250, 0x41, 0x0a];
    const read = interpret(bytes);
    expect(read.asked).toEqual(['GS r', 'GS a 15', 'drawer']);
    expect(renderText(read.uncut)).toBe('A\n');
  });

  test('notes what it does not know and prints on', () => {
    const read = interpret([
      0x1b, 0x7e, 0x41, 0x0a, 0x1d, 0x28, 0x4c, 2, 0, 0x30, 0x32, 0x1b, 0x74, 99, 0x07, 0x42, 0x0a,
    ]);
    expect(renderText(read.uncut)).toBe('A\nB\n');
    expect(read.findings).toEqual([
      '1b 7e: a command that is not known',
      '1d 28 4c 30 32: a command that is not drawn',
      'code page 99 is shown as 858',
      '07: a control character',
    ]);
  });

  test('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const { slips, uncut } = interpret(noise);
        for (const slip of [...slips, uncut]) expect(renderSvg(slip)).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});
