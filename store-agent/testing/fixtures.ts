import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSgtin96 } from '../../shared/catalog/epc.ts';
import { DeviceCredential, StoreConfig } from '../../shared/config/store_config.ts';
import type { ReceiptDocument } from '../../shared/receipt/index.ts';
import { unwrap } from '../../shared/result.ts';

/** Facts that the agent's tests share. GTINs begin with 952, which GS1 keeps for examples. */
export const COMPANY_PREFIX = '9521141';
const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export const STORE = `str_${uuid(1)}`;
export const RETAILER = `ret_${uuid(2)}`;
export const AGENT = `agt_${uuid(3)}`;
export const GATE = `gat_${uuid(4)}`;
export const OTHER_GATE = `gat_${uuid(5)}`;
export const READER = `rdr_${uuid(6)}`;
export const PRINTER = `prn_${uuid(7)}`;
export const KIOSK = `ksk_${uuid(8)}`;
export const OTHER_KIOSK = `ksk_${uuid(10)}`;
export const ITEM = `itm_${uuid(9)}`;
export const orderId = (n: number): string => `ord_${uuid(0x1000 + n)}`;

export const ourEpc = (serial: number): string =>
  String(
    unwrap(encodeSgtin96({ filter: 1, companyPrefix: COMPANY_PREFIX, itemReference: '012345', serial })),
  );
export const foreignEpc = (serial: number): string =>
  String(unwrap(encodeSgtin96({ filter: 1, companyPrefix: '0614141', itemReference: '712345', serial })));

const secretOf = (id: string): string => `secret of ${id}`;

/** The MQTT sign-in of a device of `storeConfig`. */
export function signIn(id: string): { username: string; password: string; clientId: string } {
  return { username: id, password: secretOf(id), clientId: id };
}

function credential(id: string, kind: DeviceCredential['kind']): DeviceCredential {
  const secret_sha256 = createHash('sha256').update(secretOf(id)).digest('hex');
  return DeviceCredential.parse({ id, kind, name: `the ${kind}`, username: id, secret_sha256 });
}

export function storeConfig(
  change: { version?: number; policies?: Record<string, unknown>; name?: string; without?: string[] } = {},
): StoreConfig {
  const devices = [
    credential(GATE, 'gate'),
    credential(OTHER_GATE, 'gate'),
    credential(KIOSK, 'kiosk'),
    credential(OTHER_KIOSK, 'kiosk'),
    credential(AGENT, 'agent'),
  ];
  return StoreConfig.parse({
    v: 1,
    version: change.version ?? 1,
    store_id: STORE,
    retailer_id: RETAILER,
    name: change.name ?? 'Example Store',
    address_lines: ['1 Example Street'],
    currency: 'GBP',
    timezone: 'Europe/London',
    prices_include_tax: true,
    tax_rounding: 'line',
    tax_codes: [{ code: 'standard', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 200_000 }] }],
    order_prefix: 'EX',
    company_prefixes: [COMPANY_PREFIX],
    gateways: [],
    devices: devices.filter((one) => change.without?.includes(one.id) !== true),
    receipt_footer: [],
    policies: { ...change.policies },
    demo: true,
  });
}

export function receiptOf(order: string, number: string): ReceiptDocument {
  return {
    v: 1,
    kind: 'sale',
    store: { name: 'Example Store', address_lines: ['1 Example Street'] },
    order: { id: order, number, completed_at: '2026-07-01T10:00:00.000Z', local_time: '2026-07-01 11:00' },
    currency: 'GBP',
    lines: [
      { name: 'Scarf', sku: 'SC-1', quantity: 1, unit_price: 1250, discount: 0, total: 1250, promotions: [] },
    ],
    subtotal: 1250,
    discount: 0,
    total: 1250,
    tax: {
      inclusive: true,
      total: 208,
      lines: [{ name: 'VAT', rate_ppm: 200_000, taxable: 1042, tax: 208 }],
    },
    payments: [{ method: 'card', label: 'Card', amount: 1250 }],
    footer_lines: ['Thank you'],
  };
}

/** A folder of its own for a test, and how to be rid of it. */
export function tempFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sesame-agent-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
