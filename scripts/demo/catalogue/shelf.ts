/** What the demo market sells. Every name is invented; prices are pence. */
export interface Shelf {
  department: string;
  name: string;
  /** A name is one of each: kind, then variety, then size. */
  kinds: readonly string[];
  varieties: readonly string[];
  sizes: readonly string[];
  price: readonly [number, number];
  tax_code: 'standard' | 'reduced' | 'zero';
  items: number;
  tagged?: boolean;
  age?: number;
  max_quantity?: number;
}

type Rest = Pick<Shelf, 'tagged' | 'age' | 'max_quantity'>;

export function shelf(
  department: string,
  name: string,
  tax_code: Shelf['tax_code'],
  price: readonly [number, number],
  items: number,
  names: { kinds: string; varieties: string; sizes: string },
  rest: Rest = {},
): Shelf {
  const list = (text: string) => text.split(', ');
  const { kinds, varieties, sizes } = names;
  return {
    department,
    name,
    tax_code,
    price,
    items,
    kinds: list(kinds),
    varieties: list(varieties),
    sizes: list(sizes),
    ...rest,
  };
}
