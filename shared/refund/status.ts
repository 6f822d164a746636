import type { RefundStatus } from '../api/refund.ts';
import { err, ok, type Result } from '../result.ts';

/** What happens to a refund document. `settle`: every payment that gives back has spoken. */
export type RefundStep =
  | { step: 'approve' }
  | { step: 'reject' }
  /** The money is reserved. */
  | { step: 'begin' }
  /** An approval came too late: what was asked for is not there any more. */
  | { step: 'fail' }
  | { step: 'send' }
  | { step: 'settle'; amount: number; refunded: number }
  /** What is left is tried again. */
  | { step: 'retry' };

type Step = RefundStep['step'];

/** From which states each step leads on, and where. A settlement's place follows from its sums. */
export const REFUND_MOVES: Readonly<
  Record<Exclude<Step, 'settle'>, Readonly<Partial<Record<RefundStatus, RefundStatus>>>>
> = {
  approve: { requested: 'approved' },
  reject: { requested: 'rejected' },
  begin: { approved: 'created' },
  fail: { requested: 'failed', approved: 'failed', created: 'failed' },
  send: { created: 'processing' },
  retry: { partially_succeeded: 'processing', failed: 'processing' },
};
const SETTLES: ReadonlySet<RefundStatus> = new Set(['created', 'processing']);

/** A refund whose money and goods are spoken for: nobody else may give them back. */
export const holds = (status: RefundStatus): boolean => HOLDING.has(status);
const HOLDING: ReadonlySet<RefundStatus> = new Set([
  'created',
  'processing',
  'partially_succeeded',
  'succeeded',
]);

interface IllegalStep {
  code: 'illegal_step';
  from: RefundStatus;
  step: Step;
}

/** The next status of a refund. The sums of a settlement are minor units. */
export function moveRefund(from: RefundStatus, step: RefundStep): Result<RefundStatus, IllegalStep> {
  const to =
    step.step === 'settle'
      ? SETTLES.has(from)
        ? settled(step.amount, step.refunded)
        : undefined
      : REFUND_MOVES[step.step][from];
  return to === undefined ? err({ code: 'illegal_step', from, step: step.step }) : ok(to);
}

function settled(amount: number, refunded: number): RefundStatus {
  if (refunded === amount) return 'succeeded';
  return refunded === 0 ? 'failed' : 'partially_succeeded';
}
