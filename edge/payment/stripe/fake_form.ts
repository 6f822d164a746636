import { z } from 'zod';

/** A form's nested names as an object: `a[b]=c`, `a[0]=c`, `a[]=c`. Null where a name is written wrongly. */
export function nested(body: string): Record<string, unknown> | null {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const path = /^([a-z_]+)((?:\[[^[\]]*\])*)$/.exec(name);
    if (path === null) return null;
    const keys = [path[1] ?? '', ...[...(path[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((m) => m[1] ?? '')];
    let at = root;
    for (const key of keys.slice(0, -1)) {
      const inner = at[key] ?? {};
      if (!isObject(inner)) return null;
      at[key] = inner;
      at = inner;
    }
    at[keys.at(-1) ?? ''] = value;
  }
  return root;
}

const isObject = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null;

const METADATA_KEY_MAX = 40;
const METADATA_VALUE_MAX = 500;
const Amount = z
  .string()
  .regex(/^[1-9]\d{0,7}$/, 'Invalid integer')
  .transform(Number);
const Flag = z.enum(['true', 'false']).transform((flag) => flag === 'true');
const Metadata = z.record(z.string().max(METADATA_KEY_MAX), z.string().max(METADATA_VALUE_MAX)).optional();
const List = z.record(z.string().regex(/^\d*$/), z.string()).transform((list) => Object.values(list));
const Expand = List.pipe(z.array(z.enum(['latest_charge', 'data.latest_charge']))).optional();

/** The parameters that the fake knows of each route. One that it does not know is refused, as Stripe does. */
export const ROUTES = {
  intent_create: z.strictObject({
    amount: Amount,
    currency: z.string().regex(/^[a-z]{3}$/, 'Invalid currency'),
    capture_method: z.enum(['automatic', 'automatic_async', 'manual']).default('automatic'),
    confirm: Flag.default(false),
    payment_method: z.string().regex(/^pm_/).optional(),
    confirmation_token: z
      .string()
      .regex(/^ctoken_/)
      .optional(),
    allowed_payment_method_types: List.pipe(z.array(z.enum(['card', 'card_present']))).default(['card']),
    customer: z.string().regex(/^cus_/).optional(),
    setup_future_usage: z.enum(['on_session', 'off_session']).optional(),
    return_url: z.url().optional(),
    application_fee_amount: Amount.optional(),
    statement_descriptor_suffix: z.string().max(22).optional(),
    description: z.string().max(1_000).optional(),
    metadata: Metadata,
    expand: Expand,
  }),
  intent_capture: z.strictObject({ amount_to_capture: Amount.optional(), expand: Expand }),
  intent_cancel: z.strictObject({
    cancellation_reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(),
    expand: Expand,
  }),
  intent_get: z.strictObject({ expand: Expand }),
  intent_search: z.strictObject({ query: z.string(), limit: Amount.optional(), expand: Expand }),
  refund_create: z.strictObject({
    payment_intent: z.string().regex(/^pi_/),
    amount: Amount.optional(),
    reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
    refund_application_fee: Flag.optional(),
    metadata: Metadata,
  }),
  refund_list: z.strictObject({
    payment_intent: z.string().regex(/^pi_/).optional(),
    limit: Amount.optional(),
    starting_after: z.string().optional(),
  }),
  customer_create: z.strictObject({ metadata: Metadata }),
  reader_process: z.strictObject({ payment_intent: z.string().regex(/^pi_/) }),
  nothing: z.strictObject({}),
} as const;

export interface FakeProblem {
  status: number;
  error: { type: string; code?: string; param?: string; message: string } & Record<string, unknown>;
}

export const problem = (
  status: number,
  code: string | undefined,
  message: string,
  more: Record<string, unknown> = {},
): FakeProblem => ({
  status,
  error: {
    type: 'invalid_request_error',
    ...(code === undefined ? {} : { code }),
    message,
    ...more,
  },
});

/** Stripe's words for a parameter that it does not know, or that it does not take so. */
export function paramsOf<T>(schema: z.ZodType<T>, form: unknown): T | FakeProblem {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  // What was the name of this parameter before version endive.
  if (unknown === 'payment_method_types')
    return problem(400, 'payment_method_types_no_longer_supported', 'Use allowed_payment_method_types.');
  const param = unknown ?? issue?.path.map(String).join('.') ?? '';
  return unknown === undefined
    ? problem(400, 'parameter_invalid', `Invalid ${param}: ${issue?.message ?? ''}`, { param })
    : problem(400, 'parameter_unknown', `Received unknown parameter: ${param}`, { param });
}

export const isProblem = (one: object): one is FakeProblem => 'status' in one && 'error' in one;
