import type { Refund } from '../../../../shared/api/refund.ts';
import { Notice, type Tone } from '../../../../shared/ui/components.tsx';
import { money } from '../../../../shared/ui/money.ts';
import { words } from '../words.ts';

/** What became of the refund that was just sent, and what to do now. */
export function Outcome({ refund }: { refund: Refund }) {
  const [tone, text] = outcomeOf(refund);
  return <Notice tone={tone}>{text}</Notice>;
}

function outcomeOf({ status, amount, refunded, currency, number, failure, legs }: Refund): [Tone, string] {
  const sum = money(amount, currency);
  const failed = failure ?? legs.findLast((leg) => leg.failure !== undefined)?.failure;
  const why = failed === undefined ? '' : ` ${failed.message || `${words(failed.code)}.`}`;
  switch (status) {
    case 'succeeded':
      return ['open', `${sum} went back${number === null ? '' : `: refund ${number}`}.`];
    case 'requested':
      return [
        'wait',
        `${sum} waits for a second person: another manager approves or rejects it here. No money moved yet.`,
      ];
    case 'rejected':
      return ['info', `${sum} was rejected. No money moved.`];
    case 'partially_succeeded':
      return [
        'alarm',
        `Only ${money(refunded, currency)} of ${sum} went back.${why} Try the rest again, over another payment.`,
      ];
    case 'failed':
      return [
        'alarm',
        `${sum} did not go back: no money moved.${why} Try again, over another payment if there is one.`,
      ];
    default:
      return [
        'wait',
        `${sum} is on its way: the customer’s bank decides. This page shows it as soon as it does.`,
      ];
  }
}
