import { z } from 'zod';
import { GROUP_NAMES, HEADER_NAMES, SCHEDULE_NAMES } from '../../shared/promotion/documented_names.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Issue } from './drafts.ts';

/** A part of a promotion: our field names, values in either vocabulary, null for what goes back to its default. */
export type Fields = Record<string, unknown>;
export const Fields = z.record(z.string(), z.unknown());

const OURS = new Set(Object.keys(Promotion.shape));
/** Decided once, when the promotion is created. */
const FIXED = new Set([
  'id',
  'ksuid',
  'retailer',
  'retailer_promotion_id',
  'promo_id_retailer',
  'updated_on',
]);

/** A list of changed fields in our own names. What may not be changed and what is no field at all is an issue. */
export function readPatch(given: Fields): Result<Fields, Issue[]> {
  const fields: Fields = {};
  const schedule: Fields = {};
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(given)) {
    const path = `/${name}`;
    if (FIXED.has(name))
      issues.push({ path, code: 'read_only', message: 'is decided when the promotion is created' });
    else if (SCHEDULE_NAMES.has(name))
      schedule[SCHEDULE_NAMES.get(name) ?? name] = name === 'active_days' ? daysOf(value) : value;
    else if (name === 'schedule' && Fields.safeParse(value).success) Object.assign(schedule, value);
    else if (name === 'extra_data') Object.assign(fields, extraOf(value));
    else if (HEADER_NAMES.has(name) || OURS.has(name)) fields[HEADER_NAMES.get(name) ?? name] = value;
    else issues.push({ path, code: 'unknown_field', message: `unknown field "${name}"` });
  }
  if (fields['groups'] !== undefined) fields['groups'] = eachIn(fields['groups'], readGroup);
  if (Object.keys(schedule).length > 0) fields['schedule'] = schedule;
  return issues.length > 0 ? err(issues) : ok(fields);
}

/** A promotion's document with the changed fields; whether it still is a promotion is for its parser to say. */
export function patched(document: Fields, patch: Fields): Fields {
  const next = merged(document, patch);
  const schedule = Fields.safeParse(patch['schedule']);
  if (schedule.success)
    next['schedule'] = merged(Fields.safeParse(document['schedule']).data ?? {}, schedule.data);
  return next;
}

/** RFC 7396 for one level: null takes a member away. */
function merged(document: Fields, patch: Fields): Fields {
  return Object.fromEntries(Object.entries({ ...document, ...patch }).filter(([, value]) => value !== null));
}

/** A group with our names for its fields. */
export const readGroup = (group: Fields): Fields =>
  Object.fromEntries(Object.entries(group).map(([name, value]) => [GROUP_NAMES.get(name) ?? name, value]));

export function eachIn(list: unknown, change: (one: Fields) => Fields): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((one: unknown) => {
    const fields = Fields.safeParse(one);
    return fields.success ? change(fields.data) : one;
  });
}

/** The settings of a family that the documented format keeps apart; they are replaced together. */
function extraOf(value: unknown): Fields {
  const extra = Fields.safeParse(value).data ?? {};
  return {
    distribution: extra['evenly_distributed_multiline_discount_split_type'] === 'e' ? 'equal' : null,
    threshold_excludes_targets: extra['threshold_excludes_targets'] === true ? true : null,
  };
}

const daysOf = (value: unknown): unknown =>
  typeof value === 'string' && /^[01]{7}$/.test(value) ? [...value].map((day) => day === '1') : value;
