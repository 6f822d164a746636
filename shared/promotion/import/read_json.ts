import { err, ok } from '../../result.ts';
import { Promotion, PromotionGroup } from '../schema.ts';
import { type Draft, type DraftReader, type ImportNote, note, problem, type Read } from './entry.ts';
import { type JsonSlice, JsonSplitter } from './split_json.ts';

type Fields = Record<string, unknown>;

/** Where an entry may say by what key the retailer knows it, the best first. */
const KEY_NAMES = ['retailer_promotion_id', 'promo_id_retailer', 'id', 'ksuid'];
/** Of this file alone, and of the documented entry: who it belongs to and when it was changed. */
const FILE_NAMES = ['stores', 'retailer', 'updated_on', 'extra_data'];

const HEADER_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(Promotion.shape),
  ...FILE_NAMES,
  'ksuid',
  'promo_id_retailer',
  'evaluate_criteria',
  'evaluate_priority',
  'discount_type_strategy',
  'discount_value_on',
  'max_application_limit',
  'discounted_group_item_selection_criteria',
  'requisite_groups_item_selection_criteria',
  'target_discounted_group_name',
  'target_discounted_group_qty_min',
  'discount_apply_type',
  'apply_on_discounted_items',
  'promo_groups',
  'promo_short_code',
  'special_promo_info',
  'start_date_time',
  'end_date_time',
  'active_days',
  'is_happy_hour',
]);
const GROUP_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(PromotionGroup.shape),
  'id',
  'qty_or_value_min',
  'qty_or_value_max',
  'promo_group_nodes',
]);
const NAMES_IN_A_NOTE = 10;

/** Our own JSON: a promotion a line, an array of them, or `{"promotions": […]}`. */
export class JsonReader implements DraftReader {
  readonly #splitter = new JsonSplitter();

  push(text: string): Read {
    return read(this.#splitter.push(text));
  }

  end(): Read {
    return read(this.#splitter.end());
  }

  breakOff(): Draft[] {
    return [];
  }
}

function read(split: ReturnType<JsonSplitter['push']>): Read {
  return { drafts: split.slices.map(draftOf), problem: split.problem };
}

function draftOf({ line, text }: JsonSlice): Draft {
  const refused = (code: string, message: string): Draft => ({
    line,
    key: '',
    store_codes: null,
    document: err([problem('', code, message)]),
    notes: [],
  });
  if (text === null) return refused('entry_too_big', 'the entry is larger than a promotion may be');
  const document = parse(text);
  if (document === undefined) return refused('bad_json', 'the entry is not JSON');
  if (!isRecord(document)) return refused('not_an_object', 'expected an object');
  const notes = unknownNames(document);
  const stores = storesOf(document['stores'], notes);
  return {
    line,
    key: keyOf(document),
    store_codes: stores === undefined ? null : stores,
    document:
      stores === undefined
        ? err([problem('stores', 'bad_stores', 'expected a list of store codes')])
        : ok(document),
    notes,
  };
}

/** Undefined where the text is not JSON, which no JSON text stands for. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keyOf(document: Fields): string {
  for (const name of KEY_NAMES) {
    const value = document[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** Codes, or the documented links `{store_id, deleted_at}` of which the live ones count; undefined if neither. */
function storesOf(value: unknown, notes: ImportNote[]): string[] | null | undefined {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return undefined;
  const codes: string[] = [];
  for (const link of value) {
    const code: unknown = isRecord(link) ? link['store_id'] : link;
    if (typeof code !== 'string' || code === '') return undefined;
    if (isRecord(link) && link['deleted_at'] !== undefined && link['deleted_at'] !== null)
      notes.push(note('deleted_store', `the link to store ${code} is deleted and left out`));
    else codes.push(code);
  }
  return codes;
}

function unknownNames(document: Fields): ImportNote[] {
  const names = Object.keys(document).filter((name) => !HEADER_NAMES.has(name));
  const groups: unknown = document['groups'] ?? document['promo_groups'];
  if (Array.isArray(groups)) {
    for (const [i, group] of groups.entries()) {
      if (!isRecord(group)) continue;
      for (const name of Object.keys(group)) if (!GROUP_NAMES.has(name)) names.push(`groups.${i}.${name}`);
    }
  }
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_IN_A_NOTE).join(', ');
  const more = names.length > NAMES_IN_A_NOTE ? ` and ${names.length - NAMES_IN_A_NOTE} more` : '';
  return [note('unknown_field', `not read: ${shown}${more}`)];
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
