import { z } from 'zod';

/** An amount of money: a safe integer in the minor unit of a currency that stands beside it. */
export const MinorUnits = z.int();
export type MinorUnits = z.infer<typeof MinorUnits>;
