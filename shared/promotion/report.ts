import type { AppliedPromotion, EvaluatedLine, Evaluation, ProgramShare, PromotionBasket } from './basket.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { Units } from './units.ts';

export const ENGINE_VERSION = '1';

/** What the ledger holds, in the words of the basket. `gap`: what a better plan could still take off. */
export function report(basket: PromotionBasket, units: Units, ledger: Ledger, gap: number): Evaluation {
  const lines: EvaluatedLine[] = basket.lines.map(({ line_id, quantity }) => ({
    line_id,
    unit_discounts: Array<number>(quantity).fill(0),
    discount: 0,
    promotions: [],
  }));
  let discount_total = 0;
  for (let unit = 0; unit < units.count; unit++) {
    const discount = (units.selling[unit] ?? 0) - (units.pay[unit] ?? 0);
    const line = lines[units.line[unit] ?? 0];
    if (discount === 0 || line === undefined) continue;
    const place = units.place[unit] ?? 0;
    line.unit_discounts[place] = (line.unit_discounts[place] ?? 0) + discount;
    line.discount += discount;
    discount_total += discount;
  }
  let cashback_total = 0;
  let tender_total = 0;
  const applied: AppliedPromotion[] = [];
  for (const entry of ledger.entries) {
    const { applies_as } = entry.candidate.rule.promotion;
    if (applies_as === 'cashback') cashback_total += entry.discount;
    else if (applies_as === 'tender') tender_total += entry.discount;
    else addToLines(entry, units, lines);
    applied.push(appliedOf(entry, basket, units));
  }
  return {
    discount_total,
    cashback_total,
    tender_total,
    lines,
    applied,
    optimality:
      gap === 0
        ? { status: 'proved' }
        : { status: 'bounded', upper_bound: discount_total + cashback_total + tender_total + gap },
    engine_version: ENGINE_VERSION,
  };
}

function addToLines(entry: Entry, units: Units, lines: EvaluatedLine[]): void {
  const { promotion } = entry.candidate.rule;
  for (let i = 0; i < entry.units.length; i++) {
    const discount = entry.discounts[i] ?? 0;
    if (discount === 0) continue;
    const own = lines[units.line[entry.units[i] ?? 0] ?? 0]?.promotions;
    const last = own?.at(-1);
    if (last !== undefined && last.promotion_id === promotion.id) last.discount += discount;
    else own?.push({ promotion_id: promotion.id, title: promotion.title, discount });
  }
}

function appliedOf(entry: Entry, { lines }: PromotionBasket, units: Units): AppliedPromotion {
  const { rule, limit } = entry.candidate;
  const { promotion } = rule;
  return {
    promotion_id: promotion.id,
    retailer_promotion_id: promotion.retailer_promotion_id ?? null,
    title: promotion.title,
    family: promotion.family,
    layer: rule.layer,
    criteria: promotion.criteria,
    priority: promotion.priority ?? null,
    applies_as: promotion.applies_as,
    discount: entry.discount,
    applications: entry.applications,
    max_applications: limit,
    programs: programsOf(entry),
    units: entry.units.map((unit, i) => ({
      line_id: lines[units.line[unit] ?? 0]?.line_id ?? '',
      unit_index: units.place[unit] ?? 0,
      role: entry.roles[i] === 1 ? ('trigger' as const) : ('target' as const),
      discount: entry.discounts[i] ?? 0,
      application: entry.application[i] ?? 0,
    })),
  };
}

/** Each input stands for as many applications as it allowed, in the order of the basket's programs. */
function programsOf({ candidate, discounts, application, applications }: Entry): ProgramShare[] {
  let from = 0;
  return (candidate.unlock?.by ?? []).flatMap(({ program, qualification, qualifier, limit }) => {
    const to = from + limit;
    let discount = 0;
    for (let i = 0; i < discounts.length; i++) {
      const a = application[i] ?? 0;
      if (a >= from && a < to) discount += discounts[i] ?? 0;
    }
    const isUsed = from < applications;
    from = to;
    return isUsed
      ? [
          {
            program_name: program.program_name,
            program_title: program.program_title ?? null,
            input: qualification.input,
            qualifier_id: qualifier?.id ?? qualification.qualifier_ids[0] ?? null,
            description: qualifier?.description ?? '',
            discount,
          },
        ]
      : [];
  });
}
