import { describe, expect, it } from 'vitest';
import { ENTRY_CHARACTERS_MAX } from './entry.ts';
import {
  importAll,
  importText,
  inPieces,
  OPTIONS,
  outcomes,
  PROMOFULL,
  utf8,
  utf16le,
} from './import.fixture.ts';

const tags = (fields: Record<string, string | number>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');

const item = (code: string, fields: Record<string, string | number> = {}): string =>
  `<Item>${tags({ ItemCode: code, ItemType: 1, ...fields })}</Item>`;

const MILK = '7290000000015';
const MUG = '7290000000022';

/** One promotion of the older layout: fields of the promotion, a list of items. */
function flat(fields: Record<string, string | number>, items: string = item(MILK)): string {
  return `<Promotion>${tags({ PromotionId: 7, ...fields })}<PromotionItems>${items}</PromotionItems></Promotion>`;
}

const file = (...promotions: string[]): string =>
  `<Root><ChainId>7290000000008</ChainId><StoreId>001</StoreId><Promotions>${promotions.join('\n')}</Promotions></Root>`;

const importOne = (promotion: string) => importText('promofull', file(promotion));

/** The promotion, or its problems, and the codes of its notes. */
async function mapped(promotion: string): Promise<{ outcome: unknown; notes: string[] }> {
  const imported = await importOne(promotion);
  expect(imported.summary.file_problem).toBeNull();
  return { outcome: outcomes(imported)[0], notes: imported.entries[0]?.notes.map(({ code }) => code) ?? [] };
}

const nodes = (...codes: string[]) => codes.map((node_id) => ({ node_id }));

describe('a PromoFull file', () => {
  it('reads the layout of one promotion with its list of items', async () => {
    const imported = await importText('promofull', PROMOFULL);
    expect(imported.summary).toMatchObject({ entries: 3, accepted: 2, refused: 1, file_problem: null });
    expect(imported.entries).toMatchObject([
      {
        line: 8,
        key: '101',
        notes: [{ code: 'unknown_items' }],
        result: { value: { store_codes: ['014'] } },
      },
      { line: 25, key: '102' },
      { line: 29, key: '103' },
    ]);
    expect(outcomes(imported)).toMatchObject([
      {
        id: 'prm-101',
        retailer_promotion_id: '101',
        title: 'גבינה <5% & לחם ₪10 "2 ב-10"',
        family: 'easy',
        discount_type: 'fixed',
        discount_value: 1000,
        discount_on: 'set',
        price_base: 'selling',
        max_applications: 3,
        stackable: false,
        exclusive: true,
        availability: 'all',
        schedule: { start: '2026-01-01T08:30:00.000', end: '2026-01-31T23:59:00.000' },
        groups: [{ minimum: 2, nodes: nodes(MILK) }],
      },
      ['rewardtype:unknown_reward_type'],
      {
        discount_type: 'percent',
        discount_value: 2000,
        availability: 'special',
        qualifiers: [{ id: 'club:1' }, { id: 'club:2' }],
      },
    ]);
  });

  const easy = {
    family: 'easy',
    criteria: 'best_discount',
    price_base: 'selling',
    max_applications: 100_000,
  };
  const another = { family: 'requisite', selection: 'lowest_of_each_set', discount_type: 'percent' };
  const gift = { IsGiftItem: 1, GiftItemPrice: '0.00' };

  it.each([
    [
      '1: units for a price',
      flat({ RewardType: 1, MinQty: '3.00', DiscountedPrice: '20.00' }),
      {
        ...easy,
        discount_type: 'fixed',
        discount_value: 2000,
        discount_on: 'set',
        groups: [{ minimum: 3, nodes: nodes(MILK) }],
      },
    ],
    [
      '1: units at a rate that says its type',
      flat({ RewardType: 1, MinQty: 2, DiscountType: 0, DiscountRate: 1000 }),
      { ...easy, discount_type: 'percent', discount_value: 1000 },
    ],
    [
      '1: any weight at the price of a kilogram',
      flat({ RewardType: 1, MinQty: '0.01', DiscountedPrice: '14.90', IsWeightedPromo: 1 }),
      {
        ...easy,
        discount_type: 'fixed',
        discount_value: 1490,
        discount_on: 'unit',
        groups: [{ minimum: 1 }],
      },
    ],
    [
      '1: one set once an amount is spent',
      flat({ RewardType: 1, MinQty: 1, MaxQty: 1, DiscountedPrice: '9.90', MinPurchaseAmnt: '100.00' }),
      {
        family: 'basket_threshold_target',
        criteria: 'priority',
        max_applications: 1,
        target_group: 'g2',
        threshold_excludes_targets: false,
        groups: [
          { name: 'g1', minimum: 10_000, nodes: nodes('ALL') },
          { name: 'g2', minimum: 1, nodes: nodes(MILK) },
        ],
      },
    ],
    [
      '2: a percentage in hundredths',
      flat({ RewardType: 2, DiscountType: 0, DiscountRate: 1000, MinQty: 1 }),
      { ...easy, discount_type: 'percent', discount_value: 1000 },
    ],
    [
      '2: a percentage with a point',
      flat({ RewardType: 2, DiscountRate: '12.50' }),
      { ...easy, discount_type: 'percent', discount_value: 1250 },
    ],
    [
      '3: an amount off',
      flat({ RewardType: 3, DiscountType: 1, DiscountRate: 3500 }),
      { ...easy, discount_type: 'amount', discount_value: 3500 },
    ],
    [
      '4: what an amount spent gives',
      flat({ RewardType: 4, DiscountType: 0, DiscountRate: 5000, MinPurchaseAmnt: 50, RedemptionLimit: 1 }),
      { family: 'basket_threshold_target', discount_type: 'percent', discount_value: 5000 },
    ],
    [
      '2 on the whole basket',
      flat({ RewardType: 2, DiscountRate: 500, MinPurchaseAmnt: '200.00', AdditionalIsTotal: 1 }),
      {
        family: 'basket_threshold',
        price_base: 'running',
        groups: [{ minimum: 20_000, nodes: nodes('ALL') }],
      },
    ],
    [
      '5: the price of a club',
      flat({ RewardType: 5, DiscountedPrice: 5, ClubId: 3 }),
      { ...easy, discount_value: 500, availability: 'special', qualifiers: [{ id: 'club:3' }] },
    ],
    [
      '6: a gift for units of others',
      flat(
        { RewardType: 6, MinQty: 2, AdditionalGiftCount: 1 },
        item(MILK, { IsGiftItem: 0 }) + item(MUG, gift),
      ),
      {
        family: 'requisite',
        discount_type: 'percent',
        discount_value: 10_000,
        target_group: 'g2',
        groups: [
          { name: 'g1', minimum: 2, nodes: nodes(MILK) },
          { name: 'g2', minimum: 1, nodes: nodes(MUG) },
        ],
      },
    ],
    [
      '6: units of others at a price for an amount spent',
      flat(
        { RewardType: 6, MinQty: 0, MinPurchaseAmnt: '49.90', AdditionalGiftCount: 1 },
        item(MILK) + item(MUG, { ...gift, GiftItemPrice: '5.00' }),
      ),
      {
        family: 'basket_threshold_target',
        discount_type: 'fixed',
        discount_value: 500,
        discount_on: 'unit',
        groups: [{ minimum: 4990, nodes: nodes(MILK) }, { nodes: nodes(MUG) }],
      },
    ],
    [
      '7: some units of a set free',
      flat({ RewardType: 7, MinQty: 3, AdditionalGiftCount: 1 }),
      { ...another, discount_value: 10_000, target_quantity: 1, groups: [{ minimum: 3 }] },
    ],
    [
      '8: the second of the same at a percentage',
      flat({ RewardType: 8, MinQty: 2, DiscountRate: 5000 }),
      { ...another, discount_value: 5000, target_quantity: 1, groups: [{ minimum: 2 }] },
    ],
    [
      '9: the second of any at a percentage',
      flat({ RewardType: 9, MinQty: 3, DiscountType: 0, DiscountRate: 10_000 }),
      { ...another, discount_value: 10_000, target_quantity: 1, groups: [{ minimum: 3 }] },
    ],
    [
      '10: several products for a price',
      flat({ RewardType: 10, MinQty: 3, DiscountedPrice: 10 }, item(MILK) + item(MUG)),
      {
        ...easy,
        discount_type: 'fixed',
        discount_value: 1000,
        groups: [{ minimum: 3, nodes: nodes(MILK, MUG) }],
      },
    ],
  ])('maps RewardType %s', async (_, promotion, expected) => {
    expect((await mapped(promotion)).outcome).toMatchObject(expected);
  });

  const price = { RewardType: 1, DiscountedPrice: '5.00' };
  it.each([
    ['rewardtype:unknown_reward_type', flat({})],
    ['rewardtype:unknown_reward_type', flat({ RewardType: 0, DiscountedPrice: 5 })],
    ['rewardtype:unknown_reward_type', flat({ RewardType: 11, DiscountedPrice: 5 })],
    [
      'rewardtype:ambiguous_reward',
      flat({ RewardType: 2, DiscountRate: 5000, MinQty: 2, PromotionDescription: 'השני ב-50%' }),
    ],
    ['discountrate:ambiguous_rate', flat({ RewardType: 2, DiscountRate: 20 })],
    ['discountrate:bad_rate', flat({ RewardType: 2, DiscountRate: 10_001 })],
    ['discountrate:bad_rate', flat({ RewardType: 2, DiscountRate: '100.01' })],
    ['discountrate:bad_rate', flat({ RewardType: 2, DiscountRate: '-5' })],
    ['discountrate:no_reward', flat({ RewardType: 2, DiscountedPrice: 5 })],
    ['discountedprice:no_reward', flat({ RewardType: 1, DiscountedPrice: '0.00' })],
    ['discountedprice:no_reward', flat({ RewardType: 3 })],
    ['discountedprice:two_rewards', flat({ ...price, DiscountType: 0, DiscountRate: 1000 })],
    ['discountedprice:two_rewards', flat({ RewardType: 3, DiscountedPrice: 5 })],
    ['discounttype:bad_discount_type', flat({ RewardType: 1, DiscountRate: 1000 })],
    ['discounttype:bad_discount_type', flat({ RewardType: 2, DiscountType: 1, DiscountRate: 1000 })],
    ['discounttype:bad_discount_type', flat({ RewardType: 3, DiscountType: 0, DiscountRate: 1000 })],
    ['discounttype:bad_discount_type', flat({ RewardType: 2, DiscountType: 2, DiscountRate: 1000 })],
    ['discountedprice:bad_amount', flat({ RewardType: 1, DiscountedPrice: '5,00' })],
    ['discountedprice:bad_amount', flat({ RewardType: 1, DiscountedPrice: '5.005' })],
    ['minqty:bad_quantity', flat({ ...price, MinQty: '1.50' })],
    ['minqty:bad_quantity', flat({ ...price, MinQty: '3000.00' })],
    ['maxqty:bad_quantity', flat({ ...price, MinQty: 3, MaxQty: 2 })],
    ['minqty:weight_condition', flat({ ...price, MinQty: '3.00', IsWeightedPromo: 1 })],
    ['minqty:weight_condition', flat({ ...price, MinQty: '0.01', MaxQty: 3, IsWeightedPromo: 1 })],
    [
      'isweightedpromo:weight_reward',
      flat({ RewardType: 3, DiscountRate: 300, DiscountType: 1, IsWeightedPromo: 1 }),
    ],
    ['isweightedpromo:bad_flag', flat({ ...price, IsWeightedPromo: 'yes' })],
    ['maxqty:spend_limit', flat({ ...price, MinPurchaseAmnt: 75, MaxQty: 3 })],
    ['maxqty:spend_limit', flat({ ...price, MinPurchaseAmnt: 75 })],
    ['minpurchaseamnt:no_spend', flat({ RewardType: 4, DiscountedPrice: 5 })],
    ['minpurchaseamnt:conflict', flat({ ...price, MinPurchaseAmnt: 75, AdditionalMinBasketAmount: 80 })],
    ['minamount:unknown_condition', flat({ ...price, MinAmount: '5.00' })],
    [
      'minpurchaseamnt:two_conditions',
      flat({ RewardType: 7, MinQty: 2, AdditionalGiftCount: 1, MinPurchaseAmnt: 5 }),
    ],
    ['additionalistotal:no_reward', flat({ ...price, AdditionalIsTotal: 1 })],
    ['minqty:two_conditions', flat({ RewardType: 2, DiscountRate: 500, MinQty: 2, AdditionalIsTotal: 1 })],
    ['clubs:no_club', flat({ RewardType: 5, DiscountedPrice: 5, ClubId: 0 })],
    ['clubs:coupon_and_club', flat({ ...price, AdditionalIsCoupon: 1, ClubId: 2 })],
    ['clubs:unknown_club', flat({ ...price, ClubId: '((1=אשראי|2=לקוחות))&amp;(3=תווים)' })],
    ['additionalgiftcount:gift_items', flat({ ...price, AdditionalGiftCount: 1 })],
    [
      'minpurchaseamnt:no_spend',
      flat({ RewardType: 4, DiscountRate: 500, DiscountType: 0, AdditionalIsTotal: 1 }),
    ],
    [
      'maxqty:ambiguous_reward',
      flat({ RewardType: 6, MinQty: 2, MaxQty: 4, AdditionalGiftCount: 1 }, item(MILK) + item(MUG, gift)),
    ],
    [
      'minqty:two_conditions',
      flat(
        { RewardType: 6, MinQty: 2, AdditionalIsTotal: 1, AdditionalGiftCount: 1 },
        item(MILK) + item(MUG, gift),
      ),
    ],
    [
      'items:conflict',
      flat({ RewardType: 1 }, item(MILK, { DiscountedPrice: 5 }) + item(MILK, { DiscountedPrice: 6 })),
    ],
    ['isgiftitem:bad_flag', flat(price, item(MILK, { IsGiftItem: 'yes' }))],
    ['remark:weight_reward', flat({ ...price, Remark: 'מחיר המבצע הינו המחיר לק"ג' })],
    ['items:gift_items', flat(price, item(MILK) + item(MUG, gift))],
    ['items:no_gift_items', flat({ RewardType: 6, MinQty: 2, AdditionalGiftCount: 1 })],
    [
      'giftitemprice:no_reward',
      flat({ RewardType: 6, MinQty: 2, AdditionalGiftCount: 1 }, item(MILK) + item(MUG, { IsGiftItem: 1 })),
    ],
    ['additionalgiftcount:bad_quantity', flat({ RewardType: 6, MinQty: 2 }, item(MILK) + item(MUG, gift))],
    ['minqty:two_conditions', flat({ RewardType: 6, AdditionalGiftCount: 1 }, item(MILK) + item(MUG, gift))],
    [
      'items:no_known_items',
      flat({ RewardType: 6, MinQty: 2, AdditionalGiftCount: 1 }, item(MILK) + item('X', gift)),
    ],
    ['additionalgiftcount:bad_quantity', flat({ RewardType: 7, MinQty: 2 })],
    ['additionalgiftcount:bad_quantity', flat({ RewardType: 7, MinQty: 2, AdditionalGiftCount: 2 })],
    [
      'discountedprice:two_rewards',
      flat({ RewardType: 7, MinQty: 2, AdditionalGiftCount: 1, DiscountedPrice: 5 }),
    ],
    ['discountedprice:ambiguous_reward', flat({ RewardType: 8, MinQty: 2, DiscountedPrice: 5 })],
    ['discountedprice:ambiguous_reward', flat({ RewardType: 9, MinQty: 2, DiscountedPrice: 5 })],
    ['minqty:bad_quantity', flat({ RewardType: 9, MinQty: 1, DiscountRate: 5000 })],
    ['minqty:bad_quantity', flat({ RewardType: 10, DiscountedPrice: 5 })],
    ['items:no_known_items', flat(price, item('X1') + item(''))],
    ['items:no_known_items', flat(price, '')],
    ['promotiondays:unknown_days', flat({ ...price, PromotionDays: '1111110' })],
    ['promotionstartdate:bad_date', flat({ ...price, PromotionStartDate: 'soon' })],
    [
      'promotionstarthour:bad_date',
      flat({ ...price, PromotionStartDate: '2026-01-01', PromotionStartHour: '8' }),
    ],
    [
      'promotionstarthour:bad_date',
      flat({ ...price, PromotionStartDateTime: '2026-01-01T08:00', PromotionStartHour: '09:00' }),
    ],
    ['promotionstartdate:bad_date', flat({ ...price, PromotionStartHour: '09:00' })],
    ['schedule.start:custom', flat({ ...price, PromotionStartDate: '2026-02-30' })],
    [
      'schedule.end:custom',
      flat({ ...price, PromotionStartDate: '2026-02-02', PromotionEndDate: '2026-02-01' }),
    ],
    ['allowmultiplediscounts:bad_flag', flat({ ...price, AllowMultipleDiscounts: 2 })],
    ['retailer_promotion_id:missing_key', flat({ ...price, PromotionId: '' })],
    [
      'groups:several_groups',
      flat(price, '').replace('<PromotionItems></PromotionItems>', '<Groups><Group/><Group/></Groups>'),
    ],
    [
      'promotiondescription:conflict',
      flat({ ...price, PromotionDescription: 'a' }).replace(
        '</Promotion>',
        '<PromotionDescription>b</PromotionDescription></Promotion>',
      ),
    ],
  ])('refuses with %s', async (problem, promotion) => {
    expect((await mapped(promotion)).outcome).toContain(problem);
  });

  const spend = { ...price, MinPurchaseAmnt: 75, MaxQty: 1 };
  it.each([
    ['spend_excludes_items', flat({ ...spend, Remark: 'סכום להטבה לא כולל פריטים במבצע' })],
    ['remark', flat({ ...price, Remark: 'עד גמר המלאי' })],
    ['inactive', flat({ ...price, AdditionalIsActive: 0 })],
    ['coupon_once', flat({ ...price, AdditionalIsCoupon: 1 })],
    ['mixed_items', flat({ RewardType: 7, MinQty: 2, AdditionalGiftCount: 1 }, item(MILK) + item(MUG))],
    ['items_left_out', flat({ RewardType: 2, DiscountRate: 500, AdditionalIsTotal: 1 })],
    ['ignored_field', flat({ ...price, IsGiftItem: 4 })],
    ['unknown_field', flat({ ...price, Colour: 'red' })],
    ['unknown_items', flat(price, item(MILK) + item('X1'))],
    ['title_cut', flat({ ...price, PromotionDescription: 'ש'.repeat(256) })],
    [
      'repeats',
      flat({ RewardType: 6, MinPurchaseAmnt: 5, AdditionalGiftCount: 1 }, item(MILK) + item(MUG, gift)),
    ],
  ])('notes %s', async (code, promotion) => {
    const { outcome, notes } = await mapped(promotion);
    expect(outcome).toMatchObject({ id: 'prm-7' });
    expect(notes).toEqual([code]);
  });

  it.each([
    [
      'spend_excludes_items',
      flat({ ...spend, Remark: 'סכום להטבה לא כולל פריטים במבצע' }),
      { threshold_excludes_targets: true },
    ],
    ['inactive', flat({ ...price, AdditionalIsActive: 0 }), { is_active: false }],
    [
      'coupon_once',
      flat({ ...price, AdditionalIsCoupon: 1 }),
      { max_applications: 1, qualifiers: [{ id: 'coupon:7' }] },
    ],
    [
      'a coupon with its limit',
      flat({ ...price, AdditionalIsCoupon: 1, MaxQty: 2 }),
      { max_applications: 2 },
    ],
    [
      'limits of units and of sets',
      flat({ ...price, MinQty: 2, MaxQty: 9, RedemptionLimit: 3 }),
      { max_applications: 3 },
    ],
    [
      'discounts that combine',
      flat({ ...price, AllowMultipleDiscounts: 1 }),
      { stackable: true, exclusive: false },
    ],
    [
      'a club by name',
      flat({ ...price, ClubId: '1 - אשראי &amp; זהב' }),
      { qualifiers: [{ id: 'club:1', description: 'אשראי & זהב' }] },
    ],
    [
      'a choice of clubs',
      flat({ ...price, ClubId: '((1=אשראי|02=זהב))' }),
      { qualifiers: [{ id: 'club:1' }, { id: 'club:2' }] },
    ],
    [
      'everybody among clubs',
      flat(
        { ...price, ClubId: 2 },
        `${item(MILK)}</PromotionItems><Clubs><ClubId>0 - כולם</ClubId></Clubs><PromotionItems>`,
      ),
      { availability: 'all' },
    ],
    [
      'slashes and hours',
      flat({ ...price, PromotionStartDate: '01/02/2026', PromotionStartHour: '0815' }),
      { schedule: { start: '2026-02-01T08:15:00.000' } },
    ],
    [
      'a date and time',
      flat({ ...price, PromotionStartDateTime: '2026-02-01T08:15:00.000', PromotionStartHour: '08:15' }),
      { schedule: { start: '2026-02-01T08:15:00.000' } },
    ],
  ])('understands %s', async (_, promotion, expected) => {
    expect((await mapped(promotion)).outcome).toMatchObject(expected);
  });

  it('reads prices that stand at each item', async () => {
    const reward = (code: string, fields: object): string =>
      item(code, { RewardType: 1, MinQty: '1.00', DiscountType: 0, ...fields });
    const grouped = (items: string): string =>
      `<Promotion>${tags({ PromotionID: 7, PromotionStartDateTime: '2026-08-16T00:00:00.000' })}<ClubID>0 - כלל הלקוחות</ClubID><Groups><Group><GroupID>1</GroupID><MinPurchaseAmount>0.00</MinPurchaseAmount><DiscountType>0</DiscountType><PromotionItems>${items.replaceAll('Item>', 'PromotionItem>').replaceAll('<PromotionItems>', '')}</PromotionItems></Group></Groups></Promotion>`;
    const same = await mapped(
      grouped(
        reward(MILK, { DiscountRate: '52.44', DiscountedPrice: '4.2' }) +
          reward(MUG, { DiscountRate: '12.1', DiscountedPrice: '4.20' }).replace(
            '1</RewardType>',
            '3</RewardType>',
          ),
      ),
    );
    expect(same.outcome).toMatchObject({ family: 'line_special', groups: [{ minimum: 1 }] });
    const different = await mapped(
      grouped(
        reward(MILK, { DiscountRate: '5.0', DiscountedPrice: '18.91' }) +
          reward(MUG, { DiscountRate: '5.0', DiscountedPrice: '22.71', MaxQty: '' }),
      ),
    );
    expect(different).toMatchObject({
      outcome: {
        family: 'line_special',
        groups: [
          {
            nodes: [
              { node_id: MILK, discount_type: 'fixed', discount_value: 1891 },
              { node_id: MUG, discount_type: 'fixed', discount_value: 2271 },
            ],
          },
        ],
      },
      notes: [],
    });
    const percent = await mapped(
      grouped(reward(MILK, { RewardType: 2, DiscountRate: 10, DiscountedPrice: 9 })),
    );
    expect(percent.outcome).toMatchObject({ family: 'easy', discount_type: 'percent', discount_value: 1000 });
    const mixed = await mapped(
      grouped(reward(MILK, { DiscountedPrice: 5 }) + reward(MUG, { DiscountedPrice: 5, MinQty: 2 })),
    );
    expect(mixed.outcome).toEqual(['items:mixed_rewards']);
  });

  it('joins the rows of the layout that has one item a row', async () => {
    const sale = (id: number, code: string, fields: Record<string, string | number> = {}): string =>
      `<Sale>${tags({ PromotionID: id, PromotionDescription: 'חלב', RewardType: 1, MinQty: 3, DiscountedPrice: '12.00', ItemCode: code, ItemType: 1, IsGiftItem: 0, ClubID: 0, PriceUpdateDate: code, ...fields })}</Sale>`;
    const sales = [
      sale(1, MILK),
      sale(1, MUG),
      sale(2, MILK),
      sale(3, MILK),
      sale(3, MUG, { PromotionDescription: 'לחם' }),
      sale(1, MUG),
    ];
    const imported = await importText(
      'promofull',
      `<Promos><ChainID>1</ChainID><StoreID>003</StoreID><Sales>\n${sales.join('\n')}\n</Sales></Promos>`,
    );
    expect(imported.entries.map(({ line, key }) => `${line}:${key}`)).toEqual(['2:1', '4:2', '5:3', '7:1']);
    expect(outcomes(imported)).toMatchObject([
      { discount_value: 1200, groups: [{ minimum: 3, nodes: nodes(MILK, MUG) }] },
      { groups: [{ nodes: nodes(MILK) }] },
      ['promotiondescription:conflict'],
      ['retailer_promotion_id:duplicate_key'],
    ]);
    expect(imported.entries[0]?.result).toMatchObject({ value: { store_codes: ['003'] } });
  });

  it('reads the layout that has the promotion inside of the item', async () => {
    const line = `<Line><ItemCode>${MILK}</ItemCode><ItemType>1</ItemType><PromotionDetails>${tags({ PromotionId: 5, RewardType: 1, DiscountedPrice: '3.00', MinQty: 1 })}</PromotionDetails></Line>`;
    const text = `<OrderXml><Envelope><ChainId>1</ChainId><StoreId>350</StoreId><Header><Details>${line}</Details></Header></Envelope></OrderXml>`;
    const imported = await importText('promofull', text);
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-5', discount_value: 300 }]);
    expect(imported.entries[0]?.result).toMatchObject({ value: { store_codes: ['350'] } });
  });

  it('reads UTF-16 and any case of the names as it reads UTF-8', async () => {
    const plain = await importText('promofull', PROMOFULL);
    const text = PROMOFULL.slice(1).replace('utf-8', 'utf-16');
    expect(await importAll('promofull', inPieces(utf16le(text)))).toEqual(plain);
    const upper = text.replace(/<\/?[A-Za-z]+/g, (tag) => tag.toUpperCase());
    expect(await importAll('promofull', inPieces(utf8(upper)))).toEqual(plain);
  });

  const bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  it.each([
    ['nothing', '', 'bad_xml'],
    ['a cut file', file(flat(price)).slice(0, -10), 'bad_xml'],
    ['an element closed by another', file(flat(price), '<Promotion></Promotions>'), 'bad_xml'],
    ['an entity that nobody declared', file(flat(price), '<b>&unknown;</b>'), 'bad_xml'],
    ['a character that XML has not', file(flat(price), '<b>&#0;</b>'), 'bad_xml'],
    ['an attribute without quotes', file(flat(price), '<b c=1/>'), 'bad_xml'],
    ['declared entities', `${bomb}${file()}`, 'doctype'],
    ['a document type elsewhere', `<!DOCTYPE r SYSTEM "file:///etc/hosts">${file()}`, 'doctype'],
    ['elements without end', `<a>${'<b>'.repeat(30)}`, 'too_deep'],
    ['a comment without end', file(`<!--${'x'.repeat(1_200_000)}-->`), 'token_too_big'],
    ['an attribute without end', `<a b="${'x'.repeat(1_200_000)}"/>`, 'token_too_big'],
    ['a text without end', `<a>${'x'.repeat(1_200_000)}</a>`, 'token_too_big'],
    ['a file of prices', '<Root><Items><Item/></Items></Root>', 'no_promotions'],
    ['no promotion in a list', file(), null],
  ])('ends %s as it should', async (_, text, code) => {
    const { summary } = await importText('promofull', text);
    expect(summary.file_problem?.code ?? null).toBe(code);
  });

  it.each([
    ['left open', '<Promotion>'],
    ['closed by another', flat({ ...price, PromotionId: 9 }).replace('</Promotion>', '')],
    ['followed by what is broken', '&broken;'],
  ])('keeps what was whole before an element %s, and says where the file broke', async (_, broken) => {
    const imported = await importText(
      'promofull',
      file(flat(price), flat({ ...price, PromotionId: 8 }), broken),
    );
    // Rows of promotion 8 may be lost, so that only half of its items is known.
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-7' }, [':cut_off']]);
    expect(imported.summary).toMatchObject({ accepted: 1, refused: 1, file_problem: { code: 'bad_xml' } });
    expect(imported.summary.file_problem?.message).toMatch(/^line 3: /);
  });

  it('refuses a promotion that is too large, and reads on', async () => {
    const large = flat(
      { ...price, PromotionId: 8, Remark: 'x'.repeat(1_000_000) },
      item('x'.repeat(1_000_000)).repeat(Math.ceil(ENTRY_CHARACTERS_MAX / 1_000_000)),
    );
    const imported = await importText(
      'promofull',
      file(flat(price), large, flat({ ...price, PromotionId: 9 })),
    );
    expect(outcomes(imported)).toMatchObject([{ id: 'prm-7' }, [':entry_too_big'], { id: 'prm-9' }]);
  }, 60_000);

  it('keeps promotions without a key apart', async () => {
    const nameless = flat({ ...price, PromotionId: '' });
    const refused = ['retailer_promotion_id:missing_key'];
    expect(outcomes(await importText('promofull', file(nameless, nameless)))).toEqual([refused, refused]);
  });

  it('refuses a promotion of too many rows, and reads on', async () => {
    const row = (key: number): string => flat({ ...price, PromotionId: key });
    const imported = await importText('promofull', file(row(7).repeat(20_001), row(9)));
    expect(outcomes(imported)).toMatchObject([[':entry_too_big'], { id: 'prm-9' }]);
  }, 60_000);

  it('refuses to import shekels as anything else', async () => {
    const imported = await importAll('promofull', inPieces(utf8(file(flat(price)))), {
      ...OPTIONS,
      currency: 'EUR',
    });
    expect(imported).toMatchObject({ entries: [], summary: { file_problem: { code: 'wrong_currency' } } });
  });
});
