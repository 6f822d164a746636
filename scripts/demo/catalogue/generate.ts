import { type Epc, encodeSgtin96, sgtinOfGtin } from '../../../shared/catalog/epc.ts';
import { type Gtin14, withCheckDigit } from '../../../shared/catalog/gtin.ts';
import { Item } from '../../../shared/catalog/item.ts';
import type { StoreConfig } from '../../../shared/config/store_config.ts';
import { ItemId, RetailerId, StoreId } from '../../../shared/ids/index.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';
import { unwrap } from '../../../shared/result.ts';
import { FOOD_SHELVES } from './food_shelves.ts';
import { demoPromotions, touches } from './offers.ts';
import { OTHER_SHELVES } from './other_shelves.ts';
import { Random } from './random.ts';
import type { Shelf } from './shelf.ts';
import { SUPPLIERS } from './suppliers.ts';

/** Everything that a demo store needs to know before it opens; the same seed makes the same store. */
export interface DemoCatalogue {
  retailer: { id: RetailerId; name: string };
  /** The catalogue's part of the store's configuration. */
  store: Pick<
    StoreConfig,
    | 'store_id'
    | 'retailer_id'
    | 'name'
    | 'address_lines'
    | 'currency'
    | 'timezone'
    | 'prices_include_tax'
    | 'tax_rounding'
    | 'tax_codes'
    | 'company_prefixes'
  >;
  items: Item[];
  /** Tags of the store's own stock. */
  tags: { epc: Epc; item_id: ItemId }[];
  promotions: Promotion[];
  samples: {
    /** EAN-13 of items without tag, restriction, limit, counted stock or promotion. */
    codes: string[];
    /** EAN-13 of such items that a promotion reduces from the first unit on, at any hour. */
    promoted_codes: string[];
    /** Tags of unrestricted items. */
    epcs: Epc[];
    /** Sound tags of another company. */
    foreign_epcs: Epc[];
  };
}

const TAGS = 300;
const FOREIGN_TAGS = 5;
const SAMPLE_CODES = 40;
const SAMPLE_PROMOTED_CODES = 12;
const SAMPLE_EPCS = 60;
const COMPANY_PREFIX_DIGITS = 7;
/** Stands in examples of the EPC Tag Data Standard, so it is nobody's shop. */
const FOREIGN_COMPANY_PREFIX = '0614141';
/** Every so many items are counted, and fewer carry a list price above the selling price. */
const COUNTED_EVERY = 25;
const SOLD_OUT_EVERY = 250;
const LIST_PRICE_EVERY = 18;

export function generateCatalogue(seed: number): DemoCatalogue {
  const random = new Random(seed);
  const retailer = { id: RetailerId.parse(`ret_${random.uuid()}`), name: 'Larkfield Market' };
  const store: DemoCatalogue['store'] = {
    store_id: StoreId.parse(`str_${random.uuid()}`),
    retailer_id: retailer.id,
    name: 'Larkfield Market, Millgate',
    address_lines: ['1 Millgate', 'Larkfield', 'LF1 1AA'],
    currency: 'GBP',
    timezone: 'Europe/London',
    prices_include_tax: true,
    tax_rounding: 'line',
    tax_codes: [
      { code: 'standard', levels: [{ id: 'vat', name: 'VAT 20%', rate_ppm: 200_000 }] },
      { code: 'reduced', levels: [{ id: 'vat', name: 'VAT 5%', rate_ppm: 50_000 }] },
      { code: 'zero', levels: [{ id: 'vat', name: 'VAT 0%', rate_ppm: 0 }] },
    ],
    company_prefixes: SUPPLIERS.map((supplier) => supplier.companyPrefix),
  };
  const items = demoItems(random);
  const promotions = demoPromotions(items, random);
  const tags = demoTags(items, random);
  return { retailer, store, items, tags, promotions, samples: samplesOf(items, tags, promotions, random) };
}

function demoItems(random: Random): Item[] {
  const references = new Map<string, number>();
  const wanted = [...FOOD_SHELVES, ...OTHER_SHELVES].flatMap((shelf) =>
    random
      .shuffled(namesOf(shelf))
      .slice(0, shelf.items)
      .map((name) => ({ shelf, ...name })),
  );
  return wanted.map(({ shelf, name, supplier }, position) => {
    const reference = (references.get(supplier.companyPrefix) ?? 0) + 1;
    references.set(supplier.companyPrefix, reference);
    const unit_price = priceIn(shelf.price, random);
    const isPlain = shelf.tagged !== true && shelf.age === undefined;
    const isCounted = isPlain && position % COUNTED_EVERY === 0;
    return Item.parse({
      id: ItemId.parse(`itm_${random.uuid()}`),
      sku: `LF${String(100_001 + position)}`,
      name,
      gtins: [withCheckDigit(`0${supplier.companyPrefix}${String(reference).padStart(5, '0')}`)],
      codes: [],
      category: [shelf.department, shelf.name],
      unit_price,
      ...(position % LIST_PRICE_EVERY === 7 ? { mrp: unit_price + 10 * random.between(2, 8) } : {}),
      tax_code: shelf.tax_code,
      ...(shelf.age === undefined ? {} : { age_restriction: shelf.age }),
      sold_by: 'each',
      tagged: shelf.tagged === true,
      stock: isCounted ? (position % SOLD_OUT_EVERY === 0 ? 0 : random.between(5, 60)) : null,
      ...(shelf.max_quantity === undefined ? {} : { max_quantity: shelf.max_quantity }),
    });
  });
}

function namesOf({ kinds, varieties, sizes }: Shelf) {
  return SUPPLIERS.flatMap((supplier) =>
    kinds.flatMap((kind) =>
      varieties.flatMap((variety) =>
        sizes.map((size) => ({ supplier, name: `${supplier.brand} ${kind}, ${variety}, ${size}` })),
      ),
    ),
  );
}

/** Prices that end in 0, 5 or 9 pence. */
function priceIn([least, most]: readonly [number, number], random: Random): number {
  const tens = random.between(Math.ceil(least / 10), Math.floor(most / 10)) * 10;
  return [tens, tens - 5, tens - 1][random.below(3)] ?? tens;
}

function demoTags(items: readonly Item[], random: Random): { epc: Epc; item_id: ItemId }[] {
  const tagged = items.filter((item) => item.tagged);
  const firstSerial = random.between(10_000, 90_000);
  return Array.from({ length: TAGS }, (_, i) => {
    const item = tagged[i % tagged.length];
    const gtin = item?.gtins[0];
    if (item === undefined || gtin === undefined) throw new Error('the demo range has no tagged items');
    const sgtin = sgtinOfGtin(gtin, COMPANY_PREFIX_DIGITS, firstSerial + i);
    return { epc: unwrap(encodeSgtin96(sgtin)), item_id: item.id };
  });
}

function samplesOf(
  items: readonly Item[],
  tags: readonly { epc: Epc; item_id: ItemId }[],
  promotions: readonly Promotion[],
  random: Random,
): DemoCatalogue['samples'] {
  const plain = items.filter(
    (item) =>
      !item.tagged &&
      item.age_restriction === undefined &&
      item.stock === null &&
      item.max_quantity === undefined,
  );
  const reductions = promotions.filter(isAlwaysForOne);
  const untouched = plain.filter((item) => !promotions.some((promotion) => touches(promotion, item)));
  const reduced = plain.filter((item) => reductions.some((promotion) => touches(promotion, item)));
  const restricted = new Set(items.flatMap((item) => (item.age_restriction === undefined ? [] : [item.id])));
  const free = tags.filter((tag) => !restricted.has(tag.item_id));
  const eans = (some: readonly Item[], count: number) =>
    random
      .shuffled(some)
      .slice(0, count)
      .flatMap((item) => item.gtins.slice(0, 1).map(ean13));
  return {
    codes: eans(untouched, SAMPLE_CODES),
    promoted_codes: eans(reduced, SAMPLE_PROMOTED_CODES),
    epcs: random.shuffled(free.map((tag) => tag.epc)).slice(0, SAMPLE_EPCS),
    foreign_epcs: Array.from({ length: FOREIGN_TAGS }, (_, i) =>
      unwrap(
        encodeSgtin96({
          filter: 1,
          companyPrefix: FOREIGN_COMPANY_PREFIX,
          itemReference: String(12_345 + i).padStart(6, '0'),
          serial: random.between(1, 999_999),
        }),
      ),
    ),
  };
}

/** One unit is enough, and it holds all day. */
function isAlwaysForOne({ family, groups, schedule }: Promotion): boolean {
  return family === 'easy' && groups.every((group) => group.minimum === 1) && !schedule.is_happy_hour;
}

/** As it is printed on the pack. */
function ean13(gtin: Gtin14): string {
  return gtin.slice(1);
}
