import fc from 'fast-check';

/** Evaluation requests of every family, price base and apply type, in the documented names and letters. */

const SKUS = ['A', 'B', 'C', 'D', 'E'];
const CATEGORIES = ['food', 'drink'];
const QUALIFIERS = ['gold', 'staff'];

const node = fc.oneof(
  fc.constantFrom(...SKUS).map((node_id) => ({ node_id, node_type: 'i' })),
  fc.constantFrom(...CATEGORIES).map((node_id) => ({ node_id, node_type: 'c1' })),
  fc.constant({ node_id: 'ALL', node_type: 'i' }),
);
const including = fc.uniqueArray(node, { selector: ({ node_id }) => node_id, minLength: 1, maxLength: 3 });
const units = fc.integer({ min: 1, max: 3 });

const reward = fc.oneof(
  fc.record({ discount_type: fc.constant('p'), discount_value: fc.integer({ min: 0, max: 10_000 }) }),
  fc.record({ discount_type: fc.constantFrom('v', 'f'), discount_value: fc.integer({ min: 0, max: 1_500 }) }),
);

const group = (name: string, minimum: fc.Arbitrary<number>) =>
  fc.record({ name: fc.constant(name), qty_or_value_min: minimum, promo_group_nodes: including });

const shape = fc.oneof(
  fc.record({ family: fc.constantFrom('e', 'p'), promo_groups: fc.tuple(group('g1', units)) }),
  fc.record({
    family: fc.constantFrom('c', 'l'),
    promo_groups: fc.tuple(group('g1', units), group('g2', units)),
  }),
  fc.record({
    family: fc.constantFrom('r', 'm'),
    promo_groups: fc.tuple(group('g1', fc.integer({ min: 2, max: 4 }))),
    target_discounted_group_qty_min: fc.integer({ min: 1, max: 2 }),
    extra_data: fc.record({
      evenly_distributed_multiline_discount_split_type: fc.constantFrom('p', 'e'),
    }),
  }),
  fc.record({
    family: fc.constantFrom('r', 'm'),
    promo_groups: fc.tuple(group('g1', units), group('g2', units)),
    target_discounted_group_name: fc.constantFrom('g1', 'g2'),
  }),
  fc.record({
    family: fc.constant('b'),
    promo_groups: fc.tuple(group('g1', fc.integer({ min: 0, max: 5_000 }))),
  }),
  fc.record({
    family: fc.constant('t'),
    promo_groups: fc.tuple(group('g1', fc.integer({ min: 0, max: 3_000 })), group('g2', units)),
    target_discounted_group_name: fc.constant('g2'),
  }),
);

const promotion = fc
  .tuple(
    shape,
    reward,
    fc.record(
      {
        evaluate_criteria: fc.constantFrom('p', 'b'),
        evaluate_priority: fc.integer({ min: 0, max: 3 }),
        layer: fc.integer({ min: 1, max: 3 }),
        discount_type_strategy: fc.constantFrom('a', 'e'),
        discount_value_on: fc.constantFrom('m', 's', 'f'),
        max_application_limit: fc.integer({ min: 1, max: 4 }),
        max_discount: fc.integer({ min: 0, max: 2_000 }),
        discounted_group_item_selection_criteria: fc.constantFrom('l', 'lc', 'm', 'x'),
        requisite_groups_item_selection_criteria: fc.constantFrom('l', 'm'),
        apply_on_discounted_items: fc.boolean(),
        discount_apply_type: fc.constantFrom('b', 'b', 'b', 'c', 't', 'p'),
      },
      { requiredKeys: [] },
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...QUALIFIERS) },
    ),
  )
  .map(([form, value, more, qualifier]) => ({
    ...form,
    ...value,
    ...more,
    ...(qualifier === undefined
      ? {}
      : {
          availability: 's',
          special_promo_info: [{ group_qualifier_id: qualifier, description: 'for members' }],
        }),
  }));

const line = fc
  .record(
    {
      sku: fc.constantFrom(...SKUS),
      quantity: fc.integer({ min: 1, max: 5 }),
      unit_price: fc.integer({ min: 0, max: 2_500 }),
      mrp: fc.integer({ min: 0, max: 3_000 }),
      pack_size: fc.integer({ min: 2, max: 4 }),
      weight_milli: fc.integer({ min: 1, max: 2_500 }),
      exclude_from_promotions: fc.boolean(),
      category: fc.constantFrom(...CATEGORIES),
    },
    { requiredKeys: ['sku', 'quantity', 'unit_price', 'category'] },
  )
  .map(({ category, weight_milli, pack_size, quantity, ...rest }) => ({
    ...rest,
    categories: [{ name: 'c1', value: category }],
    ...(weight_milli === undefined
      ? { quantity, ...(pack_size === undefined ? {} : { pack_size }) }
      : { quantity: 1, weight_milli }),
  }));

export const anyRequest = fc
  .record(
    {
      currency: fc.constantFrom('GBP', 'JPY', 'KWD'),
      promotions: fc.array(promotion, { maxLength: 6 }),
      lines: fc.array(line, { maxLength: 7 }),
      hasAddon: fc.boolean(),
      include_suggestions: fc.boolean(),
      include_explanation: fc.boolean(),
      settings: fc.record(
        {
          one_basket_promo_per_layer: fc.boolean(),
          zero_discount: fc.constantFrom('drop', 'record'),
          basket_percent_rounding: fc.constantFrom('unit', 'total'),
          residual: fc.constantFrom('spread', 'last'),
        },
        { requiredKeys: [] },
      ),
      special_promos: fc.constantFrom<object[]>(
        [],
        [
          {
            program_name: 'CLUB',
            program_title: 'The club',
            group_qualifiers: [
              { input: 'card 1', qualifier_ids: ['gold'], max_application_limit: 2 },
              { input: 'card 2', qualifier_ids: ['staff', 'gold'] },
            ],
          },
        ],
      ),
    },
    { noNullPrototype: true },
  )
  .map(({ promotions, lines, hasAddon, ...rest }) => {
    const items = lines.map((item, n) => ({ ...item, line_id: `L${n + 1}` }));
    const parent = items.find(({ quantity }) => quantity === 1);
    return {
      ...rest,
      promotions: promotions.map((one, n) => ({ ...one, id: `P${n + 1}`, title: `Offer ${n + 1}` })),
      basket: {
        id: 'basket',
        items:
          parent === undefined || !hasAddon
            ? items
            : [
                ...items,
                {
                  line_id: 'addon',
                  sku: 'A',
                  quantity: 2,
                  unit_price: 199,
                  item_type: 'ADDON',
                  parent_line_id: parent.line_id,
                },
              ],
      },
    };
  });
