import { Random } from '../../../scripts/demo/catalogue/random.ts';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import { shopPrice } from './catalogue.ts';

/** A basket made to be hard to prove, with the promotions that fight over it. */
export interface Torture {
  documents: readonly object[];
  lines: readonly PromotionLine[];
}

/** A kind of hard basket at one size. */
export interface TortureCell {
  name: string;
  size: number;
  instances: Torture[];
}

type Maker = (size: number, random: Random) => Torture;

/** Each with the sizes at which it is tried. */
const KINDS: readonly [string, readonly number[], Maker][] = [
  ['chain of overlapping pairs', [20, 50, 100], chain],
  ['ring of overlapping triples', [12, 24, 48], ring],
  ['one pool, mixed prices', [8, 16, 32, 50], (size, random) => pool(size, random, mixedPrices(24, random))],
  ['one pool, interchangeable units', [8, 16, 32, 50], interchangeable],
  ['one pool, everything capped', [8, 16, 32], capped],
  ['random subsets of one shelf', [8, 16, 32, 50], subsets],
  ['combos over four shared groups', [6, 12, 24], combos],
  ['buy-and-get over one pool', [6, 12, 24], buyAndGet],
  ['every item family over one pool', [6, 12, 18], families],
];

export function makeTorture(instances: number, seed: number, quick: boolean): TortureCell[] {
  return KINDS.flatMap(([name, sizes, make], kind) =>
    (quick ? sizes.slice(0, 2) : sizes).map((size) => ({
      name,
      size,
      instances: Array.from({ length: instances }, (_, i) =>
        make(size, new Random(seed + 10_000 * kind + 100 * size + i)),
      ),
    })),
  );
}

const on = (skus: readonly string[]) => skus.map((node_id) => ({ node_id }));
const group = (name: string, minimum: number, skus: readonly string[]) => ({
  name,
  minimum,
  nodes: on(skus),
});

function offer(number: number, fields: Record<string, unknown>): object {
  return {
    id: `prm_${String(1000 + number)}`,
    title: `Offer ${number}`,
    criteria: 'best_discount',
    price_base: 'selling',
    ...fields,
  };
}

function line(i: number, unit_price: number, quantity = 1): PromotionLine {
  return { line_id: `l${i + 1}`, sku: sku(i), quantity, unit_price, categories: [] };
}
const sku = (i: number) => `A${i}`;

/** Every article is wanted by its left and its right pair. */
function chain(size: number, random: Random): Torture {
  const lines = Array.from({ length: size + 1 }, (_, i) => line(i, shopPrice(random.between(80, 900))));
  const documents = Array.from({ length: size }, (_, i) => {
    const price = (lines[i]?.unit_price ?? 0) + (lines[i + 1]?.unit_price ?? 0);
    return offer(i, {
      family: 'easy',
      discount_type: 'fixed',
      discount_value: Math.round((price * random.between(60, 90)) / 100),
      groups: [group('g1', 2, [sku(i), sku(i + 1)])],
    });
  });
  return { documents, lines };
}

/** Three neighbours each, in a circle, so that no end is easy to begin at. */
function ring(size: number, random: Random): Torture {
  const lines = Array.from({ length: size }, (_, i) =>
    line(i, shopPrice(random.between(80, 900)), random.between(1, 2)),
  );
  const documents = Array.from({ length: size }, (_, i) =>
    offer(i, {
      family: 'easy',
      discount_type: 'percent',
      discount_value: 500 * random.between(2, 8),
      max_applications: random.between(1, 2),
      selection: random.below(2) === 0 ? 'lowest_first' : 'highest_first',
      groups: [group('g1', 2, [sku(i), sku((i + 1) % size), sku((i + 2) % size)])],
    }),
  );
  return { documents, lines };
}

function mixedPrices(count: number, random: Random): PromotionLine[] {
  return Array.from({ length: count }, (_, i) => line(i, shopPrice(random.between(80, 1500))));
}

/** All promotions see all units, so each application changes what the others would take. */
function pool(size: number, random: Random, lines: readonly PromotionLine[]): Torture {
  const all = lines.map((own) => own.sku);
  const mean = lines.reduce((sum, own) => sum + own.unit_price, 0) / lines.length;
  const documents = Array.from({ length: size }, (_, i) => {
    const minimum = random.between(2, 5);
    return offer(i, {
      family: 'easy',
      selection: random.below(3) === 0 ? 'highest_first' : 'lowest_first',
      max_applications: random.between(1, 3),
      ...reward(minimum * mean, random),
      groups: [group('g1', minimum, all)],
    });
  });
  return { documents, lines };
}

function reward(set: number, random: Random): Record<string, unknown> {
  const draw = random.below(3);
  if (draw === 0) return { discount_type: 'percent', discount_value: 500 * random.between(1, 8) };
  if (draw === 1)
    return { discount_type: 'amount', discount_value: shopPrice((set * random.between(5, 35)) / 100) };
  return { discount_type: 'fixed', discount_value: shopPrice((set * random.between(60, 95)) / 100) };
}

function interchangeable(size: number, random: Random): Torture {
  const price = shopPrice(random.between(100, 600));
  const lines = Array.from({ length: 6 }, (_, i) => line(i, price, random.between(4, 9)));
  return pool(size, random, lines);
}

function capped(size: number, random: Random): Torture {
  const { documents, lines } = pool(size, random, mixedPrices(18, random));
  return {
    documents: documents.map((document) => ({ ...document, max_discount: random.between(100, 1200) })),
    lines,
  };
}

/** Each promotion wants its own half of a shelf. */
function subsets(size: number, random: Random): Torture {
  const lines = Array.from({ length: 20 }, (_, i) =>
    line(i, shopPrice(random.between(80, 1200)), random.between(1, 2)),
  );
  const documents = Array.from({ length: size }, (_, i) => {
    const minimum = random.between(1, 4);
    const own = random.shuffled(lines).slice(0, random.between(6, 12));
    return offer(i, {
      family: 'easy',
      selection: random.below(3) === 0 ? 'highest_first' : 'lowest_first',
      max_applications: random.between(1, 3),
      ...reward((minimum * own.reduce((sum, { unit_price }) => sum + unit_price, 0)) / own.length, random),
      groups: [
        group(
          'g1',
          minimum,
          own.map((one) => one.sku),
        ),
      ],
    });
  });
  return { documents, lines };
}

function combos(size: number, random: Random): Torture {
  const lines = mixedPrices(24, random);
  const shelf = (s: number) => lines.filter((_, i) => i % 4 === s).map((own) => own.sku);
  const documents = Array.from({ length: size }, (_, i) => {
    const shelves = random.shuffled([0, 1, 2, 3]).slice(0, random.between(2, 3));
    return offer(i, {
      family: 'combo',
      selection: random.below(3) === 0 ? 'highest_first' : 'lowest_first',
      max_applications: random.between(1, 4),
      ...reward(shelves.length * 700, random),
      groups: shelves.map((s, g) => group(`g${g + 1}`, 1, shelf(s))),
    });
  });
  return { documents, lines };
}

function buyAndGet(size: number, random: Random): Torture {
  const lines = mixedPrices(20, random);
  const half = (odd: number) => lines.filter((_, i) => i % 2 === odd).map((own) => own.sku);
  const all = lines.map((own) => own.sku);
  const documents = Array.from({ length: size }, (_, i) => {
    const twoGroups = random.below(2) === 0;
    return offer(i, {
      family: 'requisite',
      selection: ['lowest_first', 'lowest_of_highest', 'lowest_of_each_set', 'highest_first'][
        random.below(4)
      ],
      max_applications: random.between(1, 4),
      discount_type: 'percent',
      discount_value: 2000 * random.between(1, 5),
      ...(twoGroups
        ? {
            target_group: 'g2',
            groups: [group('g1', random.between(1, 2), half(random.below(2))), group('g2', 1, all)],
          }
        : { target_quantity: 1, groups: [group('g1', random.between(2, 4), all)] }),
    });
  });
  return { documents, lines };
}

/** Easy, easy-plus, combo, line special, requisite and evenly distributed in turn. */
function families(size: number, random: Random): Torture {
  const lines = mixedPrices(16, random).map((own) => ({ ...own, quantity: random.between(1, 2) }));
  const all = lines.map((own) => own.sku);
  const half = (odd: number) => all.filter((_, i) => i % 2 === odd);
  const two = [group('g1', 1, half(0)), group('g2', 1, half(1))];
  const makers: ((minimum: number) => Record<string, unknown>)[] = [
    (minimum) => ({ family: 'easy', groups: [group('g1', minimum, all)] }),
    (minimum) => ({ family: 'easy_plus', groups: [{ ...group('g1', minimum, all), maximum: minimum + 4 }] }),
    () => ({ family: 'combo', groups: two }),
    () => ({ family: 'line_special', groups: two }),
    () => ({ family: 'requisite', target_group: 'g2', groups: two }),
    (minimum) => ({
      family: 'evenly_distributed',
      target_quantity: 1,
      groups: [group('g1', minimum + 1, all)],
    }),
  ];
  const documents = Array.from({ length: size }, (_, i) =>
    offer(i, {
      discount_type: 'percent',
      discount_value: 500 * random.between(2, 10),
      max_applications: random.between(1, 3),
      selection: random.below(2) === 0 ? 'lowest_first' : 'highest_first',
      ...makers[i % makers.length]?.(random.between(2, 3)),
    }),
  );
  return { documents, lines };
}
