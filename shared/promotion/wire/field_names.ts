type Fields = Record<string, unknown>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Our name of a request's field, and what else it may be called, in the order in which they are looked for. */
const REQUEST_NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['special_promos', ['special_promos_info']],
];
const ITEM_NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['line_id', ['id', 'item_id']],
  ['quantity', ['qty']],
  ['unit_price', ['sp']],
  ['categories', ['catgories']],
];

/** An evaluation request under our names. A null counts as absent; our own name wins over another. */
export function inOurNames(body: unknown): unknown {
  if (!isRecord(body)) return body;
  const request = renamed(body, REQUEST_NAMES);
  const basket = request['basket'];
  if (!isRecord(basket)) return request;
  const items = basket['items'];
  return {
    ...request,
    basket: {
      ...withoutNulls(basket),
      ...(Array.isArray(items) ? { items: items.map((item: unknown) => itemInOurNames(item)) } : {}),
    },
  };
}

/** The same of one item. */
export const itemInOurNames = (item: unknown): unknown => (isRecord(item) ? renamed(item, ITEM_NAMES) : item);

function renamed(fields: Fields, names: typeof ITEM_NAMES): Fields {
  const named = withoutNulls(fields);
  for (const [ours, others] of names) {
    const found = [ours, ...others].find((name) => named[name] !== undefined);
    if (found !== undefined) named[ours] = named[found];
  }
  return named;
}

const withoutNulls = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

/** What a caller may have called a field: the first that stands in the document, else the first of all. */
const WRITTEN: ReadonlyMap<string, readonly string[]> = new Map([
  ...[...REQUEST_NAMES, ...ITEM_NAMES].map(([ours, others]) => [ours, [ours, ...others]] as const),
  ['id', ['id', 'ksuid', 'group_qualifier_id']],
  ['groups', ['promo_groups', 'groups']],
  ['nodes', ['promo_group_nodes', 'nodes']],
  ['minimum', ['qty_or_value_min', 'minimum']],
  ['maximum', ['qty_or_value_max', 'maximum']],
  ['retailer_promotion_id', ['promo_id_retailer', 'retailer_promotion_id']],
  ['criteria', ['evaluate_criteria', 'criteria']],
  ['priority', ['evaluate_priority', 'priority']],
  ['discount_on', ['discount_type_strategy', 'discount_on']],
  ['price_base', ['discount_value_on', 'price_base']],
  ['max_applications', ['max_application_limit', 'max_applications']],
  ['selection', ['discounted_group_item_selection_criteria', 'selection']],
  ['trigger_selection', ['requisite_groups_item_selection_criteria', 'trigger_selection']],
  ['target_group', ['target_discounted_group_name', 'target_group']],
  ['target_quantity', ['target_discounted_group_qty_min', 'target_quantity']],
  ['applies_as', ['discount_apply_type', 'applies_as']],
  ['stackable', ['apply_on_discounted_items', 'stackable']],
  ['qualifiers', ['special_promo_info', 'qualifiers']],
  ['short_code', ['promo_short_code', 'short_code']],
  ['start', ['start_date_time', 'start']],
  ['end', ['end_date_time', 'end']],
]);

/**
 * A path in our names as it runs through the caller's own document, whichever names that uses. A schedule may
 * stand in the promotion itself; then its step falls away.
 */
export function asWritten(document: unknown, path: readonly PropertyKey[]): PropertyKey[] {
  const written: PropertyKey[] = [];
  let node: unknown = document;
  for (const step of path) {
    if (Array.isArray(node)) {
      node = node[Number(step)];
      written.push(step);
      continue;
    }
    const fields: Fields = isRecord(node) ? node : {};
    const name = String(step);
    const present = (one: string) => fields[one] !== undefined && fields[one] !== null;
    if (name === 'schedule' && !present(name)) continue;
    const names = WRITTEN.get(name) ?? [name];
    const found = names.find(present) ?? names[0] ?? name;
    written.push(found);
    node = fields[found];
  }
  return written;
}
