import type { AddonGroup, Item } from '../catalog/item.ts';
import { err, ok, type Result } from '../result.ts';
import type { HeldLine } from './lines.ts';

type AddonRefusal = { code: 'addon_not_offered' } | { code: 'quantity_limit' };

/** How many of a group were chosen for each unit of the line. */
function chosen(lines: readonly HeldLine[], parentId: string, group: AddonGroup): number {
  const items = new Set<string>(group.item_ids);
  return lines
    .filter((one) => one.kind === 'addon' && one.parent_line_id === parentId && items.has(one.item.id))
    .reduce((sum, { per_parent }) => sum + (per_parent ?? 1), 0);
}

/** Whether so many of an item may be chosen beside each unit of a line. */
export function choose(
  lines: readonly HeldLine[],
  parent: HeldLine,
  addon: Item,
  quantity: number,
): Result<null, AddonRefusal> {
  const groups = (parent.item.addon_groups ?? []).filter(({ item_ids }) => item_ids.includes(addon.id));
  if (groups.length === 0) return err({ code: 'addon_not_offered' });
  const fits = groups.every((group) => chosen(lines, parent.line_id, group) + quantity <= group.max);
  return fits ? ok(null) : err({ code: 'quantity_limit' });
}

/** The first group of which too few were chosen, or too many; null: the choice is complete. */
export function unfinishedChoice(lines: readonly HeldLine[]): { line: HeldLine; group: AddonGroup } | null {
  for (const line of lines) {
    if (line.kind === 'addon' || line.kind === 'deposit') continue;
    for (const group of line.item.addon_groups ?? []) {
      const count = chosen(lines, line.line_id, group);
      if (count < group.min || count > group.max) return { line, group };
    }
  }
  return null;
}
