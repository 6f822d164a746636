import { z } from 'zod';
import { CollectionStatus } from '../order/collection.ts';

/** RFC 9457 problem details with the members that Sesame adds. `code` is stable; a client may switch on it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  request_id: z.string().optional(),
  retryable: z.boolean(),
  shortage: z
    .object({ item_id: z.string(), available: z.number().int(), requested: z.number().int() })
    .optional(),
  /** Of `quota_exceeded`: in the quota's unit, but `allowed`, which counts pieces. */
  quota: z
    .object({
      quota_id: z.string(),
      unit: z.string(),
      limit: z.number().int(),
      used: z.number().int(),
      requested: z.number().int(),
      allowed: z.number().int(),
    })
    .optional(),
  /** Of `collection_conflict`: where the order stands. */
  collection_status: CollectionStatus.optional(),
});
export type Problem = z.infer<typeof Problem>;
/** Of which item how many are there, and how many were wanted. */
export type Shortage = NonNullable<Problem['shortage']>;

/** Every code that leaves one of the services: its HTTP status and its title. */
export const PROBLEMS = {
  bad_request: [400, 'The request cannot be read'],
  malformed_json: [400, 'The body is not JSON'],
  unauthenticated: [401, 'A valid token is needed'],
  forbidden: [403, 'This role may not do that'],
  not_found: [404, 'There is no such resource'],
  unknown_item: [404, 'No item of this store has that code'],
  unknown_store: [404, 'There is no such store'],
  channel_not_allowed: [403, 'That is not taken here: it needs a till or a terminal of the store'],
  method_not_allowed: [405, 'This resource has no such method'],
  epc_sold: [409, 'This tag is already sold'],
  epc_in_basket: [409, 'This tag is already in the basket'],
  unit_in_basket: [409, 'This very unit is already in the basket'],
  item_expired: [409, 'This item is past its use-by date'],
  epc_in_other_basket: [409, 'This tag is in another basket'],
  out_of_stock: [409, 'This item is out of stock'],
  quantity_limit: [409, 'More of this item cannot be added'],
  quantity_fixed: [409, 'A tagged or labelled item has quantity one'],
  basket_empty: [409, 'The basket is empty'],
  basket_expired: [409, 'The basket has expired'],
  basket_locked: [409, 'The basket has become an order'],
  wishlist_full: [409, 'The wishlist has too many items'],
  basket_full: [409, 'The basket has too many lines'],
  total_limit: [409, 'The basket comes to more than this store takes'],
  quota_exceeded: [409, 'That is more than this traveller may buy'],
  boarding_pass_needed: [409, 'A boarding pass is needed for these goods'],
  tag_needed: [409, 'This item is scanned by its tag'],
  not_sold_this_way: [409, 'This item is not sold this way'],
  addon_not_offered: [409, 'That cannot be chosen beside this item'],
  addons_incomplete: [409, 'Something is still to be chosen beside an item'],
  outside_store: [409, 'This can only be done in the store'],
  verification_not_needed: [409, 'Nobody has to check this basket'],
  verification_not_open: [409, 'Nobody asked for a check of this basket'],
  verification_required: [409, 'A member of staff must check this basket first'],
  already_paid: [409, 'The order is already paid'],
  not_published: [409, 'Nothing was published to this store yet'],
  not_refunded: [409, 'The money has not gone back yet'],
  order_cancelled: [409, 'The order is cancelled'],
  not_paid: [409, 'The order is not paid yet'],
  second_reviewer_needed: [409, 'Another member of staff must look at this order'],
  collection_conflict: [409, 'The order is not at that step of its collection'],
  not_to_collect: [409, 'Nobody has to collect this order'],
  not_collected: [409, 'The order is not collected yet'],
  payment_in_progress: [409, 'Another payment of this order is still open'],
  payment_not_cancellable: [409, 'This payment cannot be cancelled any more'],
  payment_not_confirmable: [409, 'This payment waits for nothing'],
  terminal_busy: [409, 'This terminal is busy with another payment'],
  zero_total_refused: [409, 'This store does not give goods away for nothing'],
  amount_mismatch: [409, 'That amount is more than what is due'],
  insufficient_funds: [409, 'There is not enough on the account'],
  quantity_refunded: [409, 'These units went back already'],
  not_refundable: [409, 'That does not go back'],
  not_refundable_here: [409, 'A till sold that order: it goes back where it was sold'],
  refund_window_over: [409, 'It was sold too long ago'],
  approval_required: [409, 'Another member of staff must decide that'],
  refund_exceeds_captured: [422, 'That is more than was paid and is still here'],
  refund_exceeds_line: [422, 'That is more than was paid for this line'],
  method_not_refundable: [422, 'The money cannot go back that way'],
  idempotency_in_flight: [409, 'The first call with this key is still running'],
  conflict: [409, 'The resource has changed meanwhile'],
  too_many_leases: [409, 'The device has too many open blocks of numbers'],
  offline_disabled: [409, 'This store sells nothing while the line is cut'],
  offline_sale_limit: [409, 'That is more than one sale may be while the line is cut'],
  offline_total_limit: [409, 'That is more than may be sold while the line is cut'],
  offline_count_limit: [409, 'No more sales may be made while the line is cut'],
  offline_time_limit: [409, 'The line has been cut for longer than selling is allowed'],
  pay_later_limit: [409, 'That much may not be left to be paid later'],
  numbers_exhausted: [409, 'This till has no more numbers for its receipts'],
  journal_damaged: [409, 'The records of this till were changed by somebody; staff must look at them'],
  precondition_failed: [412, 'The resource is not at that revision'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body must be JSON'],
  bad_code: [422, 'That is not a readable code'],
  invalid: [422, 'Some fields are not valid'],
  unknown_gateway: [422, 'The store has no such payment gateway or method'],
  card_number_refused: [422, 'That holds a card number: only a token of the provider is taken'],
  boarding_pass_refused: [422, 'That boarding pass does not count here'],
  wrong_token: [422, 'That is not the token of this order'],
  bad_pass: [422, 'The exit pass is not valid'],
  idempotency_key_reuse: [422, 'This key was used with another body'],
  invalid_signature: [401, 'The signature does not match'],
  rate_limited: [429, 'Too many requests'],
  internal: [500, 'Something went wrong on our side'],
  provider_unavailable: [503, 'The payment provider cannot be reached right now'],
  store_unavailable: [503, 'The store cannot be reached right now'],
  disk_full: [507, 'The store agent cannot write to its disk'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

const RETRYABLE: ReadonlySet<ProblemCode> = new Set([
  'idempotency_in_flight',
  'payment_in_progress',
  'terminal_busy',
  'rate_limited',
  'internal',
  'provider_unavailable',
  'store_unavailable',
  'disk_full',
]);

export interface ProblemExtras {
  detail?: string | undefined;
  errors?: { path: string; code: string; message: string }[] | undefined;
  request_id?: string | undefined;
  shortage?: Shortage | undefined;
  collection_status?: CollectionStatus | undefined;
  quota?: Problem['quota'];
}

/** The problem document of a code. `type` is a relative reference to the service's own page of codes. */
export function problem(code: ProblemCode, extras: ProblemExtras = {}): Problem {
  const [status, title] = PROBLEMS[code];
  return {
    type: `/docs#${code}`,
    title,
    status,
    code,
    ...(extras.detail === undefined ? {} : { detail: extras.detail }),
    ...(extras.errors === undefined ? {} : { errors: extras.errors }),
    ...(extras.request_id === undefined ? {} : { request_id: extras.request_id }),
    retryable: RETRYABLE.has(code),
    ...(extras.shortage === undefined ? {} : { shortage: extras.shortage }),
    ...(extras.quota === undefined ? {} : { quota: extras.quota }),
    ...(extras.collection_status === undefined ? {} : { collection_status: extras.collection_status }),
  };
}

/** What a refused zod parse says on the wire: one entry a field, its path in JSON Pointer form (RFC 6901). */
export function fieldErrors(error: z.ZodError): { path: string; code: string; message: string }[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: pointerOf([...issue.path, key]),
        code: 'unknown_field',
        message: `unknown field "${key}"`,
      }));
    }
    return [{ path: pointerOf(issue.path), code: issue.code, message: issue.message }];
  });
}

/** RFC 6901, section 3: the whole document is the empty text, every step begins with a slash. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
