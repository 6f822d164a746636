import { fieldErrors } from '../../shared/http/problem.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Catalog } from './catalog_version.ts';
import { type Change, changeOf, type Issue, KeyIndex, storable } from './drafts.ts';
import type { Held } from './held.ts';
import { type Links, without } from './links.ts';
import { newPromotion } from './new_promotion.ts';
import { Operation, spelt, type Target } from './operation.ts';
import { Fields, patched, readGroup, readPatch } from './patch.ts';

/** After so many the rest is not looked at: the list is for people. */
const ISSUES_MAX = 100;

/** A promotion that the operations work on. */
interface Work {
  before: Held | null;
  document: Fields;
  links: Links;
  /** The operation that changed the document last and answers for what it has become; null: it is as it was. */
  changed_by: number | null;
}

type Step = Result<null, Issue[]>;
const DONE: Step = ok(null);

/**
 * Runs the operations in order over the promotions that they name. What has become of a promotion is judged
 * once, at the end: several operations may be needed to bring it from one family to another. The paths of
 * issues begin with the operation's place.
 */
export function applyOperations(
  given: readonly unknown[],
  catalog: Catalog,
  held: readonly Held[],
  freshId: () => string,
): Result<Change[], Issue[]> {
  const transaction = new Transaction(catalog, held, freshId);
  const issues: Issue[] = [];
  for (const [i, one] of given.entries()) {
    if (issues.length >= ISSUES_MAX) break;
    const operation = Operation.safeParse(spelt(one));
    const step: Step = operation.success
      ? transaction.run(operation.data, i)
      : err(fieldErrors(operation.error));
    if (!step.ok) issues.push(...at(i, step.error));
  }
  if (issues.length > 0) return err(issues.slice(0, ISSUES_MAX));
  return transaction.changes();
}

const at = (i: number, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: `/ops/${i}${issue.path}` }));

/** The keys and ids of the promotions that the operations name. */
export function namesIn(given: readonly unknown[]): { ids: string[]; keys: string[] } {
  const named = (field: string, one: Fields) => (typeof one[field] === 'string' ? [one[field]] : []);
  const all = given.flatMap((one) => {
    const fields = Fields.safeParse(one);
    return fields.success ? [fields.data] : [];
  });
  return {
    ids: all.flatMap((one) => named('promotion_id', one)),
    keys: all.flatMap((one) => [...named('retailer_promotion_id', one), ...named('promo_id_retailer', one)]),
  };
}

class Transaction {
  readonly #catalog: Catalog;
  readonly #freshId: () => string;
  readonly #index: KeyIndex;
  readonly #held: ReadonlyMap<string, Held>;
  readonly #work = new Map<string, Work>();

  constructor(catalog: Catalog, held: readonly Held[], freshId: () => string) {
    this.#catalog = catalog;
    this.#freshId = freshId;
    this.#index = new KeyIndex(held);
    this.#held = new Map(held.map((one) => [one.id, one]));
  }

  run(operation: Operation, i: number): Step {
    switch (operation.op) {
      case 'create':
        return this.#create(operation);
      case 'unlink':
        return this.#unlink(operation);
      case 'update': {
        const { op: _, promotion_id, retailer_promotion_id, store_id, ...fields } = operation;
        return this.#edit({ promotion_id, retailer_promotion_id, store_id }, i, (document) =>
          updated(document, fields),
        );
      }
      case 'nodes':
        return this.#edit(operation, i, (document) => withNodes(document, operation.group, operation.nodes));
      case 'groups':
        return this.#edit(operation, i, (document) => withGroups(document, operation.groups));
      case 'qualifiers':
        return this.#edit(operation, i, (document) => ok({ ...document, qualifiers: operation.qualifiers }));
    }
  }

  changes(): Result<Change[], Issue[]> {
    const changes: Change[] = [];
    const issues: Issue[] = [];
    for (const { before, document, links, changed_by } of this.#work.values()) {
      // What was only unlinked is as it was stored, perhaps under older rules.
      const promotion = changed_by === null ? ok(Promotion.parse(document)) : storable(document);
      if (!promotion.ok) issues.push(...at(changed_by ?? 0, promotion.error));
      else {
        const change = changeOf({
          before,
          promotion: promotion.value,
          links,
          source: before?.source ?? null,
        });
        if (change !== null) changes.push(change);
      }
      if (issues.length >= ISSUES_MAX) break;
    }
    return issues.length > 0 ? err(issues.slice(0, ISSUES_MAX)) : ok(changes);
  }

  #create({ op: _, ...document }: Fields): Step {
    const made = newPromotion(document, this.#freshId(), this.#catalog, this.#index);
    if (!made.ok) return made;
    const { promotion, key, links } = made.value;
    this.#index.set(promotion.id, key, links);
    this.#work.set(promotion.id, { before: null, document: promotion, links, changed_by: null });
    return DONE;
  }

  #unlink(operation: Target & { store_id: StoreId; ignore_missing: boolean }): Step {
    const found = this.#find(operation);
    if (!found.ok) return operation.ignore_missing && found.error[0]?.code === 'missing' ? DONE : found;
    const { id, work } = found.value;
    work.links = without(work.links, operation.store_id);
    const { retailer_promotion_id: key } = work.document;
    if (typeof key === 'string') this.#index.set(id, key, work.links);
    return DONE;
  }

  #edit(target: Target, i: number, edit: (document: Fields) => Result<Fields, Issue[]>): Step {
    const found = this.#find(target);
    if (!found.ok) return found;
    const { work } = found.value;
    const edited = edit(work.document);
    if (!edited.ok) return edited;
    work.document = edited.value;
    work.changed_by = i;
    return DONE;
  }

  #find({
    promotion_id,
    retailer_promotion_id,
    store_id,
  }: Target): Result<{ id: string; work: Work }, Issue[]> {
    const one = (path: string, code: string, message: string) => err([{ path, code, message }]);
    if (promotion_id === undefined && retailer_promotion_id === undefined)
      return one('/retailer_promotion_id', 'missing_field', 'names no promotion');
    const named =
      promotion_id === undefined
        ? this.#index.named(retailer_promotion_id ?? '', store_id)
        : this.#index.isKnown(promotion_id, store_id)
          ? [promotion_id]
          : [];
    const path = promotion_id === undefined ? '/retailer_promotion_id' : '/promotion_id';
    const [id, another] = named;
    if (id === undefined) return one(path, 'missing', 'there is no such promotion');
    if (another !== undefined)
      return one(path, 'ambiguous', 'more than one promotion has that key: name a store_id');
    const work = this.#workOf(id);
    return work === null ? one(path, 'missing', 'there is no such promotion') : ok({ id, work });
  }

  #workOf(id: string): Work | null {
    const known = this.#work.get(id);
    const before = this.#held.get(id);
    if (known !== undefined || before === undefined) return known ?? null;
    const document = Fields.parse(JSON.parse(before.document));
    const work: Work = { before, document, links: before.links, changed_by: null };
    this.#work.set(id, work);
    return work;
  }
}

/** Header fields, and the bounds of groups by name; the groups' nodes stay. */
function updated(document: Fields, given: Fields): Result<Fields, Issue[]> {
  const patch = readPatch(given);
  if (!patch.ok) return patch;
  const { groups, ...header } = patch.value;
  const next = patched(document, header);
  if (groups === undefined) return ok(next);
  if (Array.isArray(groups)) return withBounds(next, groups);
  return err([{ path: '/groups', code: 'invalid_type', message: 'expected a list of groups' }]);
}

function withBounds(document: Fields, bounds: readonly unknown[]): Result<Fields, Issue[]> {
  const groups = groupsOf(document);
  for (const [i, one] of bounds.entries()) {
    const { name, minimum, maximum, ...rest } = Fields.safeParse(one).data ?? {};
    const place = groups.findIndex((group) => group['name'] === name);
    if (place < 0)
      return err([{ path: `/groups/${i}/name`, code: 'missing', message: 'there is no such group' }]);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined)
      return err([
        {
          path: `/groups/${i}/${unknown}`,
          code: 'unknown_field',
          message: 'only the bounds of a group are updated',
        },
      ]);
    groups[place] = patched(groups[place] ?? {}, {
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
    });
  }
  return ok({ ...document, groups });
}

function withNodes(document: Fields, name: string | undefined, nodes: Fields[]): Result<Fields, Issue[]> {
  const groups = groupsOf(document);
  if (name === undefined && groups.length > 1)
    return err([{ path: '/group', code: 'missing_field', message: 'the promotion has several groups' }]);
  const place = name === undefined ? 0 : groups.findIndex((group) => group['name'] === name);
  if (groups[place] === undefined)
    return err([{ path: '/group', code: 'missing', message: 'there is no such group' }]);
  return ok({ ...document, groups: groups.map((group, i) => (i === place ? { ...group, nodes } : group)) });
}

/** A list of groups; or their nodes by name, where a group that is there keeps its bounds. */
function withGroups(
  document: Fields,
  given: Fields[] | Record<string, Fields[] | Fields>,
): Result<Fields, Issue[]> {
  if (Array.isArray(given)) return ok({ ...document, groups: given.map(readGroup) });
  const before = new Map(groupsOf(document).map((group) => [group['name'], group]));
  const groups = Object.entries(given).map(([name, group]) => ({
    ...before.get(name),
    ...(Array.isArray(group) ? { nodes: group } : readGroup(group)),
    name,
  }));
  return ok({ ...document, groups });
}

const groupsOf = ({ groups }: Fields): Fields[] =>
  Array.isArray(groups) ? groups.map((one) => Fields.parse(one)) : [];
