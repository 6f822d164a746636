import type { Item } from '../catalog/item.ts';
import type { CodeLookup } from '../catalog/resolution.ts';
import { type ItemRefusal, resolveItem, scanRules } from '../catalog/resolve.ts';
import type { ScanInput } from '../catalog/scan.ts';
import type { StoreConfig } from '../config/store_config.ts';
import { err, ok, type Result } from '../result.ts';
import { chargeOf, type LineCharge } from './charge.ts';

/** What a scan put into the hand: the item, the tag or label of this very unit, and what it costs beside the shelf. */
export interface Understood {
  item: Item;
  gtin?: string;
  epc?: string;
  charge?: LineCharge;
  /** Past its best-before date: sold, and shown to staff. */
  best_before_passed?: boolean;
}

/** In the words of the contract: what was wrong with the code is the detail of `bad_code`. */
export type UnderstandRefusal =
  | { code: 'bad_code'; detail: string }
  | { code: 'unknown_item' }
  /** `detail` is the date that has passed. */
  | { code: 'item_expired'; detail: string };

/** One scan by the rules of a store at this moment; the edge and a till read every code alike. */
export function understand(
  scan: ScanInput,
  lookup: CodeLookup<Item>,
  config: StoreConfig,
  nowMs: number,
): Result<Understood, UnderstandRefusal> {
  const rules = scanRules(config, nowMs);
  const found = resolveItem(scan, lookup, rules);
  if (!found.ok) return err(refusalOf(found.error));
  const charge = chargeOf(found.value, { markdown_promotable: rules.policy.rtc.promotable });
  if (!charge.ok) return charge;
  const { item, gtin14, epc, best_before_passed } = found.value;
  return ok({
    item,
    ...(gtin14 === undefined ? {} : { gtin: gtin14 }),
    ...(epc === undefined ? {} : { epc }),
    ...(charge.value === null ? {} : { charge: charge.value }),
    ...(best_before_passed === undefined ? {} : { best_before_passed }),
  });
}

function refusalOf(error: ItemRefusal): UnderstandRefusal {
  switch (error.code) {
    case 'bad_code':
      return { code: 'bad_code', detail: error.detail };
    case 'no_item':
      return { code: 'bad_code', detail: error.kind };
    case 'item_expired':
      return { code: 'item_expired', detail: error.expired };
    case 'unknown_item':
      return { code: 'unknown_item' };
  }
}
