import { z } from 'zod';
import { Instant } from '../api/common.ts';

/** One step of a trip as its object wrote it down: which, when, and JSON of what belongs to it. */
export const StoryStep = z.object({ at: Instant, what: z.string(), detail: z.string() });
export type StoryStep = z.infer<typeof StoryStep>;
