import type { z } from 'zod';
import { type Outcome, type PageCall, request } from '../../shared/ui/http.ts';
import { kept, offline, remember, trouble } from './trip.ts';

export const POLL_MS = 700;
export const RETRY_MS = 2_000;
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What each refusal means to a shopper: what happened and what to do. Money has not moved in any of these. */
const HINTS: Record<string, string> = {
  unknown_item: 'Try the barcode again, or ask a member of staff.',
  bad_code: 'Hold the code flat and scan again, or type the digits under it.',
  item_expired: 'It is past its date. Please give it to a member of staff and take another one.',
  unit_in_basket: 'You have this piece already.',
  epc_sold: 'Someone has paid for this very piece already. Please show it to staff.',
  epc_in_other_basket: 'Another shopper has this very piece in a basket.',
  epc_in_basket: 'You have this piece already.',
  out_of_stock: 'Please ask a member of staff.',
  quantity_limit: 'There is a limit on this item.',
  tag_needed: 'Hold the phone or the reader to its tag instead.',
  not_sold_this_way: 'It is not for sale here by itself. Please ask a member of staff.',
  total_limit: 'This basket is full. Pay for it first.',
  outside_store: 'Please come to the store first.',
  verification_required: 'Call staff from your basket. Nothing was charged.',
  addons_incomplete: 'Choose what is missing, or take the item out.',
  basket_expired: 'The basket was left too long. Start a new one; nothing was charged.',
  rate_limited: 'Wait a moment and try again.',
};

/** What was wrong with a code, where it is worth telling apart. */
const DETAILS: Record<string, string> = {
  weight_needed: 'It must be weighed first. Please use the scale or ask a member of staff.',
  ambiguous:
    'Two items bear these digits. Please scan the code instead of typing it, or ask a member of staff.',
  coupon: 'That is a coupon, not an item.',
  loyalty: 'That is a loyalty card, not an item.',
  boarding_pass: 'That is a boarding pass, not an item.',
  exit_pass: 'That is an exit pass. Show it at the gate.',
  staff_pass: 'That is a pass of the staff, not an item.',
};

export async function call<T extends z.ZodType>(
  schema: T,
  path: string,
  options: PageCall = {},
): Promise<Outcome<z.infer<T>>> {
  const outcome = await request(schema, path, { token: kept.value?.token ?? null, ...options });
  offline.value = !outcome.ok && outcome.problem === null;
  if (!outcome.ok && outcome.problem !== null) {
    const { code, title, detail } = outcome.problem;
    trouble.value = {
      title,
      hint: DETAILS[detail ?? ''] ?? HINTS[code] ?? 'Please try again. Nothing was charged.',
    };
    if (code === 'unauthenticated' || code === 'not_found') remember(null);
  }
  return outcome;
}
