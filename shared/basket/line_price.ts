import type { Item } from '../catalog/item.ts';
import type { LineCharge } from './charge.ts';
import type { LineKind, PriceOverride } from './lines.ts';

export interface LineToPrice {
  line_id: string;
  item: Item;
  quantity: number;
  /** What its label or weight makes it cost; absent or null: the shelf's price. */
  charge?: LineCharge | null | undefined;
  /** Absent: `item`. */
  kind?: LineKind | undefined;
  override?: PriceOverride | null | undefined;
}

type Priceable = Pick<LineToPrice, 'item' | 'charge' | 'override'>;

/** What one unit of the line costs before promotions, in minor units. */
export const unitPriceOf = ({ override, ...line }: Priceable): number =>
  override?.unit_price ?? askedPriceOf(line);

/** The same before anybody of the staff changed it. */
export const askedPriceOf = ({ item, charge }: Pick<Priceable, 'item' | 'charge'>): number =>
  charge?.unit_price ?? item.unit_price;
