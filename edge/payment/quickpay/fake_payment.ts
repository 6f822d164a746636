import { z } from 'zod';
import type { Behaviour } from '../fake/control.ts';
import type { Operation } from './protocol.ts';

/** What `POST /payments` takes. */
export const NewPayment = z.strictObject({
  // The letters are those that Swish takes as well.
  order_id: z.string().regex(/^[a-zA-Z0-9-]{4,20}$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  variables: z.record(z.string(), z.string()),
});
/** What `PUT /payments/{id}/link` takes. */
export const Link = z.strictObject({
  amount: z.int().min(1),
  payment_methods: z
    .string()
    .regex(/^!?[a-z0-9-]+(, ?!?[a-z0-9-]+)*$/)
    .optional(),
  auto_capture: z.boolean().optional(),
  continue_url: z.url().optional(),
  cancel_url: z.url().optional(),
  callback_url: z.url().optional(),
  language: z.string().length(2).optional(),
});
export const Amount = z.strictObject({ amount: z.int().min(1) });
export const Nothing = z.strictObject({});

export interface FakePayment {
  readonly id: number;
  readonly request: z.infer<typeof NewPayment>;
  readonly ours: string;
  readonly behaviour: Behaviour;
  readonly operations: Operation[];
  currency: string;
  link: (z.infer<typeof Link> & { url: string }) | null;
}

/** Minor units of the operations of a type that went through. */
export const approved = ({ operations }: FakePayment, type: string): number =>
  operations
    .filter((one) => one.type === type && !one.pending && one.qp_status_code === '20000')
    .reduce((sum, one) => sum + one.amount, 0);

export function shown(payment: FakePayment): object {
  const { id, request, currency, link, operations } = payment;
  const accepted = approved(payment, 'authorize') > 0;
  const state = accepted ? (approved(payment, 'capture') > 0 ? 'processed' : 'new') : 'initial';
  return {
    ...{ id, merchant_id: 1, order_id: request.order_id, type: 'Payment', accepted, state, currency, link },
    ...{ variables: request.variables, test_mode: true },
    metadata: accepted
      ? { type: 'card', brand: 'visa', last4: '0000', exp_month: 12, exp_year: 2039 }
      : { type: null, brand: null, last4: null, exp_month: null, exp_year: null },
    operations: operations.map((one) => ({ ...one })),
  };
}
