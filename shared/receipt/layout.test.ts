import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMoney } from '../money/format.ts';
import { runCells } from './cells.ts';
import { ReceiptDocument } from './document.ts';
import { renderEscpos } from './escpos.ts';
import { renderHtml } from './html.ts';
import { labelsOf, RECEIPT_LANGUAGES } from './labels.ts';
import { layoutReceipt } from './layout.ts';
import { anyColumns, anyReceipt, SAMPLE_RECEIPT } from './receipt.fixture.ts';
import { renderText } from './text.ts';

const RUNS = { seed: 5, numRuns: 150 };
const text = (document: ReceiptDocument, columns: 32 | 42 | 48 = 48) =>
  renderText(layoutReceipt(document, { columns, charset: 'cp858' }));

test('the whole receipt on 48 columns', () => {
  expect(text(SAMPLE_RECEIPT)).toBe(
    [
      '                 Corner & Sons',
      '                 1 High Street',
      '                   Sampleton',
      '             Tax no. GB 999 9999 73',
      '------------------------------------------------',
      'Order                                  S1-100042',
      'Receipt no.                        F-2026-000017',
      'Date                            14/03/2026 12:09',
      '------------------------------------------------',
      'Item                     Qty    Price      Total',
      'Wooden Toy Train With      2    12.50      25.00',
      'Carriages',
      '  9521234567899',
      '  Toys 3 for 2                             -3.00',
      'Café crème                 1     3.20       3.20',
      '  CAF-1',
      '  Discount                                 -0.20',
      'Bananas                          1.20       0.54',
      '  0.452 x 1.20',
      '  BAN',
      '------------------------------------------------',
      'Subtotal                                  £28.74',
      'Discount                                  -£3.20',
      'TOTAL                                     £25.54',
      'Incl. VAT 20% on 21.28                      4.26',
      '------------------------------------------------',
      'Card ···· 4242                            £25.54',
      '',
      '       [QR https://shop.example/r/ord_01]',
      '',
      '                   Thank you!',
      '   Returns within 28 days with this receipt.',
      '',
      '',
    ].join('\n'),
  );
});

test('tax that comes on top stands above the total, with its rate to the last digit', () => {
  const lines = [
    { name: 'State tax', rate_ppm: 40_000, taxable: 2000, tax: 80 },
    { name: 'City tax', rate_ppm: 48_750, taxable: 2000, tax: 98 },
  ];
  const document = { ...SAMPLE_RECEIPT, currency: 'USD', tax: { inclusive: false, total: 178, lines } };
  const shown = text(document);
  expect(shown).toMatch(
    /State tax 4% on 20\.00 +0\.80\nCity tax 4\.875% on 20\.00 +0\.98\nTOTAL +\$25\.54\n/,
  );
});

test('a second paper says COPY on its first line, the first paper nowhere', () => {
  expect(
    text({ ...SAMPLE_RECEIPT, copy: true })
      .split('\n')[0]
      ?.trim(),
  ).toBe('COPY');
  expect(text(SAMPLE_RECEIPT)).not.toContain('COPY');
});

test('a currency whose sign the paper lacks is named by its code there and signed on screens', () => {
  const document = { ...SAMPLE_RECEIPT, currency: 'KRW' };
  expect(text(document)).toContain('KRW 2,554');
  expect(renderText(layoutReceipt(document, { columns: 48 }))).toContain('₩2,554');
});

describe('other papers than a sale', () => {
  const order = { ...SAMPLE_RECEIPT.order, original_number: 'S1-100001', return_by: '11/04/2026' };

  test('a refund says so, with the sale that it belongs to', () => {
    const shown = text({ ...SAMPLE_RECEIPT, kind: 'refund', order });
    expect(shown).toMatch(/REFUND\n/);
    expect(shown).toMatch(/Original order +S1-100001\n/);
    expect(shown).toContain('£25.54');
  });

  test('a gift receipt shows the things and no price', () => {
    const shown = text({ ...SAMPLE_RECEIPT, kind: 'gift', order });
    expect(shown).toMatch(/GIFT RECEIPT\n/);
    expect(shown).toMatch(/Return by +11\/04\/2026\n/);
    expect(shown).toContain('Café crème');
    expect(shown).not.toMatch(/\d\.\d\d\b|£/);
  });

  test('a payment slip shows the sum and how it was paid, and no thing', () => {
    const shown = text({ ...SAMPLE_RECEIPT, kind: 'payment' });
    expect(shown).toMatch(/PAYMENT\n/);
    expect(shown).toMatch(/TOTAL +£25\.54\n/);
    expect(shown).toMatch(/4242 +£25\.54\n/);
    expect(shown).not.toContain('Café');
  });
});

describe('the language of a receipt', () => {
  test('chooses its labels by the primary tag, English where we have none', () => {
    expect(text({ ...SAMPLE_RECEIPT, language: 'de-CH' })).toMatch(/GESAMT +£25\.54/);
    expect(text({ ...SAMPLE_RECEIPT, language: 'no' })).toMatch(/TOTALT +£25\.54/);
    expect(text({ ...SAMPLE_RECEIPT, language: 'tlh' })).toMatch(/TOTAL +£25\.54/);
  });

  test('and how amounts are written goes beside it', () => {
    const document = {
      ...SAMPLE_RECEIPT,
      total: 123_456_789,
      number_format: { decimal: ',', group: '.' },
    } as const;
    expect(text(document)).toMatch(/TOTAL +£1\.234\.567,89/);
    expect(text(document)).toContain('0,452 x 1,20');
  });

  test('that runs from right to left has its first column and its labels at the right', () => {
    const shown = renderText(layoutReceipt({ ...SAMPLE_RECEIPT, language: 'ar' }, { columns: 48 }));
    const lines = shown.replace(/[\u2066-\u2069]/g, '').split('\n');
    expect(lines.some((line) => /^£25\.54 +الإجمالي$/.test(line))).toBe(true);
    expect(lines.some((line) => /^25\.00 +12\.50 +2 +Wooden/.test(line))).toBe(true);
    const page = renderHtml(layoutReceipt({ ...SAMPLE_RECEIPT, language: 'ar' }, { columns: 48 }));
    expect(page).toContain('<html lang="ar" dir="rtl">');
  });

  test('has every label in every language, and the short ones fit their columns', () => {
    for (const language of RECEIPT_LANGUAGES) {
      const labels = labelsOf(language);
      for (const [key, label] of Object.entries(labels)) expect(label, `${language} ${key}`).toMatch(/\S/);
    }
  });
});

test('the schema refuses what would break a slip', () => {
  expect(ReceiptDocument.safeParse(SAMPLE_RECEIPT).success).toBe(true);
  expect(ReceiptDocument.safeParse({ ...SAMPLE_RECEIPT, total: 1.5 }).success).toBe(false);
  expect(ReceiptDocument.safeParse({ ...SAMPLE_RECEIPT, v: 2 }).success).toBe(false);
  expect(ReceiptDocument.safeParse({ ...SAMPLE_RECEIPT, extra: 1 }).success).toBe(false);
  const number = { ...SAMPLE_RECEIPT, order: { ...SAMPLE_RECEIPT.order, number: 'S1 ☂' } };
  expect(ReceiptDocument.safeParse(number).success).toBe(false);
});

describe('for any receipt, paper and charset', () => {
  const anyCharset = fc.constantFrom<'unicode' | 'cp858'>('unicode', 'cp858');

  test('no line is wider than the paper and none holds a control character', () => {
    fc.assert(
      fc.property(anyReceipt, anyColumns, anyCharset, (document, columns, charset) => {
        const slip = layoutReceipt(document, { columns, charset });
        for (const row of slip.rows) {
          if (row.kind !== 'text') continue;
          const cells = row.runs.reduce((sum, run) => sum + runCells(run), 0);
          expect(cells).toBeLessThanOrEqual(columns);
          for (const run of row.runs) expect(run.text).not.toMatch(/[\p{Cc}\u2028\u202e]|\ud800/u);
        }
      }),
      RUNS,
    );
  });

  test('no amount is ever cut or broken', () => {
    fc.assert(
      fc.property(anyReceipt, anyColumns, (document, columns) => {
        const lines = text(document, columns).split('\n');
        const amounts = [
          document.subtotal,
          document.total,
          ...document.lines.flatMap((line) => [line.unit_price, line.total + line.discount]),
          ...document.lines.flatMap((line) => line.promotions.map((promotion) => -promotion.discount)),
          ...document.payments.map((payment) => payment.amount),
        ];
        for (const amount of amounts) {
          const number = formatMoney(amount, document.currency, 'none');
          expect(lines.some((line) => line.endsWith(number) || line.includes(` ${number} `))).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test('the job holds the order number as plain bytes, starts clean and cuts exactly once, at its end', () => {
    fc.assert(
      fc.property(anyReceipt, anyColumns, anyCharset, (document, columns, charset) => {
        const bytes = renderEscpos(layoutReceipt(document, { columns, charset }));
        const ascii = String.fromCharCode(...bytes);
        expect(ascii.startsWith('\x1b@\x1bt\x13')).toBe(true);
        expect(ascii).toContain(document.order.number);
        expect(ascii.split('\x1dV')).toHaveLength(2);
        expect(ascii.endsWith('\x1dVB\x00')).toBe(true);
      }),
      RUNS,
    );
  });
});
