import type { Order, Payment } from '../../../shared/api/order.ts';
import { Notice } from '../../../shared/ui/components.tsx';
import { money } from '../../../shared/ui/money.ts';
import { cardName, wordsOf } from './methods.ts';

/** Money of this order that went back, or is on its way: refunds, and what came too late or twice. */
export function GoingBack({ of }: { of: Order }) {
  const told = of.payments.flatMap((payment) => sentencesOf(payment).map((text) => ({ payment, text })));
  if (told.length === 0) return null;
  return (
    <Notice tone="info">
      {told.map(({ payment, text }) => (
        <p key={`${payment.id}${text}`}>{text}</p>
      ))}
    </Notice>
  );
}

function sentencesOf({ method, card, currency, refunded = 0, refunding = 0 }: Payment): string[] {
  const to = card === undefined ? wordsOf(method).name : cardName(card);
  return [
    ...(refunded > 0 ? [`${money(refunded, currency)} was given back to you: ${to}.`] : []),
    ...(refunding > 0
      ? [
          `${money(refunding, currency)} is on its way back to you: ${to}. Banks can take some days; you need do nothing.`,
        ]
      : []),
  ];
}
