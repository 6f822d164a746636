import { err, ok, type Result } from '../result.ts';
import { GROUP_NAMES, HEADER_NAMES, QUALIFIER_NAMES, SCHEDULE_NAMES } from './documented_names.ts';
import { Promotion } from './schema.ts';

export type PromotionError = {
  code: 'bad_promotion';
  issues: { path: string; code: string; message: string }[];
};

/**
 * A promotion from a file or a request: our own words, the documented field names and letter codes, or a mix
 * of them. A null counts as absent and unknown fields are dropped. Paths of issues use our own names.
 */
export function parsePromotion(document: unknown): Result<Promotion, PromotionError> {
  const parsed = Promotion.safeParse(isRecord(document) ? translate(document) : document);
  if (parsed.success) return ok(parsed.data);
  const issues = parsed.error.issues.map(({ path, code, message }) => ({
    path: path.map(String).join('.'),
    code,
    message,
  }));
  return err({ code: 'bad_promotion', issues });
}

type Fields = Record<string, unknown>;

/** Our field name, documented letter code, our word. */
const WORDS = new Map<string, ReadonlyMap<unknown, string>>([
  [
    'family',
    new Map([
      ['e', 'easy'],
      ['p', 'easy_plus'],
      ['c', 'combo'],
      ['l', 'line_special'],
      ['b', 'basket_threshold'],
      ['t', 'basket_threshold_target'],
      ['r', 'requisite'],
      ['m', 'evenly_distributed'],
    ]),
  ],
  [
    'criteria',
    new Map([
      ['p', 'priority'],
      ['b', 'best_discount'],
    ]),
  ],
  [
    'discount_type',
    new Map([
      ['p', 'percent'],
      ['v', 'amount'],
      ['f', 'fixed'],
    ]),
  ],
  [
    'discount_on',
    new Map([
      ['a', 'set'],
      ['e', 'unit'],
    ]),
  ],
  [
    'price_base',
    new Map([
      ['m', 'mrp'],
      ['s', 'selling'],
      ['f', 'running'],
    ]),
  ],
  [
    'applies_as',
    new Map([
      ['b', 'discount'],
      ['c', 'cashback'],
      ['t', 'tender'],
      ['p', 'poslog_exclusion'],
    ]),
  ],
  [
    'availability',
    new Map([
      ['a', 'all'],
      ['s', 'special'],
    ]),
  ],
  ['selection', selectionWords()],
  ['trigger_selection', selectionWords()],
  ['node_type', new Map([['i', 'item']])],
]);

/** A document's fields under our own names and in our words; what it does not understand stays as it is. */
export function translate(document: Fields): Fields {
  const fields = spell(rename(document, HEADER_NAMES));
  const schedule = rename(pick(document, SCHEDULE_NAMES), SCHEDULE_NAMES);
  if (typeof schedule['active_days'] === 'string') schedule['active_days'] = daysOf(schedule['active_days']);
  if (Object.keys(schedule).length > 0) {
    fields['schedule'] = { ...(isRecord(fields['schedule']) ? fields['schedule'] : {}), ...schedule };
  }
  const extra = isRecord(document['extra_data']) ? document['extra_data'] : {};
  const split = extra['evenly_distributed_multiline_discount_split_type'];
  if (split === 'e') fields['distribution'] = 'equal';
  if (extra['threshold_excludes_targets'] === true) fields['threshold_excludes_targets'] = true;
  fields['groups'] = each(fields['groups'], translateGroup);
  fields['qualifiers'] = each(fields['qualifiers'], (link) => rename(link, QUALIFIER_NAMES));
  return fields;
}

function translateGroup(group: Fields): Fields {
  const fields = rename(group, GROUP_NAMES);
  fields['nodes'] = each(fields['nodes'], (node) => spell(rename(node, new Map())));
  return fields;
}

/** Gives fields their own names and leaves nulls out. */
function rename(document: Fields, names: ReadonlyMap<string, string>): Fields {
  return Object.fromEntries(
    Object.entries(document)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [names.get(name) ?? name, value]),
  );
}

function spell(fields: Fields): Fields {
  const words = Object.entries(fields).map(([name, value]) => [name, WORDS.get(name)?.get(value) ?? value]);
  const spelt: Fields = Object.fromEntries(words);
  if (spelt['discount_type'] === undefined || spelt['discount_type'] === 'percent') {
    spelt['discount_value'] = basisPoints(spelt['discount_value']);
  }
  return spelt;
}

/** A percentage as decimal text, `"12.50"`, is 1250 basis points; more than two decimals stay text and fail. */
function basisPoints(value: unknown): unknown {
  const parts = typeof value === 'string' ? /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(value) : null;
  return parts === null ? value : Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'));
}

function daysOf(text: string): unknown {
  return /^[01]{7}$/.test(text) ? [...text].map((day) => day === '1') : text;
}

function pick(document: Fields, names: ReadonlyMap<string, string>): Fields {
  return Object.fromEntries(Object.entries(document).filter(([name]) => names.has(name)));
}

function each(list: unknown, change: (element: Fields) => Fields): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((element: unknown) => (isRecord(element) ? change(element) : element));
}

function selectionWords(): ReadonlyMap<unknown, string> {
  return new Map([
    ['l', 'lowest_first'],
    ['lc', 'lowest_of_highest'],
    ['m', 'highest_first'],
    ['x', 'lowest_of_each_set'],
  ]);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
