import { z } from 'zod';
import { StoreId } from '../../shared/ids/index.ts';
import { Fields } from './patch.ts';

export const OPERATIONS_MAX = 10_000;
const KEY_MAX = 255;

/** Documented letter, our word. */
const WORDS: Readonly<Record<string, string>> = {
  c: 'create',
  d: 'unlink',
  u: 'update',
  n: 'nodes',
  g: 'groups',
  s: 'qualifiers',
};
/** Documented name of what an operation itself says, and ours. */
const NAMES: Readonly<Record<string, string>> = {
  promo_id_retailer: 'retailer_promotion_id',
  group_to_nodes: 'groups',
  promo_group_nodes: 'nodes',
  special_promo_info: 'qualifiers',
};

/** Which promotion: by the retailer's key, in a store where stores differ, or by our id. */
const target = {
  promotion_id: z.string().min(1).max(KEY_MAX).optional(),
  retailer_promotion_id: z.string().min(1).max(KEY_MAX).optional(),
  store_id: StoreId.optional(),
};
const List = z.array(Fields);

export const Operation = z.discriminatedUnion('op', [
  z.looseObject({ op: z.literal('create') }),
  z.strictObject({
    op: z.literal('unlink'),
    ...target,
    store_id: StoreId,
    ignore_missing: z.boolean().default(false),
  }),
  z.looseObject({ op: z.literal('update'), ...target }),
  z.strictObject({ op: z.literal('nodes'), ...target, group: z.string().optional(), nodes: List }),
  z.strictObject({
    op: z.literal('groups'),
    ...target,
    groups: z.union([List, z.record(z.string(), z.union([List, Fields]))]),
  }),
  z.strictObject({ op: z.literal('qualifiers'), ...target, qualifiers: List }),
]);
export type Operation = z.infer<typeof Operation>;
export type Target = Pick<Extract<Operation, { op: 'nodes' }>, keyof typeof target>;

/** An operation with our words for what it says of itself; the fields of a promotion stay as they are. */
export function spelt(given: unknown): unknown {
  const fields = Fields.safeParse(given);
  if (!fields.success) return given;
  const { op } = fields.data;
  const word = typeof op === 'string' ? (WORDS[op] ?? op) : op;
  // What creates or updates holds a promotion's own fields, whose names its parser knows.
  const names =
    word === 'create' ? {} : word === 'update' ? { promo_id_retailer: 'retailer_promotion_id' } : NAMES;
  const named: Readonly<Record<string, string>> = names;
  return {
    ...Object.fromEntries(Object.entries(fields.data).map(([name, value]) => [named[name] ?? name, value])),
    op: word,
  };
}
