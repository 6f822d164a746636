import { PromotionId } from '../../ids/index.ts';
import { utf8Bytes } from '../../receipt/utf8.ts';
import type { ImportEntry, ImportFormat, ImportOptions, ImportSummary } from './entry.ts';
import { readPromotions } from './read_promotions.ts';

/** Every code is sold under itself, except those that begin with an X. */
export const OPTIONS: ImportOptions = {
  currency: 'ILS',
  idOf: (key) => PromotionId.parse(`prm-${key}`.slice(0, 128)),
  skuOf: (code) => (code.startsWith('X') ? null : code),
};

export const utf8 = (text: string): Uint8Array => Uint8Array.from(utf8Bytes(text));

export function utf16le(text: string): Uint8Array {
  const units = [...`\ufeff${text}`].flatMap((character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i)),
  );
  return Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8]));
}

/** The bytes in pieces of the given sizes, the last size for what is left. */
export async function* inPieces(
  bytes: Uint8Array,
  sizes: readonly number[] = [],
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? bytes.length;
    yield bytes.subarray(at, at + Math.max(1, size));
    at += Math.max(1, size);
  }
}

export interface Imported {
  entries: ImportEntry[];
  summary: ImportSummary;
}

export async function importAll(
  format: ImportFormat,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions = OPTIONS,
): Promise<Imported> {
  const reading = readPromotions(format, chunks, options);
  const entries: ImportEntry[] = [];
  let step = await reading.next();
  for (; !step.done; step = await reading.next()) entries.push(step.value);
  return { entries, summary: step.value };
}

export const importText = (format: ImportFormat, text: string): Promise<Imported> =>
  importAll(format, inPieces(utf8(text)));

/** What became of each entry: its promotion, or the codes of its problems. */
export function outcomes({ entries }: Imported): unknown[] {
  return entries.map(({ result }) =>
    result.ok ? result.value.promotion : result.error.map((found) => `${found.path}:${found.code}`),
  );
}

const JSON_PROMOTIONS = [
  {
    retailer_promotion_id: 'R-1',
    title: 'שני חלב ב־10 ₪',
    family: 'easy',
    discount_type: 'fixed',
    discount_value: 1000,
    stores: ['001', '014'],
    groups: [{ name: 'g1', minimum: 2, nodes: [{ node_id: 'MILK' }] }],
  },
  {
    promo_id_retailer: 'R-2',
    family: 'b',
    discount_type: 'p',
    discount_value: '12.50',
    start_date_time: '2026-01-01T00:00:00',
    promo_groups: [{ name: 'g1', qty_or_value_min: 5000, promo_group_nodes: [{ node_id: 'ALL' }] }],
    house_field: true,
  },
];

export const JSON_LINES = `${JSON_PROMOTIONS.map((promotion) => JSON.stringify(promotion)).join('\r\n')}\r\n`;
export const JSON_ARRAY = JSON.stringify(JSON_PROMOTIONS, null, 2);
export const JSON_WRAPPED = `{\n  "promotions": ${JSON_ARRAY}\n}\n`;

/** Excel's way: `;`, CRLF, quotes, a cell over two lines. */
export const CSV = [
  'retailer_promotion_id;title;family;discount_type;discount_value;max_discount;start;active_days;qualifiers;stores;group;minimum;minimum_spend;items;excluded_items;categories;target_group;shelf',
  'R-1;"שני חלב ב־""10""; כל סניף";easy;fixed;10.00;;2026-01-01T08:00;1111100;gold=Gold\\|Blue|vip;001|014;;2;;MILK|SOY;OAT;c2=Drinks=Cold\\=x;;A7',
  'R-2;"line one\r\nline two";basket_threshold_target;percent;12.5;30.00;;;;;spend;;100.00;ALL;;;gift;',
  'R-2;;;;;;;;;;gift;1;;MUG;;;;',
  'R-2;;;;;;;;;;gift;;;CUP;;;;',
].join('\r\n');

export const PROMOFULL = `\ufeff<?xml version="1.0" encoding="utf-8"?>\r
<Root>\r
  <ChainId>7290000000008</ChainId>\r
  <SubChainId>1</SubChainId>\r
  <StoreId>014</StoreId>\r
  <Promotions Count="3">\r
    <!-- two units for a price -->\r
    <Promotion>\r
      <PromotionId>101</PromotionId>\r
      <PromotionDescription><![CDATA[גבינה <5%]]> &amp; לחם &#8362;10 &quot;2 ב&#x2D;10&quot;</PromotionDescription>\r
      <PromotionUpdateDate>2026-01-01 00:00</PromotionUpdateDate>\r
      <PromotionStartDate>2026-01-01</PromotionStartDate><PromotionStartHour>08:30:00</PromotionStartHour>\r
      <PromotionEndDate>2026-01-31</PromotionEndDate><PromotionEndHour>23:59:00</PromotionEndHour>\r
      <RewardType>1</RewardType>\r
      <AllowMultipleDiscounts>0</AllowMultipleDiscounts>\r
      <AdditionalRestrictions><AdditionalIsCoupon>0</AdditionalIsCoupon><AdditionalIsActive>1</AdditionalIsActive></AdditionalRestrictions>\r
      <MinQty>2.00</MinQty><MaxQty>6.00</MaxQty>\r
      <DiscountedPrice>10.00</DiscountedPrice><DiscountedPricePerMida>5.00</DiscountedPricePerMida>\r
      <PromotionItems Count="2">\r
        <Item><ItemCode>7290000000015</ItemCode><ItemType>1</ItemType><IsGiftItem>0</IsGiftItem></Item>\r
        <Item><ItemCode>X-44</ItemCode><ItemType>0</ItemType><IsGiftItem>0</IsGiftItem></Item>\r
      </PromotionItems>\r
      <Clubs><ClubId>0</ClubId></Clubs>\r
    </Promotion>\r
    <Promotion>\r
      <PromotionId>102</PromotionId><RewardType>99</RewardType>\r
      <PromotionItems><Item><ItemCode>7290000000015</ItemCode></Item></PromotionItems>\r
    </Promotion>\r
    <Promotion>\r
      <PromotionId>103</PromotionId><PromotionDescription>מועדון 20%</PromotionDescription>\r
      <RewardType>2</RewardType><DiscountType>0</DiscountType><DiscountRate>2000</DiscountRate><MinQty>1.00</MinQty>\r
      <PromotionItems><Item><ItemCode>7290000000015</ItemCode></Item></PromotionItems>\r
      <Clubs><ClubId>1</ClubId><ClubId>2</ClubId></Clubs>\r
    </Promotion>\r
  </Promotions>\r
</Root>\r
`;
