import { z } from 'zod';
import { type Basket, DecideVerification } from '../api/basket.ts';
import { type Order, ReviewOrder } from '../api/order.ts';
import type { ProblemCode } from '../http/problem.ts';
import type { BasketId } from '../ids/index.ts';
import type { Result } from '../result.ts';
import { RefundStaff } from './refunds.ts';
import type { WaitingBasket } from './store.ts';

/** What staff look at in baskets and bags, for the cloud, which binds to the edge's objects from its own Worker. */

/** Who calls, and the call's key: the same again is answered what it did, with another body it is refused. */
const call = {
  staff: RefundStaff,
  key: z.object({ route: z.string(), key: z.string().max(255), body_hash: z.string().max(128) }).nullable(),
};
export const DecideCheck = z.object({
  ...call,
  verdict: z.enum(['approved', 'rejected']),
  request: DecideVerification,
});
export type DecideCheck = z.infer<typeof DecideCheck>;
export const ReviewBag = z.object({ ...call, review: ReviewOrder });
export type ReviewBag = z.infer<typeof ReviewBag>;

export interface CheckRefusal {
  code: ProblemCode;
  detail?: string;
}

/** Of a basket that is not there or not within reach every method says `not_found`. */
export interface ChecksForCloud {
  basketFor(staff: RefundStaff): Promise<Result<Basket, CheckRefusal>>;
  decideCheck(decide: DecideCheck): Promise<Result<Basket, CheckRefusal>>;
  reviewBag(review: ReviewBag): Promise<Result<Order, CheckRefusal>>;
}

/** What the StoreObject says of it: the baskets that wait for staff, the longest first. */
export interface WaitingForCloud {
  waitingBaskets(): Promise<({ basket_id: BasketId } & WaitingBasket)[]>;
}
