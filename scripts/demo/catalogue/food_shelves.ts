import { type Shelf, shelf } from './shelf.ts';

export const FOOD_SHELVES: readonly Shelf[] = [
  shelf('Fruit & Vegetables', 'Fruit', 'zero', [80, 350], 24, {
    kinds: 'Apples, Pears, Plums, Grapes, Easy Peelers, Blueberries',
    varieties: 'Sweet, Crisp, Ripe & Ready',
    sizes: '4 pack, 6 pack, 500 g',
  }),
  shelf('Fruit & Vegetables', 'Vegetables', 'zero', [55, 280], 28, {
    kinds: 'Carrots, Leeks, Broccoli, New Potatoes, Onions, Green Beans',
    varieties: 'Garden, Fine, Washed',
    sizes: '300 g, 500 g, 1 kg',
  }),
  shelf('Fruit & Vegetables', 'Salad', 'zero', [75, 260], 20, {
    kinds: 'Rocket, Baby Spinach, Cucumber, Vine Tomatoes, Radishes',
    varieties: 'Crunchy, Mild, Peppery',
    sizes: '80 g, 120 g, 250 g',
  }),
  shelf('Bakery', 'Bread', 'zero', [95, 320], 28, {
    kinds: 'Farmhouse Loaf, Sourdough, Rye Loaf, Tin Loaf',
    varieties: 'White, Wholemeal, Seeded, Malted',
    sizes: '400 g, 800 g',
  }),
  shelf('Bakery', 'Rolls & Wraps', 'zero', [85, 240], 20, {
    kinds: 'Finger Rolls, Bagels, Wraps, Baps',
    varieties: 'White, Wholemeal, Seeded',
    sizes: '4 pack, 6 pack',
  }),
  shelf('Bakery', 'Cakes', 'zero', [130, 480], 24, {
    kinds: 'Sponge Cake, Flapjacks, Fruit Loaf, Muffins',
    varieties: 'Lemon, Ginger, Cherry, Apple',
    sizes: '2 pack, 6 pack',
  }),
  shelf('Dairy & Eggs', 'Milk', 'zero', [70, 230], 20, {
    kinds: 'Milk, Oat Drink, Goat Milk',
    varieties: 'Whole, Semi-Skimmed, Skimmed',
    sizes: '568 ml, 1 l, 2 l',
  }),
  shelf('Dairy & Eggs', 'Cheese', 'zero', [160, 560], 28, {
    kinds: 'Cheddar, Crumbly Cheese, Blue Cheese, Soft Cheese',
    varieties: 'Mild, Mature, Extra Mature',
    sizes: '180 g, 250 g, 400 g',
  }),
  shelf('Dairy & Eggs', 'Yogurt', 'zero', [60, 330], 28, {
    kinds: 'Yogurt, Skyr, Kefir',
    varieties: 'Natural, Strawberry, Vanilla, Peach, Honey',
    sizes: '120 g, 450 g, 4 pack',
  }),
  shelf('Meat & Fish', 'Poultry', 'zero', [290, 890], 20, {
    kinds: 'Chicken Thighs, Chicken Breast, Turkey Mince, Duck Legs',
    varieties: 'Free Range, Corn Fed, Skinless',
    sizes: '300 g, 500 g',
  }),
  shelf('Meat & Fish', 'Fish', 'zero', [280, 950], 20, {
    kinds: 'Salmon Fillets, Cod Fillets, Smoked Mackerel, Prawns',
    varieties: 'Wild, Farmed, Peppered',
    sizes: '200 g, 2 pack',
  }),
  shelf('Chilled Meals', 'Ready Meals', 'zero', [320, 520], 30, {
    kinds: 'Lasagne, Cottage Pie, Vegetable Curry, Macaroni Bake',
    varieties: 'Classic, Light, Extra Cheesy, Spicy',
    sizes: '400 g, 800 g',
  }),
  shelf('Chilled Meals', 'Sandwiches', 'zero', [220, 425], 24, {
    kinds: 'Sandwich, Wrap, Baguette',
    varieties: 'Egg & Cress, Cheese & Pickle, Hummus & Carrot, Chicken Salad',
    sizes: 'regular, deep filled',
  }),
  shelf('Chilled Meals', 'Soups & Dips', 'zero', [120, 380], 24, {
    kinds: 'Soup, Hummus, Salsa',
    varieties: 'Tomato, Red Pepper, Garlic, Carrot',
    sizes: '200 g, 600 g',
  }),
  shelf('Food Cupboard', 'Pasta & Rice', 'zero', [70, 290], 32, {
    kinds: 'Penne, Spaghetti, Long Grain Rice, Couscous',
    varieties: 'Plain, Wholegrain, Quick Cook',
    sizes: '250 g, 500 g, 1 kg',
  }),
  shelf('Food Cupboard', 'Sauces', 'zero', [90, 320], 32, {
    kinds: 'Pasta Sauce, Curry Sauce, Pesto, Brown Sauce',
    varieties: 'Tomato, Basil, Roasted Garlic, Smoky',
    sizes: '190 g, 350 g, 500 g',
  }),
  shelf('Food Cupboard', 'Tins', 'zero', [45, 240], 32, {
    kinds: 'Chopped Tomatoes, Baked Beans, Chickpeas, Sweetcorn',
    varieties: 'Plain, Reduced Salt, In Water',
    sizes: '200 g, 400 g, 4 pack',
  }),
  shelf('Food Cupboard', 'Cereals', 'zero', [140, 430], 28, {
    kinds: 'Porridge Oats, Muesli, Granola, Wheat Flakes',
    varieties: 'Original, Fruit & Nut, Honey',
    sizes: '375 g, 500 g, 1 kg',
  }),
  shelf('Tea & Coffee', 'Tea', 'zero', [120, 480], 30, {
    kinds: 'Tea Bags, Loose Tea',
    varieties: 'Breakfast, Earl Grey, Green, Peppermint, Camomile',
    sizes: '40 pack, 80 pack, 160 pack',
  }),
  shelf('Tea & Coffee', 'Coffee', 'zero', [260, 790], 30, {
    kinds: 'Ground Coffee, Coffee Beans, Instant Coffee',
    varieties: 'Mild, Medium, Dark, Decaffeinated',
    sizes: '100 g, 227 g, 500 g',
  }),
  shelf('Snacks & Sweets', 'Crisps', 'standard', [90, 260], 32, {
    kinds: 'Ridged Crisps, Thin Crisps, Lentil Chips',
    varieties: 'Sea Salt, Cheese & Onion, Salt & Vinegar, Sweet Chilli',
    sizes: '30 g, 150 g, 6 pack',
  }),
  shelf('Snacks & Sweets', 'Chocolate', 'standard', [80, 420], 32, {
    kinds: 'Chocolate Bar, Truffles, Chocolate Buttons',
    varieties: 'Milk, Dark, Orange, Hazelnut',
    sizes: '45 g, 100 g, 200 g',
  }),
  shelf('Snacks & Sweets', 'Sweets', 'standard', [75, 300], 28, {
    kinds: 'Fruit Gums, Toffees, Mints, Jelly Shapes',
    varieties: 'Assorted, Sour, Soft',
    sizes: '120 g, 200 g',
  }),
  shelf('Soft Drinks', 'Juice', 'standard', [110, 340], 28, {
    kinds: 'Juice, Smoothie',
    varieties: 'Orange, Apple, Tropical, Cranberry, Carrot',
    sizes: '250 ml, 750 ml, 1 l',
  }),
  shelf('Soft Drinks', 'Fizzy Drinks', 'standard', [60, 280], 28, {
    kinds: 'Lemonade, Cola, Ginger Beer, Tonic Water',
    varieties: 'Classic, Sugar Free',
    sizes: '330 ml, 1 l, 6 pack',
  }),
  shelf('Soft Drinks', 'Water', 'standard', [45, 260], 20, {
    kinds: 'Spring Water, Flavoured Water',
    varieties: 'Still, Sparkling, Lightly Sparkling',
    sizes: '500 ml, 1.5 l, 6 pack',
  }),
  shelf(
    'Beer, Wine & Spirits',
    'Beer & Cider',
    'standard',
    [140, 690],
    32,
    {
      kinds: 'Pale Ale, Lager, Stout, Cider',
      varieties: 'Session, Traditional, Hazy',
      sizes: '330 ml, 500 ml, 4 pack',
    },
    { age: 18 },
  ),
  shelf(
    'Beer, Wine & Spirits',
    'Wine',
    'standard',
    [550, 1690],
    32,
    {
      kinds: 'White Wine, Red Wine, Rosé Wine, Sparkling Wine',
      varieties: 'Valley, Hillside, Reserve',
      sizes: '187 ml, 750 ml',
    },
    { age: 18 },
  ),
  shelf(
    'Beer, Wine & Spirits',
    'Spirits',
    'standard',
    [1500, 3890],
    12,
    {
      kinds: 'Dry Gin, Blended Whisky, Spiced Rum, Vodka',
      varieties: 'Batch One, Small Still',
      sizes: '350 ml, 700 ml',
    },
    { age: 18, tagged: true },
  ),
  shelf('Frozen', 'Frozen Vegetables', 'zero', [95, 290], 24, {
    kinds: 'Garden Peas, Sweetcorn, Mixed Vegetables, Spinach',
    varieties: 'Fine, Farm, Steam Cook',
    sizes: '500 g, 900 g',
  }),
  shelf('Frozen', 'Pizza', 'zero', [190, 480], 24, {
    kinds: 'Thin Pizza, Deep Pizza, Stone Baked Pizza',
    varieties: 'Margherita, Mushroom, Vegetable, Spicy',
    sizes: '300 g, 450 g',
  }),
  shelf('Frozen', 'Ice Cream', 'standard', [180, 560], 28, {
    kinds: 'Ice Cream, Sorbet, Ice Lollies',
    varieties: 'Vanilla, Raspberry, Mango, Chocolate',
    sizes: '500 ml, 1 l, 4 pack',
  }),
];
