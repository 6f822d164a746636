import type { Promotion, PromotionNode } from './schema.ts';

/** What a group of a promotion is called inside a compiled set: groups are numbered through all promotions. */
export type GroupNumber = number;

/** One mention of an item or category by a group. */
export interface Mention {
  node: PromotionNode;
  group: GroupNumber;
}

/**
 * Which groups name an item or a category value. A hash table in typed arrays: a Map of the same keys takes
 * several times the memory, and a chain has hundreds of thousands of SKUs.
 */
export interface NodeIndex {
  /** The entries from `start[slot]` up to `start[slot + 1]`; -1: nobody names it. */
  slotOf(type: PromotionNode['node_type'], id: string): number;
  readonly start: Int32Array;
  /** Group numbers; an exclusion stands as its complement, `~group`. */
  readonly entries: Int32Array;
}

const TYPE_SEEDS: Readonly<Record<PromotionNode['node_type'], number>> = {
  item: 1,
  c1: 2,
  c2: 3,
  c3: 4,
  c4: 5,
  c5: 6,
  c6: 7,
  c7: 8,
};

/** `visit` calls back once for every node of every group, in the same order each time. */
export function indexNodes(visit: (each: (mention: Mention) => void) => void): NodeIndex {
  let mentions = 0;
  visit(() => mentions++);
  const size = tableSize(mentions);
  const table = new Int32Array(size).fill(-1);
  const first: PromotionNode[] = [];
  const slotOfMention = new Int32Array(mentions);
  const counts = new Int32Array(mentions + 1);

  let at = 0;
  visit(({ node }) => {
    const place = find(table, first, node.node_type, node.node_id);
    let slot = table[place] ?? -1;
    if (slot === -1) {
      slot = first.length;
      table[place] = slot;
      first.push(node);
    }
    slotOfMention[at++] = slot;
    counts[slot] = (counts[slot] ?? 0) + 1;
  });

  const start = new Int32Array(first.length + 1);
  for (let slot = 0; slot < first.length; slot++) start[slot + 1] = (start[slot] ?? 0) + (counts[slot] ?? 0);
  const entries = new Int32Array(mentions);
  const filled = start.slice(0, first.length);
  at = 0;
  visit(({ node, group }) => {
    const slot = slotOfMention[at++] ?? 0;
    const place = filled[slot] ?? 0;
    entries[place] = node.is_excluded ? ~group : group;
    filled[slot] = place + 1;
  });

  // A smaller table serves once the number of different nodes is known.
  const compact = new Int32Array(tableSize(first.length)).fill(-1);
  for (const [slot, node] of first.entries())
    compact[find(compact, first, node.node_type, node.node_id)] = slot;
  return { slotOf: finder(compact, first), start, entries };
}

/** A function of its own, so that it keeps nothing alive of what the index was built with. */
const finder =
  (table: Int32Array, first: readonly PromotionNode[]): NodeIndex['slotOf'] =>
  (type, id) =>
    table[find(table, first, type, id)] ?? -1;

/** Twice the entries, as a power of two. */
function tableSize(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(4, entries * 2)));
}

/** The place of the node, or the free one where it belongs. */
function find(
  table: Int32Array,
  nodes: readonly PromotionNode[],
  type: PromotionNode['node_type'],
  id: string,
): number {
  const mask = table.length - 1;
  let place = hash(TYPE_SEEDS[type], id) & mask;
  for (;;) {
    const slot = table[place] ?? -1;
    const node = slot === -1 ? undefined : nodes[slot];
    if (node === undefined || (node.node_id === id && node.node_type === type)) return place;
    place = (place + 1) & mask;
  }
}

/** FNV-1a over the code units, mixed once more so that the low bits are even. */
function hash(seed: number, id: string): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  return Math.imul(h, 0x2c1b3c6d) >>> 0;
}

/** Every node but those that include everything, which no index needs. */
export function visitNodes(
  promotions: readonly Promotion[],
  firstGroup: Int32Array,
  all: string,
  each: (mention: Mention) => void,
): void {
  for (const [position, { groups }] of promotions.entries()) {
    for (const [g, { nodes }] of groups.entries()) {
      const group = (firstGroup[position] ?? 0) + g;
      for (const node of nodes) if (node.node_id !== all) each({ node, group });
    }
  }
}
