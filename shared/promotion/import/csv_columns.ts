/** What a cell holds; `docs/promotion_import.md` lists every column. */
export type CellKind =
  | 'text'
  | 'whole'
  | 'flag'
  | 'money'
  /** A percentage where the type beside it is `percent`, else money. */
  | 'value'
  | 'days'
  | 'qualifiers'
  | 'codes';

export interface Column {
  name: string;
  kind: CellKind;
}

const text = (name: string): Column => ({ name, kind: 'text' });
const whole = (name: string): Column => ({ name, kind: 'whole' });
const flag = (name: string): Column => ({ name, kind: 'flag' });
const money = (name: string): Column => ({ name, kind: 'money' });

export const KEY_COLUMN = 'retailer_promotion_id';

/** Of the promotion: the same on each of its rows, or empty on all but one. */
export const PROMOTION_COLUMNS: readonly Column[] = [
  text('title'),
  text('description'),
  text('short_code'),
  text('family'),
  whole('layer'),
  text('criteria'),
  whole('priority'),
  text('discount_type'),
  { name: 'discount_value', kind: 'value' },
  text('discount_on'),
  text('price_base'),
  whole('max_applications'),
  money('max_discount'),
  text('selection'),
  text('trigger_selection'),
  text('target_group'),
  whole('target_quantity'),
  flag('is_active'),
  text('start'),
  text('end'),
  { name: 'active_days', kind: 'days' },
  flag('is_happy_hour'),
  text('availability'),
  { name: 'qualifiers', kind: 'qualifiers' },
  flag('stackable'),
  flag('exclusive'),
  text('applies_as'),
  flag('include_addons'),
  text('distribution'),
  flag('threshold_excludes_targets'),
  { name: 'stores', kind: 'codes' },
  text('currency'),
];

/** Of a group of the promotion: the same on each of the group's rows, or empty on all but one. */
export const GROUP_COLUMNS: readonly Column[] = [whole('minimum'), money('minimum_spend'), whole('maximum')];

/** Of a row alone. */
export const NODE_COLUMNS = [
  'items',
  'excluded_items',
  'categories',
  'excluded_categories',
  'item_discount_type',
  'item_discount_value',
] as const;

export const GROUP_COLUMN = 'group';

/** Every column in the order in which a file is written. */
export const COLUMN_NAMES: readonly string[] = [
  KEY_COLUMN,
  ...PROMOTION_COLUMNS.map((column) => column.name),
  GROUP_COLUMN,
  ...GROUP_COLUMNS.map((column) => column.name),
  ...NODE_COLUMNS,
];

/** Columns of a schedule, which a promotion keeps apart. */
export const SCHEDULE_COLUMNS: ReadonlySet<string> = new Set([
  'start',
  'end',
  'active_days',
  'is_happy_hour',
]);

/** Splits at unescaped `|`; `\|`, `\=` and `\\` stand for the character itself. */
export function splitList(cell: string): string[] {
  return cell === '' ? [] : splitAt(cell, '|').map((part) => part.trim());
}

/** The text before and behind the first unescaped `=`, both unescaped; null behind where there is none. */
export function splitPair(part: string): [string, string | null] {
  const [name = '', ...rest] = splitAt(part, '=');
  return [unescapeText(name), rest.length === 0 ? null : unescapeText(rest.join('='))];
}

export const unescapeText = (text: string): string => text.replace(/\\([\\|=])/g, '$1');
export const escapeText = (text: string): string => text.replace(/[\\|=]/g, '\\$&');

/** The pieces keep their escapes. */
function splitAt(text: string, separator: string): string[] {
  const pieces = [''];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === separator) pieces.push('');
    else {
      const isEscape = character === '\\' && at + 1 < text.length;
      pieces[pieces.length - 1] += isEscape ? character + text[++at] : character;
    }
  }
  return pieces;
}
