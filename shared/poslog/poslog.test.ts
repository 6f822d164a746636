import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Order } from '../api/order.ts';
import { lineTaxesOf } from '../basket/line_taxes.ts';
import { NEW_ORDER } from '../order/axes.ts';
import { unwrap } from '../result.ts';
import { taxOf, taxTable } from '../tax/tax.ts';
import { checkPoslog } from './check.ts';
import { CSV_HEADER, poslogCsv } from './csv.ts';
import type { PoslogFacts } from './facts.ts';
import { saleTransaction, voidTransaction } from './of_order.ts';
import { returnTransaction } from './of_refund.ts';
import { readXml } from './read_xml.ts';
import { PosTransaction } from './transaction.ts';
import { poslogXml } from './xml.ts';

declare const process: { env: Record<string, string | undefined> };

const UUID = '01890000-0000-7000-8000-000000000001';
const AT = '2025-06-14T10:03:55.000Z';
const VAT = taxTable([
  { code: 'standard', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 200_000 }] },
  {
    code: 'two',
    levels: [
      { id: 'a', name: 'STATE', rate_ppm: 48_750 },
      { id: 'b', name: 'City of New York', rate_ppm: 45_000 },
    ],
  },
  { code: 'zero', levels: [{ id: 'z', name: 'VAT', rate_ppm: 0 }] },
]);

type Line = Partial<Order['lines'][number]> & { unit_price: number; quantity: number; tax_code?: string };

/** An order with its frozen taxes, as the edge tells them. */
function sold(lines: readonly Line[], how: { inclusive?: boolean; rounding?: 'line' | 'invoice' } = {}) {
  const { inclusive = true, rounding = 'line' } = how;
  const full = lines.map(({ tax_code = 'standard', discount = 0, ...line }, i) => ({
    line: {
      id: `lin_${i + 1}`,
      item_id: `itm_${UUID}`,
      sku: `RP-${1001 + i}`,
      name: 'Notebook A5',
      discount,
      total: line.unit_price * line.quantity - discount,
      restrictions: [],
      promotions: [],
      ...line,
    },
    tax_code,
  }));
  const taxable = full.map(({ line, tax_code }) => ({ line_id: line.id, tax_code, amount: line.total }));
  const taxes = unwrap(taxOf(taxable, VAT, { inclusive, rounding }));
  const subtotal = full.reduce((sum, { line }) => sum + line.unit_price * line.quantity, 0);
  const discount = full.reduce((sum, { line }) => sum + line.discount, 0);
  const order = Order.parse({
    ...NEW_ORDER,
    id: `ord_${UUID}`,
    number: 'HS100000',
    basket_id: `bsk_${UUID}`,
    store_id: `str_${UUID}`,
    status: 'completed',
    payment_status: 'captured',
    currency: 'GBP',
    lines: full.map(({ line }) => line),
    promotions: [],
    subtotal,
    discount,
    tax: taxes.tax,
    total: taxes.gross,
    captured: taxes.gross,
    payments: [payment(taxes.gross, 'card')],
    receipt: null,
    exit_pass: null,
    created_at: '2025-06-14T10:02:07.000Z',
    completed_at: AT,
  });
  const line_taxes = lineTaxesOf(
    full.map(({ line, tax_code }) => ({ line_id: line.id, tax_code, total: line.total })),
    { taxes: taxes.breakdown, tax: taxes.tax },
    { inclusive, rounding },
  );
  expect(line_taxes).not.toBeNull();
  return { order, facts: facts({ prices_include_tax: inclusive, line_taxes: line_taxes ?? [] }) };
}

function payment(amount: number, method: string, more: Partial<Order['payments'][number]> = {}) {
  return {
    id: `pay_${UUID}_1`,
    order_id: `ord_${UUID}`,
    gateway: 'test',
    method,
    status: 'captured',
    amount,
    currency: 'GBP',
    card: { auth_code: 'T-778' },
    created_at: AT,
    updated_at: AT,
    ...more,
  };
}

const facts = (more: Partial<PoslogFacts> = {}): PoslogFacts => ({
  number: 42,
  epoch: 0,
  workstation: 'K1',
  operator: '5555',
  store_code: 'GB01054',
  business_date: '2025-06-14',
  began_at: '2025-06-14T11:02:07+01:00',
  ended_at: '2025-06-14T11:03:55+01:00',
  training: false,
  prices_include_tax: true,
  ...more,
});

const SAMPLE: Line = {
  unit_price: 574,
  quantity: 2,
  discount: 100,
  gtin: '05901234123457',
  epc: '3035682EC80C0E4000001A85',
  promotions: [{ promotion_id: 'PROMO-77', title: 'Two for less', discount: 100 }],
};
// As text: the vectors lie outside of this project's tree.
const VECTOR: string = '../../test/vectors/poslog-sample.xml?raw';
const { default: document } = await import(VECTOR);
const sample = () => z.string().parse(document);

describe('the XML of a transaction', () => {
  it('of the sample`s sale is the sample', () => {
    const { order, facts: said } = sold([SAMPLE]);
    const xml = poslogXml(saleTransaction(order, said));
    expect(unwrap(readXml(xml))).toEqual(unwrap(readXml(sample())));
  });

  it('is proven by reading it again', () => {
    expect(unwrap(checkPoslog(sample()))).toEqual({
      store_code: 'GB01054',
      workstation: 'K1',
      number: '42',
      business_date: '2025-06-14',
      cancelled: false,
      grand: '10.48',
    });
  });

  it.each([
    ['a line that is not its price', 'ExtendedAmount>10.48', 'ExtendedAmount>10.49'],
    ['a modifier', 'Subtract">1.00', 'Subtract">1.01'],
    ['a tax', '<Amount>1.75', '<Amount>1.74'],
    ['a tender', 'Currency="GBP">10.48', 'Currency="GBP">10.47'],
    ['a net amount', 'NetAmount">8.73', 'NetAmount">8.72'],
    ['a total that is no number', 'GrandAmount">10.48', 'GrandAmount">10,48'],
  ])('with %s that is wrong does not balance', (_, right, wrong) => {
    expect(sample()).toContain(right);
    expect(checkPoslog(sample().replace(right, wrong))).toMatchObject({
      ok: false,
      error: { code: 'unbalanced' },
    });
  });

  it.each([
    ['nothing', () => '', 'unreadable'],
    ['half a document', () => sample().slice(0, 900), 'unreadable'],
    ['another namespace', () => sample().replace('nrf-arts', 'example'), 'unreadable'],
    ['no number', () => sample().replace('>42<', '><'), 'incomplete'],
    [
      'lines out of order',
      () => sample().replace('>2</SequenceNumber>', '>3</SequenceNumber>'),
      'incomplete',
    ],
  ])('that is %s is not taken', (_, broken, code) => {
    expect(checkPoslog(broken())).toMatchObject({ ok: false, error: { code } });
  });

  it('holds any text that a shop may write', () => {
    const name = `<Käse> & "Brot" ${String.fromCharCode(1)}\uD800`;
    const { order, facts: said } = sold([{ ...SAMPLE, name }]);
    const xml = poslogXml(saleTransaction(order, said));
    expect(checkPoslog(xml).ok).toBe(true);
    expect(xml).toContain('&lt;Käse&gt; &amp; &quot;Brot&quot; \uFFFD');
  });
});

describe('a sale', () => {
  it('shows what somebody else pays for at its full price, and that part as a tender', () => {
    const promotions = [
      { promotion_id: 'OURS', title: 'a', discount: 100 },
      { promotion_id: 'THEIRS', title: 'b', discount: 50, applies_as: 'poslog_exclusion' as const },
    ];
    const { order, facts: said } = sold([{ unit_price: 500, quantity: 2, discount: 150, promotions }]);
    const sale = saleTransaction(order, said);
    expect(sale.items[0]).toMatchObject({ extended: 900, modifiers: [{ rule_id: 'OURS', amount: 100 }] });
    expect(sale.tenders).toMatchObject([
      { type: 'CreditDebit', amount: 850 },
      { type: 'Voucher', amount: 50, reference: 'THEIRS' },
    ]);
    expect(sale.grand).toBe(900);
    expect(checkPoslog(poslogXml(sale)).ok).toBe(true);
  });

  it('of two discounts on a line balances to the penny', () => {
    const of = (promotion_id: string, discount: number) => ({ promotion_id, title: 't', discount });
    const basket = (discount: number) => of('FIVE-PER-CENT', discount);
    const { order, facts: said } = sold([
      { unit_price: 574, quantity: 2, discount: 152, promotions: [of('A', 100), basket(52)] },
      { unit_price: 199, quantity: 3, discount: 219, promotions: [of('B', 199), basket(20)] },
      { unit_price: 1_299, quantity: 1, discount: 65, promotions: [basket(65)] },
    ]);
    const sale = saleTransaction(order, said);
    expect(sale.items.map(({ extended }) => extended)).toEqual([996, 378, 1_234]);
    expect(unwrap(checkPoslog(poslogXml(sale))).grand).toBe('26.08');
  });

  it('shows the shelf`s price of what was reduced to clear, and a deposit as one', () => {
    const markdown = { price_from: 'markdown' as const, catalog_price: 400 };
    const { order, facts: said } = sold([
      { unit_price: 300, quantity: 1, ...markdown },
      { unit_price: 25, quantity: 3, tax_code: 'zero' },
    ]);
    const lines = order.lines.map((line, i) => ({
      ...line,
      ...(i === 1 ? { kind: 'deposit' as const } : {}),
    }));
    const sale = saleTransaction({ ...order, lines }, said);
    expect(sale.items).toMatchObject([
      {
        item_type: 'Stock',
        regular_unit_price: 400,
        extended: 300,
        modifiers: [{ method: 'Markdown', amount: 100 }],
      },
      { item_type: 'Deposit', extended: 75, modifiers: [] },
    ]);
    const xml = poslogXml(sale);
    expect(xml).toContain('<Sale ItemType="Deposit">');
    expect(checkPoslog(xml).ok).toBe(true);
  });

  it('counts cash with its change, and money that is on its way back as change', () => {
    const { order, facts: said } = sold([{ unit_price: 574, quantity: 1 }]);
    const cash = {
      ...order,
      payments: [Order.shape.payments.element.parse(payment(574, 'cash', { change: 426 }))],
    };
    expect(saleTransaction(cash, said).tenders).toMatchObject([{ type: 'Cash', amount: 1_000, change: 426 }]);
    const twice = { ...order, payments: [...order.payments, ...order.payments] };
    expect(saleTransaction(twice, said).tenders).toMatchObject([
      { amount: 574, change: 0 },
      { amount: 574, change: 574 },
    ]);
    for (const paid of [cash, twice])
      expect(checkPoslog(poslogXml(saleTransaction(paid, said))).ok).toBe(true);
  });

  it('shows goods that left on trust as owed, and taxes nobody knows by line as one sum', () => {
    const { order, facts: said } = sold([{ unit_price: 574, quantity: 1 }]);
    const owed = payment(574, 'pay_later', { status: 'waiting' });
    const trusted = { ...order, payments: [Order.shape.payments.element.parse(owed)] };
    const { line_taxes: _, ...rest } = said;
    const sale = saleTransaction(trusted, rest);
    expect(sale.tenders).toMatchObject([{ type: 'CustomerAccount', amount: 574 }]);
    expect(sale.tax_line).toBe(order.tax);
    expect(checkPoslog(poslogXml(sale)).ok).toBe(true);
  });

  it('whose money is short does not balance, and nothing hides it', () => {
    const { order, facts: said } = sold([{ unit_price: 574, quantity: 1 }]);
    const short = { ...order, payments: [Order.shape.payments.element.parse(payment(500, 'card'))] };
    expect(checkPoslog(poslogXml(saleTransaction(short, said)))).toMatchObject({
      error: { code: 'unbalanced' },
    });
  });
});

describe('every sale that the edge could tell', () => {
  const line = fc.record({
    unit_price: fc.integer({ min: 0, max: 100_000 }),
    quantity: fc.integer({ min: 1, max: 9 }),
    part: fc.integer({ min: 0, max: 100 }),
    sponsored: fc.boolean(),
    tax_code: fc.constantFrom('standard', 'two', 'zero'),
  });

  it('balances, in XML and in CSV, whatever its prices, promotions and taxes', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.constantFrom('line' as const, 'invoice' as const),
        (drawn, inclusive, rounding) => {
          const lines = drawn.map(({ part, sponsored, ...rest }, i): Line => {
            const discount = Math.floor((rest.unit_price * rest.quantity * part) / 100);
            const own = Math.floor(discount / 3);
            const promotions = [
              { promotion_id: `P${i}`, title: 't', discount: own },
              {
                promotion_id: 'S',
                title: 't',
                discount: discount - own,
                ...(sponsored ? { applies_as: 'poslog_exclusion' as const } : {}),
              },
            ].filter((one) => one.discount > 0);
            return { ...rest, discount, promotions };
          });
          const { order, facts: said } = sold(lines, { inclusive, rounding });
          const sale = PosTransaction.parse(saleTransaction(order, said));
          const checked = checkPoslog(poslogXml(sale));
          expect(checked.ok ? 'balances' : checked.error.detail).toBe('balances');
          const rows = poslogCsv(sale).trimEnd().split('\r\n');
          expect(rows).toHaveLength(sale.items.length + sale.tenders.length);
        },
      ),
      { seed: 20_260_702, numRuns: process.env['LONG'] === '1' ? 5_000 : 300 },
    );
  });
});

describe('a void', () => {
  it('is its number and nothing else', () => {
    const gone = voidTransaction('GBP', facts());
    expect(unwrap(checkPoslog(poslogXml(gone)))).toMatchObject({
      cancelled: true,
      number: '42',
      grand: '0.00',
    });
    expect(poslogCsv(gone)).toBe(
      'GB01054,K1,42,2025-06-14,2025-06-14T11:03:55+01:00,void,1,void,,,,,,0.00,,GBP,\r\n',
    );
  });
});

describe('a return', () => {
  it('names the sale that it takes back, and is negative in its totals', () => {
    const { order } = sold([SAMPLE]);
    const [line] = order.lines;
    if (line === undefined) throw new Error('no line');
    const original = { store_code: 'GB01054', workstation: 'K1', number: 42, business_date: '2025-06-14' };
    const back = returnTransaction(
      {
        currency: 'GBP',
        lines: [{ line, quantity: 1, amount: 524, taxes: [{ name: 'VAT', rate_ppm: 200_000, tax: 87 }] }],
        tenders: [{ type: 'CreditDebit', amount: 524, change: 0, reference: 'T-779' }],
      },
      facts({ number: 43 }),
      original,
    );
    const xml = poslogXml(back);
    expect(unwrap(checkPoslog(xml))).toMatchObject({ number: '43', grand: '-5.24' });
    expect(xml).toContain('<TransactionLink ReasonCode="Return">');
    expect(xml).toContain('<Tender TenderType="CreditDebit" TypeCode="Refund">');
    expect(poslogCsv(back)).toContain(',-1,5.24,-5.24,-0.87,GBP,3035682EC80C0E4000001A85');
  });
});

describe('the CSV of a transaction', () => {
  it('has a line for every item and tender under one head, and no text is a formula', () => {
    const { order, facts: said } = sold([{ ...SAMPLE, name: '=1+1, "x"' }]);
    expect(CSV_HEADER + poslogCsv(saleTransaction(order, said))).toBe(
      [
        'store_code,workstation,number,business_date,ended_at,transaction,line,type,item_id,pos_item_id,description,quantity,unit_price,amount,tax,currency,reference',
        `GB01054,K1,42,2025-06-14,2025-06-14T11:03:55+01:00,sale,1,sale,RP-1001,05901234123457,"'=1+1, ""x""",2,5.74,10.48,1.75,GBP,3035682EC80C0E4000001A85`,
        'GB01054,K1,42,2025-06-14,2025-06-14T11:03:55+01:00,sale,2,tender CreditDebit,,,,,,10.48,,GBP,T-778',
        '',
      ].join('\r\n'),
    );
  });
});
