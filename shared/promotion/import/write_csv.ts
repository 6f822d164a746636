import { currencyExponent } from '../../money/currency.ts';
import { err, ok, type Result } from '../../result.ts';
import type { Promotion, PromotionGroup, PromotionNode } from '../schema.ts';
import { COLUMN_NAMES, escapeText, GROUP_COLUMN, KEY_COLUMN, PROMOTION_COLUMNS } from './csv_columns.ts';
import { formatDecimal } from './decimal.ts';
import { type ImportedPromotion, type ImportProblem, problem } from './entry.ts';

type Cells = Record<string, string>;

const PERCENT_DIGITS = 2;

/**
 * Promotions as CSV that reads back as the same promotions, amounts in `currency`. What CSV has no column for
 * (attribute filters, a promotion without a retailer's key) is refused by its key rather than left out.
 */
export function writeCsv(
  promotions: readonly ImportedPromotion[],
  currency: string,
): Result<string, ImportProblem[]> {
  const problems = promotions.flatMap(inexpressible);
  if (problems.length > 0) return err(problems);
  const rows = promotions.flatMap((imported) => rowsOf(imported, currency));
  const lines = [
    COLUMN_NAMES.join(','),
    ...rows.map((cells) => COLUMN_NAMES.map((name) => quoted(cells[name] ?? '')).join(',')),
  ];
  return ok(lines.map((line) => `${line}\r\n`).join(''));
}

function inexpressible({ promotion, store_codes }: ImportedPromotion): ImportProblem[] {
  const key = promotion.retailer_promotion_id ?? '';
  const { groups, qualifiers } = promotion;
  const nodes = groups.flatMap((group) => group.nodes);
  const found: ImportProblem[] = [];
  const refuse = (code: string, message: string): void => {
    found.push(problem(key, code, message));
  };
  if (key === '') refuse('missing_key', `${promotion.id} has no ${KEY_COLUMN}`);
  if ([promotion, ...groups, ...nodes].some((holder) => holder.filters !== undefined))
    refuse('filters', 'CSV has no column for attribute filters');
  if (nodes.some((node) => node.is_excluded && node.discount_type !== undefined))
    refuse('excluded_discount', 'CSV has no column for the discount of an exclusion');
  if (store_codes?.length === 0) refuse('no_stores', 'CSV cannot tell no store from every store');
  const texts = [
    key,
    promotion.title,
    promotion.description,
    promotion.short_code ?? '',
    promotion.target_group ?? '',
    ...groups.map((group) => group.name),
    ...nodes.map((node) => node.node_id),
    ...qualifiers.flatMap(({ id, description }) => [id, description]),
    ...(store_codes ?? []),
  ];
  if (texts.some((text) => text !== text.trim()))
    refuse('outer_space', 'CSV does not keep white space around a text');
  return found;
}

function rowsOf({ promotion, store_codes }: ImportedPromotion, currency: string): Cells[] {
  const header = headerCells(promotion, store_codes, currency);
  const groups = promotion.groups.flatMap((group) => groupRows(promotion, group, currency));
  return groups.map((cells, i) => ({
    ...(i === 0 ? header : {}),
    [KEY_COLUMN]: promotion.retailer_promotion_id ?? '',
    ...cells,
  }));
}

function headerCells(promotion: Promotion, stores: string[] | null, currency: string): Cells {
  const fields: Record<string, unknown> = { ...promotion, ...promotion.schedule };
  const cells: Cells = { currency };
  for (const { name, kind } of PROMOTION_COLUMNS) {
    const value = fields[name];
    if (value === undefined || name === 'discount_value' || kind === 'qualifiers') continue;
    if (kind === 'money') cells[name] = typeof value === 'number' ? amount(value, currency) : '';
    else if (kind === 'days' && Array.isArray(value))
      cells[name] = value.map((day) => (day ? 1 : 0)).join('');
    else cells[name] = String(value);
  }
  cells['discount_value'] = worth(promotion.discount_type, promotion.discount_value, currency);
  cells['qualifiers'] = promotion.qualifiers
    .map(
      ({ id, description }) => `${escapeText(id)}${description === '' ? '' : `=${escapeText(description)}`}`,
    )
    .join('|');
  if (stores !== null) cells['stores'] = stores.map(escapeText).join('|');
  return cells;
}

/** A row for the nodes without a discount of their own, then a row a node that has one. */
function groupRows(promotion: Promotion, group: PromotionGroup, currency: string): Cells[] {
  const isSpend =
    promotion.family === 'basket_threshold' ||
    (promotion.family === 'basket_threshold_target' && group.name !== promotion.target_group);
  const first: Cells = isSpend
    ? { minimum_spend: amount(group.minimum, currency) }
    : { minimum: String(group.minimum), maximum: group.maximum === undefined ? '' : String(group.maximum) };
  return runs(group.nodes).map((nodes, i) => ({
    [GROUP_COLUMN]: group.name,
    ...(i === 0 ? first : {}),
    ...nodeCells(nodes, currency),
  }));
}

/** Nodes in their order, cut where a row could not keep it: a row lists items, categories, then exclusions. */
function runs(nodes: readonly PromotionNode[]): PromotionNode[][] {
  const cut: PromotionNode[][] = [];
  for (const node of nodes) {
    const last = cut.at(-1);
    const before = last?.at(-1);
    const fits =
      before !== undefined &&
      rank(node) >= rank(before) &&
      (node.is_excluded ||
        (node.discount_type === before.discount_type && node.discount_value === before.discount_value));
    if (fits) last?.push(node);
    else cut.push([node]);
  }
  return cut;
}

const rank = (node: PromotionNode): number =>
  (node.is_excluded ? 2 : 0) + (node.node_type === 'item' ? 0 : 1);

function nodeCells(nodes: readonly PromotionNode[], currency: string): Cells {
  const list = (wanted: number): string =>
    nodes
      .filter((node) => rank(node) === wanted)
      .map((node) => `${node.node_type === 'item' ? '' : `${node.node_type}=`}${escapeText(node.node_id)}`)
      .join('|');
  const [first] = nodes;
  const cells: Cells = {
    items: list(0),
    categories: list(1),
    excluded_items: list(2),
    excluded_categories: list(3),
  };
  if (first?.discount_type === undefined || first.discount_value === undefined) return cells;
  return {
    ...cells,
    item_discount_type: first.discount_type,
    item_discount_value: worth(first.discount_type, first.discount_value, currency),
  };
}

const worth = (type: string, value: number, currency: string): string =>
  type === 'percent' ? formatDecimal(value, PERCENT_DIGITS) : amount(value, currency);

const amount = (minor: number, currency: string): string => formatDecimal(minor, currencyExponent(currency));

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
