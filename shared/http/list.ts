import { z } from 'zod';

/** The query of every list: a page is bounded and continues after, or ends before, a known id. */
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  starting_after: z.string().max(128).optional(),
  ending_before: z.string().max(128).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), has_more: z.boolean() });
