import { z } from 'zod';

/** The supervisor tells the simulators that the demo store is there and its secrets can be read. */
export const SeededMessage = z.object({ type: z.literal('seeded') });
export const SEEDED_MESSAGE: z.infer<typeof SeededMessage> = { type: 'seeded' };

/** All of them listen; the floor on this port. */
export const FromSimulators = z.object({ type: z.literal('listening'), floor: z.number().int() });
export type FromSimulators = z.infer<typeof FromSimulators>;
