import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { barcodeModules } from '../../shared/receipt/barcode.ts';
import {
  EPSON,
  GENERIC,
  type PrinterProfile,
  parseMarkup,
  profileNamed,
  renderEscpos,
  renderSvg,
  type Slip,
} from '../../shared/receipt/index.ts';
import { unwrap } from '../../shared/result.ts';
import { EscposInterpreter } from '../escpos/interpreter.ts';
import { drawSlip } from './draw_slip.ts';
import { Rasterizer } from './rasterizer.ts';
import { decodeSymbols } from './testing/decode.ts';
import { openRaster, RENDERER_IS_HERE } from './testing/raster.ts';

const { raster, folder, close } = openRaster();
afterAll(close);

/** Markup → the job's bytes → what a printer makes of them → a picture of the paper. */
async function paperOf(source: string, profile: PrinterProfile): Promise<Uint8Array> {
  const slip = unwrap(parseMarkup(`${source}\n<cut/>`, { columns: 48, charset: 'cp858' }));
  const { slip: drawn, notes } = await drawSlip(slip, profile, raster);
  expect(notes).toEqual([]);
  const printed: Slip[] = [];
  const findings: string[] = [];
  const printer = new EscposInterpreter(48, {
    slip: (one) => printed.push(one),
    sensorAsked: () => undefined,
    automaticStatus: () => undefined,
    drawer: () => undefined,
    finding: (detail) => findings.push(detail),
  });
  for (const byte of renderEscpos(drawn, profile)) printer.push(byte);
  expect(findings).toEqual([]);
  const [paper] = printed;
  if (paper === undefined) throw new Error('nothing was printed');
  return unwrap(await raster.png(renderSvg(paper), 2));
}

const GTIN = '(01)09521234567899';
/** No symbol of its own: every one goes as a picture. */
const BARE: PrinterProfile = { ...GENERIC, name: 'bare', symbols: new Set() };
const GRAPHICS = profileNamed('epson-graphics') ?? EPSON;

const SYMBOLS: readonly [string, string, string, string][] = [
  ['QR', '<qrcode>https://shop.example/r/ord_01?é=✓</qrcode>', 'QRCode', 'https://shop.example/r/ord_01?é=✓'],
  ['EAN-13', "<barcode type='ean13'>9521234567899</barcode>", 'EAN13', '9521234567899'],
  ['EAN-8', "<barcode type='ean8'>95200002</barcode>", 'EAN8', '95200002'],
  ['UPC-A', "<barcode type='upca'>036000291452</barcode>", 'EAN13', '0036000291452'],
  ['Code 128', "<barcode type='128'>S1-100042 {x}</barcode>", 'Code128', 'S1-100042 {x}'],
  [
    'GS1-128',
    `<barcode type='gs1_128'>${GTIN}(10)A7(17)261231</barcode>`,
    'Code128',
    `${GTIN}(10)A7(17)261231`,
  ],
  [
    'GS1 DataMatrix',
    `<barcode type='gs1_datamatrix'>${GTIN}(10)LOT7(21)42</barcode>`,
    'DataMatrix',
    `${GTIN}(10)LOT7(21)42`,
  ],
  ['GS1 DataBar', `<barcode type='databar'>${GTIN}</barcode>`, 'DataBarOmni', GTIN],
  [
    'GS1 DataBar Expanded',
    `<barcode type='databar_expanded'>${GTIN}(3103)000452</barcode>`,
    'DataBarExp',
    `${GTIN}(3103)000452`,
  ],
];

test
  .skipIf(!RENDERER_IS_HERE)
  .each(
    SYMBOLS.flatMap(([name, source, format, text]) =>
      [EPSON, GRAPHICS, BARE].map((profile) => [name, profile.name, source, format, text, profile] as const),
    ),
  )(
  '%s of a job for %s is read from the paper by an independent decoder',
  async (_, __, source, format, text, profile) => {
    const found = await decodeSymbols(await paperOf(`[C]${source}`, profile));
    expect(found).toEqual([{ format, text }]);
  },
);

const installed = (command: string): boolean => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

test.skipIf(!RENDERER_IS_HERE || !installed('zbarimg'))(
  'zbar reads QR, EAN-13 and GS1-128 off the same paper',
  async () => {
    const file = join(folder, 'paper.png');
    const source = SYMBOLS.filter(([name]) => ['QR', 'EAN-13', 'GS1-128'].includes(name)).map(
      (one) => `[C]${one[1]}\n\n`,
    );
    writeFileSync(file, await paperOf(source.join(''), EPSON));
    const read = execFileSync('zbarimg', ['--quiet', file], { encoding: 'utf8' });
    expect(read).toContain('EAN-13:9521234567899');
    expect(read).toContain('QR-Code:https://shop.example/r/ord_01?é=✓');
    expect(read).toMatch(/CODE-128:.?0109521234567899/);
  },
);

test.skipIf(!RENDERER_IS_HERE || !installed('dmtxread'))(
  'dmtxread reads GS1 DataMatrix off the paper',
  async () => {
    const file = join(folder, 'matrix.png');
    writeFileSync(file, await paperOf(`[C]${SYMBOLS[6]?.[1]}`, EPSON));
    const read = execFileSync('dmtxread', ['-n', '-N1', '-m20000', file], { encoding: 'utf8' });
    expect(read).toContain('0109521234567899');
  },
);

test('bars are those of the independent encoder, module by module', async () => {
  const { default: bwip } = await import('bwip-js/node');
  for (const [encoder, symbology, data] of [
    ['ean13', 'ean13', '9521234567899'],
    ['ean8', 'ean8', '95200002'],
    ['upca', 'upca', '036000291452'],
    ['gs1-128', 'gs1_128', `${GTIN}(10)A7`],
  ] as const) {
    const [symbol] = bwip.raw(encoder, data);
    if (symbol === undefined || !('sbs' in symbol)) throw new Error('not bars');
    const modules = symbol.sbs.map((width, at) => (at % 2 === 0 ? '1' : '0').repeat(width)).join('');
    const ours = barcodeModules(symbology, data) ?? '';
    // Code sets may be chosen otherwise, but not so that the symbol grows.
    if (symbology === 'gs1_128') expect(ours.length).toBeLessThanOrEqual(modules.length);
    else expect(ours).toBe(modules.replace(/^0+|0+$/g, ''));
  }
});

test('without the renderer symbols and lines are sent as they can be, with a note', async () => {
  const away = new Rasterizer({ cacheDir: '/dev/null/fonts', fonts: [], logos: {} });
  const source = `شكرا\n<barcode type='gs1_datamatrix'>${GTIN}</barcode>\n<img>crest</img>\n<cut/>`;
  const charset = { pages: ['cp858'], pictures: true } as const;
  const slip = unwrap(parseMarkup(source, { columns: 48, charset, logos: new Set(['crest']) }));
  const { slip: left, notes } = await drawSlip(slip, EPSON, away);
  await away.close();
  expect(notes).toHaveLength(2);
  expect(notes.join(' ')).toMatch(/code pages print as "\?".*logo crest does not print/);
  expect(String.fromCharCode(...renderEscpos(left, EPSON))).toContain('????\n');
});
