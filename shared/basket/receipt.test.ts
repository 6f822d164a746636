import { expect, it } from 'vitest';
import { Order } from '../api/order.ts';
import { StoreConfig } from '../config/store_config.ts';
import { RECEIPT_TEXT_CHARS_MAX, ReceiptDocument } from '../receipt/document.ts';
import { layoutReceipt } from '../receipt/layout.ts';
import { receiptOf } from './receipt.ts';

const uuid = '00000000-0000-7000-8000-000000000001';
const config = StoreConfig.parse({
  v: 1,
  version: 1,
  store_id: `str_${uuid}`,
  retailer_id: `ret_${uuid}`,
  name: 'High Street',
  address_lines: ['1 High Street'],
  tax_number: 'GB1',
  currency: 'GBP',
  timezone: 'America/New_York',
  prices_include_tax: false,
  tax_rounding: 'line',
  tax_codes: [],
  order_prefix: '',
  company_prefixes: [],
  gateways: [],
  devices: [],
  receipt_footer: ['Thank you'],
  policies: {},
  demo: false,
});

/** An order of one line with that name, tried with one card, then paid with another and a voucher. */
const order = (name: string): Order => {
  const payment = (n: number, method: string, status: string, amount: number) => ({
    id: `pay_${uuid}_${n}`,
    order_id: `ord_${uuid}`,
    gateway: 'test',
    method,
    status,
    amount,
    currency: 'GBP',
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  });
  return Order.parse({
    id: `ord_${uuid}`,
    number: 'HS7',
    basket_id: `bsk_${uuid}`,
    store_id: `str_${uuid}`,
    status: 'created',
    payment_status: 'pending',
    currency: 'GBP',
    lines: [
      {
        id: 'lin_1',
        item_id: `itm_${uuid}`,
        sku: 'S',
        name,
        quantity: 2,
        unit_price: 500,
        discount: 100,
        total: 900,
        restrictions: [],
        promotions: [{ promotion_id: 'p', title: 'Less', discount: 100 }],
      },
    ],
    promotions: [],
    subtotal: 1_000,
    discount: 100,
    tax: 90,
    total: 990,
    captured: 990,
    payments: [
      payment(1, 'card_declined', 'rejected', 990),
      payment(2, 'card_3ds', 'captured', 900),
      payment(3, 'gift_card', 'captured', 90),
    ],
    receipt: null,
    exit_pass: null,
    verification_status: 'not_required',
    refund_status: 'none',
    fulfilment_status: 'none',
    receipt_status: 'not_sent',
    created_at: '2026-01-01T00:00:00.000Z',
    completed_at: null,
  });
};
const taxes = [{ tax_code: 'a', level_id: 's', name: 'State', rate_ppm: 100_000, taxable: 900, tax: 90 }];
const completedAtMs = Date.UTC(2026, 0, 1, 2, 30);

it('says what the order says, in the time of the store', () => {
  const receipt = receiptOf({ order: order('Tea'), taxes, config, completedAtMs, fiscal_number: '000007' });
  expect(ReceiptDocument.parse(receipt)).toEqual(receipt);
  expect(receipt).toMatchObject({
    order: {
      id: `ord_${uuid}`,
      number: 'HS7',
      completed_at: '2026-01-01T02:30:00.000Z',
      local_time: '2025-12-31 21:30',
      fiscal_number: '000007',
    },
    tax: {
      inclusive: false,
      total: 90,
      lines: [{ name: 'State', rate_ppm: 100_000, taxable: 900, tax: 90 }],
    },
    payments: [
      { method: 'card_3ds', label: 'Card', amount: 900 },
      { method: 'gift_card', label: 'Gift card', amount: 90 },
    ],
    qr: `ord_${uuid}`,
  });
});

it('prints every promotion of a line with its amount, and what was granted apart below', () => {
  const plain = order('Tea');
  const [line] = plain.lines;
  if (line === undefined) throw new Error('no line');
  const promotions = [
    { promotion_id: 'p', title: 'Any 2, 60p off', discount: 60 },
    { promotion_id: 'q', title: '10% off tea', discount: 40 },
  ];
  const granted = [
    { promotion_id: 'c', title: 'Tea club', discount: 25, applies_as: 'cashback' as const },
    { promotion_id: 't', title: 'Points', discount: 5, applies_as: 'tender' as const },
  ];
  const sold = { ...plain, lines: [{ ...line, promotions }], promotions: [...promotions, ...granted] };
  const receipt = ReceiptDocument.parse(receiptOf({ order: sold, taxes, config, completedAtMs }));
  expect(receipt.footer_lines).toEqual(['Cashback £0.25: Tea club', 'Credit £0.05: Points', 'Thank you']);
  expect(receipt).toMatchObject({ discount: 100, total: 990 });
  const paper = layoutReceipt(receipt, { columns: 42 }).rows.flatMap((row) =>
    row.kind === 'text'
      ? [
          row.runs
            .map(({ text }) => text)
            .join('')
            .trim(),
        ]
      : [],
  );
  for (const text of [
    /^Any 2, 60p off +-0\.60$/,
    /^10% off tea +-0\.40$/,
    /^Discount +-£1\.00$/,
    /^Cashback £0\.25: Tea club$/,
  ])
    expect(paper).toContainEqual(expect.stringMatching(text));
});

it('cuts what is too long for paper, never through a character', () => {
  const name = `${'a'.repeat(RECEIPT_TEXT_CHARS_MAX - 1)}🍏 and more`;
  const [line] = ReceiptDocument.parse(receiptOf({ order: order(name), taxes, config, completedAtMs })).lines;
  expect(line?.name).toBe('a'.repeat(RECEIPT_TEXT_CHARS_MAX - 1));
});

it('shows no payment that was given up before the order was paid, and of others what is left', () => {
  const sold = order('Tea');
  const [, card, voucher] = sold.payments;
  if (card === undefined || voucher === undefined) throw new Error('no payments');
  const payments = [
    { ...card, refunding: 900 },
    { ...card, refunded: 100 },
    { ...voucher, amount: 0 },
  ];
  const receipt = receiptOf({ order: { ...sold, payments }, taxes: [], config, completedAtMs: 0 });
  expect(receipt.payments.map(({ amount }) => amount)).toEqual([800, 0]);
});
