import type { Item } from '../catalog/item.ts';
import type { OpenLinePolicy } from '../config/basket_policy.ts';
import { err, ok, type Result } from '../result.ts';
import type { LineCharge } from './charge.ts';

type Refusal = { code: 'unknown_item' } | { code: 'invalid'; min: number; max: number };

/** What the shopper names a price for, as a thing that is sold once at that price. `amount` in minor units. */
export function openLine(
  policies: readonly OpenLinePolicy[],
  kind: string,
  amount: number,
): Result<{ item: Item; charge: LineCharge }, Refusal> {
  const policy = policies.find((one) => one.kind === kind);
  if (policy === undefined) return err({ code: 'unknown_item' });
  const { item_id, sku, name, tax_code, min, max } = policy;
  if (amount < min || amount > max) return err({ code: 'invalid', min, max });
  return ok({
    item: {
      id: item_id,
      sku,
      name,
      gtins: [],
      codes: [],
      category: [],
      unit_price: amount,
      tax_code,
      sold_by: 'each',
      tagged: false,
    },
    charge: { unit_price: amount, by: 'open_price', promotable: false },
  });
}
