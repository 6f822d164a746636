import { createRequire } from 'node:module';
import { z } from 'zod';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';
import type { Peer } from './peer.ts';
import { PEERS_PACKAGE } from './peers_folder.ts';
import { componentsOf, type PlainIndex, type Touched, touchedBy } from './touch.ts';
import { unitSaving } from './unit_saving.ts';

const SOLVE_MS_MAX = 2000;
const FAMILIES: readonly string[] = ['easy', 'combo', 'requisite', 'basket_threshold'];

const Solver = z.object({
  solve: z.custom<(model: Model, options: { timeout: number }) => { status: string; result: number }>(
    (value) => typeof value === 'function',
  ),
});

interface Model {
  direction: 'maximize';
  objective: string;
  constraints: [string, { min?: number; max?: number; equal?: number }][];
  variables: [string, [string, number][]][];
  integers: string[];
}

/**
 * An exact integer program for each component: how many units of each line go into each part of each promotion,
 * and how often each promotion applies. The solver picks the units itself. A promotion's own order of taking
 * them is no linear constraint and falls away, and so does the check of each set by itself: it saves at least
 * what the best plan by the promotions' rules saves, often more. Spend thresholds are not in it.
 */
export async function yalps(index: PlainIndex, solveMsMax = SOLVE_MS_MAX): Promise<Peer> {
  const foreign = index.promotions.find(({ family }) => !FAMILIES.includes(family));
  if (foreign !== undefined) throw new Error(`the integer program knows no ${foreign.family}`);
  const { solve } = Solver.parse(createRequire(PEERS_PACKAGE)('yalps'));
  return {
    name: 'YALPS, exact, given index and components',
    evaluate(lines) {
      let saved = 0;
      let proved = true;
      for (const component of componentsOf(touchedBy(index, lines), lines)) {
        const alone = component.length === 1 ? directAlone(component[0], lines) : null;
        if (alone !== null) {
          saved += alone;
          continue;
        }
        const { status, result } = solve(modelOf(component, lines), { timeout: solveMsMax });
        if (status !== 'optimal') proved = false;
        if (Number.isFinite(result)) saved += Math.round(result);
      }
      return { saved, proved };
    },
  };
}

/** A promotion of single units that nobody competes with needs no solver. Null: it is not one. */
function directAlone(touched: Touched | undefined, lines: readonly PromotionLine[]): number | null {
  if (touched === undefined) return null;
  const { promotion, members } = touched;
  if (promotion.family !== 'easy' || promotion.groups[0]?.minimum !== 1) return null;
  const savings = (members[0] ?? []).flatMap((line) => {
    const own = lines[line];
    if (own === undefined) return [];
    return Array<number>(own.quantity).fill(Math.max(0, unitSaving(promotion, own)));
  });
  savings.sort((a, b) => b - a);
  const sum = savings.slice(0, promotion.max_applications).reduce((a, b) => a + b, 0);
  return Math.min(sum, promotion.max_discount ?? sum);
}

function modelOf(component: readonly Touched[], lines: readonly PromotionLine[]): Model {
  const model: Model = {
    direction: 'maximize',
    objective: 'saved',
    constraints: [],
    variables: [],
    integers: [],
  };
  const used = new Set<number>();
  for (const [p, touched] of component.entries()) {
    addPromotion(model, p, touched, lines);
    for (const line of touched.members.flat()) used.add(line);
  }
  for (const line of used) model.constraints.push([`u${line}`, { max: lines[line]?.quantity ?? 0 }]);
  return model;
}

/** A part of a promotion: so many units an application, discounted or only needed. */
interface Part {
  lines: readonly number[];
  units: number;
  isDiscounted: boolean;
}

function addPromotion(
  model: Model,
  p: number,
  { promotion, members }: Touched,
  lines: readonly PromotionLine[],
): void {
  const { discount_type, discount_value, max_applications, max_discount } = promotion;
  // With a cap, what is saved is a variable of its own, below the cap and below what the units give.
  const gain = max_discount === undefined ? model.objective : `d${p}`;
  const perApplication =
    discount_type === 'percent' ? 0 : discount_type === 'amount' ? discount_value : -discount_value;
  const applications: [string, number][] = perApplication === 0 ? [] : [[gain, perApplication]];
  const isSingle = promotion.family === 'easy' && promotion.groups[0]?.minimum === 1;
  for (const [g, { lines: own, units, isDiscounted }] of partsOf(promotion, members).entries()) {
    for (const line of own) {
      const one = lines[line];
      if (one === undefined || (isSingle && unitSaving(promotion, one) <= 0)) continue;
      const saving =
        discount_type === 'percent'
          ? unitSaving(promotion, one)
          : discount_type === 'fixed'
            ? one.unit_price
            : 0;
      const coefficients: [string, number][] = [
        [`u${line}`, 1],
        [`b${p},${g}`, 1],
      ];
      if (isDiscounted && saving !== 0) coefficients.push([gain, saving]);
      const key = `x${p},${g},${line}`;
      model.variables.push([key, coefficients]);
      model.integers.push(key);
    }
    model.constraints.push([`b${p},${g}`, { equal: 0 }]);
    applications.push([`b${p},${g}`, -units]);
  }
  applications.push([`k${p}`, 1]);
  model.constraints.push([`k${p}`, { max: max_applications }]);
  model.variables.push([`k${p}`, applications]);
  model.integers.push(`k${p}`);
  if (max_discount === undefined) return;
  model.constraints.push([`d${p}`, { min: 0 }], [`c${p}`, { max: max_discount }]);
  model.variables.push([
    `s${p}`,
    [
      [model.objective, 1],
      [`d${p}`, -1],
      [`c${p}`, 1],
    ],
  ]);
}

function partsOf(promotion: Promotion, members: readonly (readonly number[])[]): Part[] {
  const { family, groups, target_group, target_quantity = 0 } = promotion;
  const part = (g: number, units: number, isDiscounted: boolean): Part => ({
    lines: members[g] ?? [],
    units,
    isDiscounted,
  });
  switch (family) {
    case 'easy':
    case 'combo':
      return groups.map(({ minimum }, g) => part(g, minimum, true));
    case 'requisite':
      if (groups.length === 1) {
        const minimum = groups[0]?.minimum ?? 0;
        return [part(0, target_quantity, true), part(0, minimum - target_quantity, false)];
      }
      return groups.map(({ minimum, name }, g) => part(g, minimum, name === target_group));
    default:
      return [];
  }
}
