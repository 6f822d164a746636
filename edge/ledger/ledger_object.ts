import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';

/** One account of the store's own money: a gift card, a shopper's points or credit. */
export class LedgerObject extends DurableObject<Env> {}
