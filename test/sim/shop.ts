import { encodeSgtin96, sgtinOfGtin } from '../../shared/catalog/epc.ts';
import { Gtin14 } from '../../shared/catalog/gtin.ts';
import { Item } from '../../shared/catalog/item.ts';
import { StoreConfig } from '../../shared/config/store_config.ts';
import { ItemId, RetailerId, StoreId } from '../../shared/ids/index.ts';
import { unwrap } from '../../shared/result.ts';

const UUID = '00000000-0000-7000-8000-000000000001';
export const RETAILER = RetailerId.parse(`ret_${UUID}`);
export const STORE = StoreId.parse(`str_${UUID}`);
export const ORIGIN = 'https://edge.sim';
export const PROVIDER = 'https://cards.sim';
export const SECRET = 'a secret of the simulated provider';
export const CURRENCY = 'EUR';

/** Money of the first account is taken at once, of the second it is reserved and a person takes it. */
export const METHODS = { auto: 'card', manual: 'card_reserved' } as const;
const accountOf = (capture: 'auto' | 'manual') => ({
  gateway: 'generic_card',
  account_key: `${UUID}.${capture}0123456789ab`,
  environment: 'test',
  methods: [METHODS[capture]],
  capture,
  base_url: PROVIDER,
});

/** Codes of things without a tag, with what they cost. */
export const CODES = { COLA: 574, BREAD: 199, PAPER: 1250, PIN: 1, FREE: 0 } as const;
export const TAGGED_GTIN = '09520000000004';
export const TAGGED_PRICE = 1999;

/** The tag of one shirt. */
export const shirt = (serial: number): string =>
  unwrap(encodeSgtin96(sgtinOfGtin(Gtin14.parse(TAGGED_GTIN), 7, serial)));

const item = (n: number, sku: string, unit_price: number, more: Partial<Item> = {}): Item =>
  Item.parse({
    id: ItemId.parse(`itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
    ...{ sku, name: sku, gtins: [], codes: [sku], category: ['Food'], unit_price },
    ...{ tax_code: 'standard', sold_by: 'each', tagged: false },
    ...more,
  });

export const SHELF: Item[] = [
  ...Object.entries(CODES).map(([sku, price], i) => item(i + 1, sku, price)),
  item(9, 'SHIRT', TAGGED_PRICE, {
    codes: [],
    gtins: Item.shape.gtins.parse([TAGGED_GTIN]),
    tagged: true,
    category: ['Clothes'],
  }),
];

/** Two colas cost 100 less. */
export const PROMOTIONS = [
  {
    ...{ id: 'two-colas', title: 'Two colas for less', family: 'easy' },
    ...{ discount_type: 'amount', discount_value: 100 },
    groups: [{ name: 'g1', minimum: 2, nodes: [{ node_id: 'COLA', node_type: 'item' }] }],
  },
];

export const CONFIG: StoreConfig = StoreConfig.parse({
  ...{ v: 1, version: 1, store_id: STORE, retailer_id: RETAILER, name: 'Simulated Street' },
  ...{ address_lines: ['1 Simulated Street'], currency: CURRENCY, timezone: 'Europe/Berlin' },
  ...{ prices_include_tax: true, tax_rounding: 'line' },
  tax_codes: [{ code: 'standard', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 190_000 }] }],
  ...{ order_prefix: 'S', company_prefixes: ['9520000'], devices: [], receipt_footer: [], policies: {} },
  gateways: [accountOf('auto'), accountOf('manual')],
  demo: false,
});
