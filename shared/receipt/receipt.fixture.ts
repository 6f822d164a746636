import fc from 'fast-check';
import type { ReceiptDocument } from './document.ts';

/** A receipt that uses every part of the document. For tests. */
export const SAMPLE_RECEIPT: ReceiptDocument = {
  v: 1,
  kind: 'sale',
  store: {
    name: 'Corner & Sons',
    address_lines: ['1 High Street', 'Sampleton'],
    tax_number: 'GB 999 9999 73',
  },
  order: {
    id: 'ord_01',
    number: 'S1-100042',
    completed_at: '2026-03-14T12:09:26.535Z',
    local_time: '14/03/2026 12:09',
    fiscal_number: 'F-2026-000017',
  },
  currency: 'GBP',
  lines: [
    {
      name: 'Wooden Toy Train With Carriages',
      sku: 'TOY-1',
      gtin: '9521234567899',
      quantity: 2,
      unit_price: 1250,
      discount: 300,
      total: 2200,
      promotions: [{ title: 'Toys 3 for 2', discount: 300 }],
    },
    {
      name: 'Café crème',
      sku: 'CAF-1',
      quantity: 1,
      unit_price: 320,
      discount: 20,
      total: 300,
      promotions: [],
    },
    { name: 'Bananas', sku: 'BAN', quantity: 0.452, unit_price: 120, discount: 0, total: 54, promotions: [] },
  ],
  subtotal: 2874,
  discount: 320,
  total: 2554,
  tax: { inclusive: true, total: 426, lines: [{ name: 'VAT', rate_ppm: 200_000, taxable: 2128, tax: 426 }] },
  payments: [{ method: 'card', label: 'Card •••• 4242', amount: 2554 }],
  qr: 'https://shop.example/r/ord_01',
  footer_lines: ['Thank you!', 'Returns within 28 days with this receipt.'],
};

const character = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...'aeinrst ABCDE0123456789 .,-') },
  { weight: 3, arbitrary: fc.constantFrom(...'éßØñ£€·½čłžŐ…–“”•™') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('<', '>', '&', '"', "'", '[', ']', '<b>', '[R]', '</svg>', '&lt;'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '日',
      '本',
      '가',
      'ｱ',
      'م',
      'ת',
      'Ж',
      '👩‍👧',
      '🇬🇧',
      'e\u0301',
      '\u202e',
      '\ud800',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\n', '\t', '\u0000', '\u001b', '\u001d', '\u0010', '\u0085', '\u2028'),
  },
);

/** Names as people and machines write them, hostile ones among them. */
export const anyText = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(''));
export const anyAmount = fc.oneof(
  fc.integer({ min: 0, max: 99_999 }),
  fc.integer({ min: 0, max: 1_000_000_000_000 }),
);

const anyLine = fc.record({
  name: anyText,
  sku: anyText,
  quantity: fc.oneof(fc.integer({ min: 1, max: 12_000 }), fc.constantFrom(0.452, 12.5, 1234.567)),
  unit_price: anyAmount,
  discount: anyAmount,
  total: anyAmount,
  promotions: fc.array(fc.record({ title: anyText, discount: anyAmount }), { maxLength: 2 }),
});

/** Receipts whose sums need not agree: the layout prints what it is given. */
export const anyReceipt: fc.Arbitrary<ReceiptDocument> = fc.record({
  v: fc.constant(1),
  kind: fc.constant('sale'),
  store: fc.record({ name: anyText, address_lines: fc.array(anyText, { maxLength: 3 }) }),
  order: fc.record({
    id: fc.constant('ord_1'),
    number: fc.stringMatching(/^[A-Z0-9-]{1,32}$/),
    completed_at: fc.constant('2026-03-14T12:09:26.535Z'),
    local_time: fc.constant('14/03/2026 12:09'),
  }),
  currency: fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'INR', 'CHF'),
  lines: fc.array(anyLine, { maxLength: 6 }),
  subtotal: anyAmount,
  discount: anyAmount,
  total: anyAmount,
  tax: fc.record({
    inclusive: fc.boolean(),
    total: anyAmount,
    lines: fc.array(
      fc.record({
        name: anyText,
        rate_ppm: fc.integer({ min: 0, max: 990_000 }),
        taxable: anyAmount,
        tax: anyAmount,
      }),
      { maxLength: 2 },
    ),
  }),
  payments: fc.array(fc.record({ method: fc.constant('card'), label: anyText, amount: anyAmount }), {
    maxLength: 2,
  }),
  qr: fc.option(
    fc.string({ minLength: 1, maxLength: 120 }).map((text) => `q${text}`),
    { nil: undefined },
  ),
  footer_lines: fc.array(anyText, { maxLength: 3 }),
  copy: fc.boolean(),
});

export const anyColumns = fc.constantFrom<32 | 42 | 48>(32, 42, 48);
