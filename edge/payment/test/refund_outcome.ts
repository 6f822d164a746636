import type { RefundOutcome } from '../gateway.ts';
import type { Refund } from './protocol.ts';

export function refundOutcomeOf({ id, status, failure_code }: Refund): RefundOutcome {
  if (status !== 'failed') return { s: status, reference: id };
  return {
    s: 'failed',
    code: failure_code ?? 'failed',
    message: 'The bank did not take the money back.',
    reference: id,
  };
}
