import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';

/**
 * What a basket touches, found by plain Maps: the count for the tables, and the index that the peers are given
 * so that they pay for the basket alone, as the engine does. Knows including items, categories and ALL.
 */
export interface PlainIndex {
  readonly promotions: readonly Promotion[];
  readonly bySku: ReadonlyMap<string, readonly GroupOf[]>;
  readonly byCategory: ReadonlyMap<string, readonly GroupOf[]>;
  readonly everywhere: readonly GroupOf[];
}

interface GroupOf {
  promotion: number;
  group: number;
}

/** A promotion and the lines in each of its groups, in the order of the basket. */
export interface Touched {
  readonly promotion: Promotion;
  readonly members: readonly (readonly number[])[];
}

export function plainIndex(promotions: readonly Promotion[]): PlainIndex {
  const bySku = new Map<string, GroupOf[]>();
  const byCategory = new Map<string, GroupOf[]>();
  const everywhere: GroupOf[] = [];
  for (const [promotion, { groups }] of promotions.entries()) {
    for (const [group, { nodes }] of groups.entries()) {
      for (const { node_id, node_type, is_excluded } of nodes) {
        if (is_excluded) throw new Error('the plain index knows no exclusions');
        if (node_id === 'ALL') everywhere.push({ promotion, group });
        else if (node_type === 'item') add(bySku, node_id, { promotion, group });
        else add(byCategory, `${node_type} ${node_id}`, { promotion, group });
      }
    }
  }
  return { promotions, bySku, byCategory, everywhere };
}

function add(map: Map<string, GroupOf[]>, key: string, entry: GroupOf): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

export function touchedBy(index: PlainIndex, lines: readonly PromotionLine[]): Touched[] {
  const touched = new Map<number, number[][]>();
  const join = ({ promotion, group }: GroupOf, line: number) => {
    let members = touched.get(promotion);
    if (members === undefined) {
      members = (index.promotions[promotion]?.groups ?? []).map(() => []);
      touched.set(promotion, members);
    }
    const own = members[group];
    if (own !== undefined && own.at(-1) !== line) own.push(line);
  };
  for (let line = 0; line < lines.length; line++) {
    const { sku = '', categories = [] } = lines[line] ?? {};
    for (const entry of index.bySku.get(sku) ?? []) join(entry, line);
    for (const { name, value } of categories) {
      for (const entry of index.byCategory.get(`${name} ${value}`) ?? []) join(entry, line);
    }
    for (const entry of index.everywhere) join(entry, line);
  }
  return [...touched].flatMap(([number, members]) => {
    const promotion = index.promotions[number];
    return promotion === undefined ? [] : [{ promotion, members }];
  });
}

/**
 * The item promotions among them that have enough units for one application, in parts that share no line.
 * Lines of a promotion that cannot apply join nothing.
 */
export function componentsOf(touched: readonly Touched[], lines: readonly PromotionLine[]): Touched[][] {
  const able = touched.filter(
    ({ promotion, members }) =>
      !promotion.family.startsWith('basket_') &&
      promotion.groups.every(({ minimum }, g) => unitsIn(members[g] ?? [], lines) >= minimum),
  );
  const parent = lines.map((_, line) => line);
  const root = (line: number): number => {
    let at = line;
    while (parent[at] !== at) {
      const up = parent[at] ?? at;
      parent[at] = parent[up] ?? up;
      at = up;
    }
    return at;
  };
  for (const { members } of able) {
    const [first, ...others] = members.flat();
    for (const line of others) parent[root(line)] = root(first ?? line);
  }
  const parts = new Map<number, Touched[]>();
  for (const one of able) {
    const key = root(one.members.flat()[0] ?? 0);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [one]);
    else part.push(one);
  }
  return [...parts.values()];
}

export function unitsIn(members: readonly number[], lines: readonly PromotionLine[]): number {
  let units = 0;
  for (const line of members) units += lines[line]?.quantity ?? 0;
  return units;
}
