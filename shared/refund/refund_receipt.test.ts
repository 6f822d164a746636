import { expect, it } from 'vitest';
import { Refund } from '../api/refund.ts';
import { StoreConfig } from '../config/store_config.ts';
import { layoutReceipt, ReceiptDocument, renderText } from '../receipt/index.ts';
import { RECEIPT_LANGUAGES } from '../receipt/labels.ts';
import { refundReceiptOf } from './refund_receipt.ts';

const UUID = '01890000-0000-7000-8000-000000000001';
const AT = '2026-07-01T10:00:00.000Z';
const VAT = { tax_code: 'standard', level_id: 'vat', name: 'VAT', rate_ppm: 200_000 };

const config = (more: object = {}) =>
  StoreConfig.parse({
    ...{ v: 1, version: 1, store_id: `str_${UUID}`, retailer_id: `ret_${UUID}`, name: 'High Street' },
    ...{ address_lines: ['1 High Street'], currency: 'GBP', timezone: 'Europe/London', demo: true },
    ...{ prices_include_tax: true, tax_rounding: 'line', tax_codes: [], order_prefix: 'HS' },
    ...{ company_prefixes: [], gateways: [], devices: [], receipt_footer: ['Thank you'], policies: {} },
    ...more,
  });

const line = (n: number, quantity: number, amount: number, tax: number) => ({
  ...{ line_id: `lin_${n}`, sku: `SKU-${n}`, name: `Item ${n}`, quantity, amount, tax },
  ...{ taxes: [{ ...VAT, tax }], epcs: [], return_to_stock: false },
});
const leg = (n: number, amount: number, status: string, more = {}) => ({
  ...{ id: `rfl_${n}`, payment_id: `pay_${UUID}_${n}`, gateway: 'test', method: 'card_3ds', amount, status },
  ...more,
});
const refund = Refund.parse({
  ...{
    id: `ref_${UUID}`,
    order_id: `ord_${UUID}`,
    store_id: `str_${UUID}`,
    processed_at_store: `str_${UUID}`,
  },
  ...{ kind: 'lines', status: 'succeeded', amount: 1000, refunded: 1000, currency: 'GBP', tax: 166 },
  ...{ reason: 'faulty', note: '', policy: 'paid_share', tax_mode: 'proportional' },
  lines: [line(1, 2, 667, 111), line(2, 0, 333, 55)],
  legs: [leg(1, 400, 'failed'), leg(2, 600, 'succeeded'), leg(3, 400, 'succeeded', { in_cash: true })],
  ...{ requested_by: 'stf_1', approvals: [], number: null, credit_note_number: null },
  ...{ created_at: AT, updated_at: AT, completed_at: AT },
});
const printed = (more: object = {}) =>
  refundReceiptOf({
    ...{ refund, number: 'R000007', credit_note_number: '000003', order_number: 'HS100042' },
    ...{ completed_at: AT, config: config(more) },
  });

it('says what went back, for what, how, and of which order', () => {
  const document = ReceiptDocument.parse(printed());
  expect(document).toMatchObject({
    kind: 'refund',
    order: {
      number: 'R000007',
      original_number: 'HS100042',
      fiscal_number: '000003',
      local_time: '2026-07-01 11:00',
    },
    lines: [
      { quantity: 2, total: 667 },
      { quantity: 1, total: 333 },
    ],
    total: 1000,
    tax: { total: 166, lines: [{ name: 'VAT', taxable: 1000 - 166, tax: 166 }] },
    payments: [
      { label: 'Card', amount: 600 },
      { label: 'Cash', amount: 400 },
    ],
  });
});

it('is laid out in every language', () => {
  const papers = RECEIPT_LANGUAGES.map((receipt_language) =>
    renderText(layoutReceipt(printed({ receipt_language }), { columns: 48, charset: 'unicode' })),
  );
  for (const paper of papers) for (const said of ['R000007', 'HS100042']) expect(paper).toContain(said);
  expect(new Set(papers).size).toBe(papers.length);
});
