import { sentence } from '../../../../shared/promotion/describe/sentence.ts';
import { type PromotionState, stateAt } from '../../../../shared/promotion/describe/state_at.ts';
import type { NameOf } from '../../../../shared/promotion/describe/things.ts';
import { ALL_ITEMS } from '../../../../shared/promotion/schema.ts';
import type { Filters } from '../address.ts';
import { isFor, type Store, type Stored } from '../data/records.ts';

/** A promotion with what its row says of it. */
export interface Row {
  promotion: Stored;
  state: PromotionState;
  text: string;
}

export interface RowSource {
  promotions: Iterable<Stored>;
  currency: string;
  nameOf: NameOf;
  /** The wall clock that states are told by. */
  now: string;
}

export function rowsOf({ promotions, currency, nameOf, now }: RowSource): Row[] {
  return [...promotions].map((promotion) => ({
    promotion,
    state: stateAt(promotion, now),
    text: sentence(promotion, { currency, nameOf }),
  }));
}

const TURN: readonly PromotionState[] = ['live', 'scheduled', 'off', 'ended'];

/** The rows that the filters leave, live ones first, then by what they say. */
export function chooseRows(rows: readonly Row[], filters: Filters, stores: readonly Store[]): Row[] {
  const store = stores.find(({ id }) => id === filters.store);
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter(({ promotion, state, text }) => {
      if (filters.state !== '' && state !== filters.state) return false;
      if (filters.family !== '' && promotion.family !== filters.family) return false;
      if (store !== undefined && !isFor(promotion, store.id)) return false;
      if (words.length === 0) return true;
      const said = textOf(promotion, text);
      return words.every((word) => said.includes(word));
    })
    .sort((a, b) => TURN.indexOf(a.state) - TURN.indexOf(b.state) || a.text.localeCompare(b.text));
}

function textOf(promotion: Stored, text: string): string {
  const nodes = promotion.groups.flatMap((group) => group.nodes.map(({ node_id }) => node_id));
  const said = [
    text,
    promotion.title,
    promotion.description,
    promotion.retailer_promotion_id ?? '',
    ...nodes,
  ];
  return said.join('\n').toLowerCase();
}

/** A group of more items than that is said as a number, and names are asked for so many at most. */
const NAMED_MAX = 3;
const ASKED_MAX = 40;

/** The items that the rows' sentences name. */
export function skusSaid(rows: readonly Row[]): string[] {
  const groups = rows.flatMap(({ promotion }) => promotion.groups);
  const skus = groups.flatMap(({ nodes }) => {
    const items = nodes.filter(({ node_type, node_id }) => node_type === 'item' && node_id !== ALL_ITEMS);
    return items.length > NAMED_MAX ? [] : items.map(({ node_id }) => node_id);
  });
  return [...new Set(skus)].slice(0, ASKED_MAX);
}
