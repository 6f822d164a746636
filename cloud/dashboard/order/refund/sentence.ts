import type { RefundPreview } from '../../../../shared/api/refund.ts';
import type { Detail } from '../data.ts';
import { paymentName, shortTag } from '../words.ts';
import type { Ask } from './draft.ts';

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** What will happen, in one sentence, before it is sent: the money, the tags, and who must agree. */
export function refundSentence(
  order: Pick<Detail, 'payments'>,
  plan: RefundPreview,
  legs: Ask['legs'] | null,
  show: (minor: number) => string,
): string {
  const shares = (legs ?? plan.legs).map(({ payment_id, amount }) => {
    const payment = order.payments.find(({ id }) => id === payment_id);
    return `${show(amount)} goes back to the ${paymentName(payment)}`;
  });
  const money = shares.length === 0 ? 'No money goes back' : joined(shares);
  const back = plan.lines.filter(({ return_to_stock }) => return_to_stock).flatMap(({ epcs }) => epcs);
  const tags =
    back.length === 0
      ? ''
      : `; the ${back.length === 1 ? 'tag' : 'tags'} ${joined(back.map(shortTag))} ${back.length === 1 ? 'alarms' : 'alarm'} at the gate again`;
  const approval = plan.needs_approval ? ' A second person must approve it first.' : '';
  return `${money}${tags}.${approval}`;
}
