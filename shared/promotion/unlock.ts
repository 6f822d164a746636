import type { Qualification, SpecialPromotion } from './basket.ts';
import type { Promotion } from './schema.ts';

/** How often a promotion may apply to this basket, and who unlocked it. */
export interface Unlock {
  limit: number;
  /** In the order of the basket's programs; empty for a promotion that is for everybody. */
  by: readonly UnlockedBy[];
  /** The promotion with the header fields that a program replaced. */
  promotion: Promotion;
}

export interface UnlockedBy {
  program: SpecialPromotion;
  qualification: Qualification;
  qualifier: Promotion['qualifiers'][number] | null;
  limit: number;
}

/**
 * A special promotion applies only to a basket that brings one of its qualifiers. Each matching input allows
 * its own number of applications, or the promotion's; they add up. The first override of them counts.
 */
export function unlock(promotion: Promotion, programs: readonly SpecialPromotion[]): Unlock {
  if (promotion.availability === 'all') return { limit: promotion.max_applications, by: [], promotion };
  const links = new Map(promotion.qualifiers.map((qualifier) => [qualifier.id, qualifier]));
  const matching = programs.flatMap((program) =>
    program.group_qualifiers.flatMap((qualification) => {
      const id = qualification.qualifier_ids.find((qualifier) => links.has(qualifier));
      const isOwn = qualification.on_the_fly === undefined;
      return id === undefined || !isOwn ? [] : [{ program, qualification, qualifier: links.get(id) ?? null }];
    }),
  );
  const override = matching.find(({ qualification }) => qualification.override !== undefined);
  const changed: Promotion =
    override === undefined ? promotion : { ...promotion, ...override.qualification.override };
  const by = matching.map((match) => ({
    ...match,
    limit: match.qualification.max_application_limit ?? changed.max_applications,
  }));
  return { limit: by.reduce((sum, { limit }) => sum + limit, 0), by, promotion: changed };
}

/** Promotions that exist for this basket alone, each with the program that brought it. */
export function onTheFly(programs: readonly SpecialPromotion[]): Unlock[] {
  return programs.flatMap((program) =>
    program.group_qualifiers.flatMap((qualification) => {
      const promotion = qualification.on_the_fly;
      if (promotion === undefined) return [];
      const limit = qualification.max_application_limit ?? promotion.max_applications;
      return [{ limit, by: [{ program, qualification, qualifier: null, limit }], promotion }];
    }),
  );
}
