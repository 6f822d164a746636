import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSlip } from '../../hardware/raster/draw_slip.ts';
import { Rasterizer } from '../../hardware/raster/rasterizer.ts';
import { LOCALES } from '../../hardware/raster/testing/locales.ts';
import {
  charsetOf,
  EPSON,
  layoutReceipt,
  type ReceiptDocument,
  renderEscpos,
  renderStarLine,
  renderSvg,
  renderText,
  STAR_CHARSET,
} from '../../shared/receipt/index.ts';
import { type Figures, figuresOf, HEAD, row } from './stats.ts';

const WARM_ROUNDS = 300;
const ROUNDS = 1_000;
const DRAWN_ROUNDS = 60;
/** Twenty items: with header, sums and thanks some fifty lines of paper. */
const ITEMS = 20;
const CHARSET = charsetOf(EPSON, true);

function receiptIn(language: string, items = ITEMS): ReceiptDocument {
  const sample = LOCALES.get(language);
  const line = sample?.lines[0];
  if (sample === undefined || line === undefined) throw new Error(`no receipt in ${language}`);
  const plain = { ...line, promotions: [], discount: 0 };
  return { ...sample, lines: Array.from({ length: items }, () => plain) };
}

/** Twenty short lines of text and nothing else: what encoders of receipts are compared by. */
const TWENTY: ReceiptDocument = {
  ...receiptIn('en', 1),
  qr: undefined,
  footer_lines: Array.from({ length: 12 }, (_, at) => `Line ${at}: Café crème 3,20 €`),
};

/** What layout, encoding and drawing of receipts take. The floor is JSON of the same document. */
export async function measureReceipts(say: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-bench-'));
  const raster = new Rasterizer({ cacheDir: folder, fonts: [], logos: {} });
  const rows: string[] = [];
  const english = receiptIn('en');
  const floor = sync(() => JSON.stringify(english));
  const add = (what: string, figures: Figures): void => {
    rows.push(row(what, figures, floor));
    say(`receipts: ${what}`);
  };
  add('JSON of the document (floor)', floor);
  const twenty = layoutReceipt(TWENTY, { columns: 48, charset: CHARSET });
  add(
    '20 lines: slip to ESC/POS',
    sync(() => renderEscpos(twenty, EPSON)),
  );
  add(
    '20 lines: document to slip to ESC/POS',
    sync(() => encoded(TWENTY)),
  );
  for (const language of ['en', 'pl', 'ru']) {
    const document = receiptIn(language);
    add(
      `${ITEMS} items in ${language}: document to ESC/POS`,
      sync(() => encoded(document)),
    );
  }
  const slip = layoutReceipt(english, { columns: 48, charset: CHARSET });
  const star = layoutReceipt(english, { columns: 48, charset: STAR_CHARSET });
  add(
    `${ITEMS} items: slip to text`,
    sync(() => renderText(slip)),
  );
  add(
    `${ITEMS} items: slip to SVG`,
    sync(() => renderSvg(slip)),
  );
  add(
    `${ITEMS} items: slip to Star Line`,
    sync(() => renderStarLine(star)),
  );
  const svg = renderSvg(slip);
  const small = renderSvg(twenty);
  add('20 lines: SVG to PNG, in the drawing thread', await drawn(() => raster.png(small, 2)));
  add(`${ITEMS} items: SVG to PNG, in the drawing thread`, await drawn(() => raster.png(svg, 2)));
  for (const language of ['ar', 'th', 'hi', 'ja']) {
    const source = layoutReceipt(receiptIn(language, 5), { columns: 48, charset: CHARSET });
    add(`5 items in ${language}: lines drawn to dots`, await drawn(() => drawSlip(source, EPSON, raster)));
  }
  const arabic = (
    await drawSlip(layoutReceipt(receiptIn('ar', 5), { columns: 48, charset: CHARSET }), EPSON, raster)
  ).slip;
  add(
    '5 items in ar: slip with pictures to ESC/POS',
    sync(() => renderEscpos(arabic, EPSON)),
  );
  await raster.close();
  rmSync(folder, { recursive: true, force: true });
  console.log(`\nReceipts\n${HEAD}\n${rows.join('\n')}`);
}

const encoded = (document: ReceiptDocument): Uint8Array =>
  renderEscpos(layoutReceipt(document, { columns: 48, charset: CHARSET }), EPSON);

function sync(work: () => unknown): Figures {
  for (let n = 0; n < WARM_ROUNDS; n += 1) work();
  const samples: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const start = performance.now();
    work();
    samples.push(performance.now() - start);
  }
  return figuresOf(samples);
}

async function drawn(work: () => Promise<unknown>): Promise<Figures> {
  const samples: number[] = [];
  for (let n = 0; n < DRAWN_ROUNDS; n += 1) {
    const start = performance.now();
    await work();
    // The first one starts the thread and unpacks a font; it is no measure of a drawing.
    if (n > 0) samples.push(performance.now() - start);
  }
  return figuresOf(samples);
}
