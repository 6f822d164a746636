import { gatewayName } from './gateway_name.ts';
import type { Detail, Telling } from './story_step.ts';

/** How the answer came: to the charge itself, to a later question, or in a message of the provider's own accord. */
function after({ question }: Detail, { at, payment }: Telling): string {
  if (question === 'webhook') return 'told by message: ';
  if (question === 'create' || payment.unanswered_at === null) return '';
  const ms = Date.parse(at) - Date.parse(payment.unanswered_at);
  const again = question === 'again' ? 'sent again' : 'asked again';
  return `${again} after ${waited(ms)}: `;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function waited(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / SECOND_MS))} s`;
  return ms < HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / HOUR_MS)} h`;
}

/** What a provider said about a payment, and remembers it for the sentences that follow. */
export function providerSentence(detail: Detail, telling: Telling): string {
  const { payment } = telling;
  const lead = after(detail, telling);
  const said = wordsOf(detail, telling);
  payment.unanswered_at = detail.outcome === 'unknown' ? telling.at : null;
  if (detail.outcome === 'authorized') payment.reserved = payment.amount;
  if (detail.verdict === 'applied' && ENDS.has(detail.outcome ?? '')) payment.reserved = null;
  const ignored =
    detail.verdict === 'stale' || detail.verdict === 'illegal'
      ? ' (older than what is known, not applied)'
      : '';
  const doubt =
    detail.doubt === undefined
      ? ''
      : `; it does not fit (${detail.doubt.replaceAll('_', ' ')}), staff were told`;
  return `${lead}${said}${doubt}${ignored}`;
}

const ENDS: ReadonlySet<string> = new Set(['captured', 'voided', 'cancelled', 'expired', 'declined']);

function wordsOf({ outcome, question, verdict }: Detail, { payment, money }: Telling): string {
  const whose = gatewayName(payment.gateway);
  const sum = money(payment.amount);
  const method = payment.method.replaceAll('_', ' ');
  switch (outcome) {
    case 'captured':
      if (verdict === 'unchanged')
        return `${whose} said again that ${money(payment.capturing ?? payment.amount)} are captured`;
      return payment.reserved === null
        ? `${method} captured ${sum} by ${whose}`
        : takenOf(payment, money, whose);
    case 'authorized':
      return `reservation of ${sum} made by ${whose}`;
    case 'action_required':
      return 'the bank asked the shopper first';
    case 'pending':
      return `${whose} has the payment of ${sum} and decides later`;
    case 'capture_pending':
      return `${whose} is taking the money`;
    case 'void_pending':
      return `${whose} is giving ${sum} back`;
    case 'declined':
      return `${whose} refused ${sum}: no money moved`;
    case 'voided':
    case 'cancelled':
      return payment.reserved === null
        ? `${sum} given back by ${whose}`
        : `reservation of ${sum} released by ${whose}`;
    case 'expired':
      return `the payment of ${sum} ran out at ${whose}: no money moved`;
    case 'not_found':
      return `${whose} knows no such payment`;
    case 'error':
      return question === 'create'
        ? `${whose} could not take the payment: no money moved`
        : `${whose} could not answer`;
    default:
      return `no answer from ${whose}: whether money moved is not known yet`;
  }
}

function takenOf(
  { reserved, capturing, amount }: Telling['payment'],
  money: Telling['money'],
  whose: string,
): string {
  const taken = capturing ?? amount ?? 0;
  const rest = (reserved ?? taken) - taken;
  return `${money(taken)} of the reservation taken by ${whose}${rest > 0 ? `, ${money(rest)} released` : ''}`;
}
