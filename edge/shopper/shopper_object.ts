import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';

/** What is kept of one shopper beyond a trip: saved cards and the wishlist. Its name is the shopper's id. */
export class ShopperObject extends DurableObject<Env> {}
