import { z } from 'zod';
import { VerificationNeed } from '../../shared/basket/verification.ts';
import { BasketId, type StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { CheckRefusal, ChecksForCloud } from '../../shared/rpc/checks.ts';
import type { BasketNamespace, StoreNamespace } from '../env.ts';
import type { Refusal } from '../http/refuse.ts';

/** What a basket's object refuses, as the routes describe it; anything else is a conflict of the moment. */
const Code = z
  .enum([
    'basket_expired',
    'basket_locked',
    'conflict',
    'forbidden',
    'idempotency_in_flight',
    'idempotency_key_reuse',
    'not_found',
    'not_paid',
    'precondition_failed',
    'rate_limited',
    'second_reviewer_needed',
    'store_unavailable',
    'verification_not_open',
  ])
  .catch('conflict');

/** Puts one question to the object of a basket; its answer is of another Worker and is parsed here. */
export async function askBasket<T extends z.ZodType>(
  baskets: BasketNamespace,
  basketId: BasketId,
  schema: T,
  question: (basket: ChecksForCloud) => Promise<Result<unknown, CheckRefusal>>,
): Promise<Result<z.output<T>, Refusal>> {
  let answer: Result<unknown, CheckRefusal>;
  try {
    answer = await question(baskets.getByName(basketId));
  } catch {
    return err({ code: 'store_unavailable' });
  }
  if (answer.ok) return ok(schema.parse(answer.value));
  const { code, detail } = answer.error;
  return err({ code: Code.parse(code), ...(detail === undefined ? {} : { detail }) });
}

const Waiting = z.array(
  z.object({
    basket_id: BasketId,
    code: z.string(),
    need: VerificationNeed,
    revision: z.number().int(),
    opened_at: z.number().int(),
  }),
);

/** The baskets that wait for staff, the longest first; null: the store does not answer. */
export async function waitingAt(
  stores: StoreNamespace,
  storeId: StoreId,
): Promise<z.infer<typeof Waiting> | null> {
  try {
    return Waiting.parse(await stores.getByName(storeId).waitingBaskets());
  } catch {
    return null;
  }
}
