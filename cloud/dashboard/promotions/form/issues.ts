/** What is wrong at a field: `path` in our own names, dotted, as `parsePromotion` has them. */
export interface FieldIssue {
  path: string;
  message: string;
}

/** The schema's own sentences in the words of the shop. */
const SENTENCES = new Map([
  ['group names must differ', 'Two parts have the same name.'],
  ['at least one unit', 'At least 1.'],
  ['below the minimum', 'Not below the fewest.'],
  ['a percentage is at most 10000 basis points', 'A percentage is at most 100.'],
  ['a special promotion needs a qualifier', 'Name at least one coupon or card.'],
  ['the end is before the start', 'The end is before the start.'],
  ['names no group', 'Choose which part is reduced.'],
  ['from 1 to the minimum of the group', 'From 1 to the number that is bought together.'],
  ['a discount of its own needs both type and value', 'Write both the kind of discount and its value.'],
  ['no such day', 'There is no such day.'],
  ['expected a local date and time', 'Write a date and a time.'],
]);

/** An issue of the schema or of the service as a plain sentence at its field. */
export function plainIssue({
  path,
  code,
  message,
}: {
  path: string;
  code: string;
  message: string;
}): FieldIssue {
  const said = SENTENCES.get(message);
  if (said !== undefined) return { path, message: said };
  if (/^groups\.\d+\.nodes$/.test(path)) {
    if (code === 'too_small' || code === 'nothing_included')
      return { path, message: 'Choose at least one item or category.' };
    return { path, message: 'Too many items in one part.' };
  }
  if (/^qualifiers\.\d+\.id$/.test(path) && code === 'too_small')
    return { path, message: 'Write the coupon or card.' };
  if (code === 'too_big') return { path, message: 'Too long or too large.' };
  if (code === 'too_small') return { path, message: 'Too short or too small.' };
  if (code === 'invalid_type') return { path, message: 'Fill this in.' };
  if (code === 'duplicate_key')
    return { path, message: 'Another promotion in one of these stores has this key.' };
  return { path, message: message.charAt(0).toUpperCase() + message.slice(1) };
}

/** The service names fields by JSON Pointer (RFC 6901). */
export const issuesOfService = (
  errors: readonly { path: string; code: string; message: string }[],
): FieldIssue[] =>
  errors.map(({ path, code, message }) =>
    plainIssue({ path: path.replace(/^\//, '').replaceAll('/', '.'), code, message }),
  );

const NAMES = new Map([
  ['discount_value', 'What they get'],
  ['target_quantity', 'Of which reduced'],
  ['retailer_promotion_id', 'Your own key'],
  ['max_applications', 'Times a basket'],
  ['max_discount', 'Saves at most'],
  ['schedule.start', 'From'],
  ['schedule.end', 'Until'],
  ['qualifiers', 'Coupons and cards'],
  ['store_ids', 'Stores'],
]);

/** What a field is called on the form. */
export function nameOfField(path: string): string {
  const known = NAMES.get(path);
  if (known !== undefined) return known;
  const group = /^groups\.(\d+)\.(\w+)(?:\.(\d+))?/.exec(path);
  if (group !== null) {
    const part = `Part ${Number(group[1]) + 1}`;
    if (group[2] === 'minimum') return `${part}, how many`;
    return group[3] === undefined ? `${part}, of what` : `${part}, item ${Number(group[3]) + 1}`;
  }
  const word = path.replaceAll(/[._]/g, ' ').trim();
  return word === '' ? 'The promotion' : word.charAt(0).toUpperCase() + word.slice(1);
}
