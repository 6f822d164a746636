import { CHAIN_START, seal } from './chain.ts';
import { OfflineDocument, OfflineSale, OfflineVoid } from './document.ts';

/** Documents for tests: two of an article at 5.74 less 1.00, at 20 % inclusive. */
const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

const STORE_ID = `str_${uuid(1)}`;
const DEVICE_ID = `ksk_${uuid(3)}`;

const head = (seq: number, previous: string) => ({
  v: 1 as const,
  tx_id: uuid(0x1000 + seq),
  device_id: DEVICE_ID,
  device_seq: seq,
  store_id: STORE_ID,
  retailer_id: `ret_${uuid(2)}`,
  agent_id: `agt_${uuid(4)}`,
  business_date: '2026-06-14',
  previous,
});

export function sealedSale(
  seq: number,
  previous: string = CHAIN_START,
  change: Record<string, unknown> = {},
): OfflineSale {
  const trip = uuid(0x2000 + seq);
  const number = `EX-K1-${String(seq).padStart(6, '0')}`;
  const line = {
    sku: 'A-1',
    name: 'Coffee "dark", 500 g',
    gtin: '05901234123457',
    quantity: 2,
    unit_price: 574,
    discount: 100,
    total: 1048,
  };
  const promotion = { promotion_id: 'prm_1', title: 'One off', discount: 100 };
  const tax = { name: 'VAT', rate_ppm: 200_000, taxable: 873, tax: 175 };
  const document = {
    ...head(seq, previous),
    kind: 'sale',
    order_id: `ord_${trip}`,
    basket_id: `bsk_${trip}`,
    number: { lease_id: 'lse_1', epoch: 0, value: seq, text: number },
    started_at: '2026-06-14T09:00:00.000Z',
    completed_at: '2026-06-14T09:01:00.000Z',
    clock_offset_ms: 12,
    linked: false,
    shelf_version: 3,
    catalog_version: 2,
    config_version: 1,
    currency: 'GBP',
    lines: [
      {
        ...line,
        line_id: 'lin_1',
        item_id: `itm_${uuid(9)}`,
        code: '5901234123457',
        tax_code: 'standard',
        promotions: [promotion],
      },
    ],
    promotions: [promotion],
    totals: { subtotal: 1148, discount: 100, tax: 175, total: 1048 },
    tax: { inclusive: true, rounding: 'line', rows: [{ ...tax, tax_code: 'standard', level_id: 'vat' }] },
    payments: [{ method: 'cash', amount: 1048, tendered: 2000, change: 950, rounding: 2 }],
    approvals: [],
    receipt: {
      v: 1,
      kind: 'sale',
      store: { name: 'Example Store', address_lines: ['1 Example Street'] },
      order: {
        id: `ord_${trip}`,
        number,
        completed_at: '2026-06-14T09:01:00.000Z',
        local_time: '2026-06-14 10:01',
      },
      currency: 'GBP',
      lines: [{ ...line, promotions: [{ title: 'One off', discount: 100 }] }],
      subtotal: 1148,
      discount: 100,
      total: 1048,
      tax: { inclusive: true, total: 175, lines: [tax] },
      payments: [{ method: 'cash', label: 'Cash', amount: 1048 }],
      footer_lines: [],
    },
    ...change,
  };
  return OfflineSale.parse(sealed(document));
}

export function sealedVoid(
  seq: number,
  previous: string,
  from: number,
  to: number,
  change: Record<string, unknown> = {},
): OfflineVoid {
  return OfflineVoid.parse(
    sealed({
      ...head(seq, previous),
      kind: 'void',
      reason: 'lease_closed',
      lease_id: 'lse_1',
      epoch: 0,
      from,
      to,
      at: '2026-06-14T20:00:00.000Z',
      ...change,
    }),
  );
}

/** Through the schema, so that what is digested is what a reader of the document digests again. */
function sealed(document: Record<string, unknown>): OfflineDocument {
  const parsed = OfflineDocument.parse({ ...document, digest: CHAIN_START });
  const { digest: _, ...rest } = parsed;
  return OfflineDocument.parse(seal(rest));
}
