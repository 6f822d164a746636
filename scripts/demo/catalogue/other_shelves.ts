import { type Shelf, shelf } from './shelf.ts';

export const OTHER_SHELVES: readonly Shelf[] = [
  shelf('Household', 'Laundry', 'standard', [290, 1250], 30, {
    kinds: 'Washing Liquid, Washing Powder, Fabric Softener',
    varieties: 'Fresh Linen, Lavender, Sensitive',
    sizes: '20 washes, 40 washes, 60 washes',
  }),
  shelf('Household', 'Cleaning', 'standard', [110, 490], 30, {
    kinds: 'Kitchen Spray, Bathroom Spray, Washing-Up Liquid, Floor Cleaner',
    varieties: 'Lemon, Pine, Unscented',
    sizes: '500 ml, 1 l',
  }),
  shelf('Household', 'Paper', 'standard', [180, 890], 24, {
    kinds: 'Kitchen Roll, Toilet Tissue, Tissues',
    varieties: 'Soft, Extra Strong, Recycled',
    sizes: '2 pack, 4 pack, 9 pack',
  }),
  shelf('Health & Beauty', 'Skin Care', 'standard', [250, 1450], 28, {
    kinds: 'Face Cream, Body Lotion, Hand Cream, Sun Lotion',
    varieties: 'Sensitive, Almond, Aloe',
    sizes: '75 ml, 200 ml',
  }),
  shelf('Health & Beauty', 'Hair Care', 'standard', [180, 690], 24, {
    kinds: 'Shampoo, Conditioner, Hair Gel',
    varieties: 'Everyday, Repair, Volume',
    sizes: '250 ml, 400 ml',
  }),
  shelf(
    'Health & Beauty',
    'Medicines',
    'standard',
    [90, 490],
    12,
    {
      kinds: 'Headache Tablets, Cold Relief Capsules, Throat Lozenges',
      varieties: 'Plain, Extra',
      sizes: '16 pack, 24 pack',
    },
    { max_quantity: 2 },
  ),
  shelf(
    'Health & Beauty',
    'Stop Smoking',
    'reduced',
    [990, 2190],
    12,
    {
      kinds: 'Nicotine Gum, Nicotine Patches, Nicotine Lozenges',
      varieties: 'Mint, Original',
      sizes: 'step 1, step 2',
    },
    { age: 18 },
  ),
  shelf('Home & Garden', 'Kitchenware', 'standard', [390, 2490], 28, {
    kinds: 'Mixing Bowl, Baking Tray, Storage Jar, Chopping Board',
    varieties: 'Stoneware, Enamel, Bamboo',
    sizes: 'small, medium, large',
  }),
  shelf('Home & Garden', 'Home Fuel', 'reduced', [450, 1290], 12, {
    kinds: 'Kiln Dried Logs, Kindling, Smokeless Briquettes',
    varieties: 'Ash, Mixed',
    sizes: '3 kg, 10 kg',
  }),
  shelf('Home & Garden', 'Candles', 'standard', [300, 1490], 20, {
    kinds: 'Jar Candle, Pillar Candle, Reed Diffuser',
    varieties: 'Fig, Cotton, Orange Blossom',
    sizes: 'small, large',
  }),
  shelf(
    'Clothing',
    'Women',
    'standard',
    [800, 4500],
    12,
    { kinds: 'Cardigan, Linen Shirt, Rain Jacket', varieties: 'Navy, Moss, Cream', sizes: 'S, M, L' },
    { tagged: true },
  ),
  shelf(
    'Clothing',
    'Men',
    'standard',
    [800, 4500],
    12,
    { kinds: 'Jumper, Oxford Shirt, Work Jacket', varieties: 'Charcoal, Sky, Rust', sizes: 'M, L, XL' },
    { tagged: true },
  ),
  shelf(
    'Clothing',
    'Children',
    'zero',
    [400, 1900],
    12,
    {
      kinds: 'T-Shirt, Leggings, Pyjamas',
      varieties: 'Striped, Spotted, Plain',
      sizes: '3-4 years, 5-6 years, 7-8 years',
    },
    { tagged: true },
  ),
  shelf(
    'Electronics',
    'Sound',
    'standard',
    [1200, 7900],
    12,
    {
      kinds: 'Headphones, Travel Speaker, Earbuds',
      varieties: 'Black, White, Green',
      sizes: 'wired, wireless',
    },
    { tagged: true },
  ),
  shelf('Electronics', 'Batteries & Bulbs', 'standard', [190, 990], 20, {
    kinds: 'AA Batteries, AAA Batteries, Light Bulb',
    varieties: 'Everyday, Long Life',
    sizes: '2 pack, 4 pack, 8 pack',
  }),
];
