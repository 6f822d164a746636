import type { Item } from '../../shared/catalog/item.ts';

export interface FieldError {
  path: string;
  code: string;
  message: string;
}

/** Which item of the retailer's own has a SKU now. */
export interface SkuOwner {
  sku: string;
  id: string;
}

/**
 * What makes a list of items impossible: an id or SKU twice in it, a SKU that an item outside of it has, or a group of
 * add-ons that nobody can choose.
 * `owners` are the stored items whose SKU the list uses.
 */
export function itemErrors(items: readonly Item[], owners: readonly SkuOwner[]): FieldError[] {
  const listed = new Set<string>(items.map(({ id }) => id));
  const taken = new Set(owners.filter(({ id }) => !listed.has(id)).map(({ sku }) => sku));
  const ids = new Set<string>();
  const skus = new Set<string>();
  const errors: FieldError[] = [];
  for (const [i, { id, sku, addon_groups = [] }] of items.entries()) {
    for (const [g, { min, max }] of addon_groups.entries())
      if (min > max)
        errors.push({
          path: `/items/${i}/addon_groups/${g}/min`,
          code: 'above_max',
          message: `a group of at least ${min} and at most ${max} can never be chosen`,
        });
    if (ids.has(id))
      errors.push({ path: `/items/${i}/id`, code: 'duplicate', message: `item ${id} is in the list twice` });
    if (skus.has(sku))
      errors.push({
        path: `/items/${i}/sku`,
        code: 'duplicate',
        message: `SKU "${sku}" is in the list twice`,
      });
    if (taken.has(sku))
      errors.push({ path: `/items/${i}/sku`, code: 'taken', message: `another item has the SKU "${sku}"` });
    ids.add(id);
    skus.add(sku);
  }
  return errors;
}
