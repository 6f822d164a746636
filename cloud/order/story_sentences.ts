import { gatewayName } from './gateway_name.ts';
import { providerSentence } from './story_provider.ts';
import type { Detail, Telling } from './story_step.ts';

type Sentence = (detail: Detail, telling: Telling) => string;
export const words = (code: string | undefined): string => (code ?? '').replaceAll('_', ' ');
const why = (reason: string | undefined): string =>
  reason === undefined || reason === '' ? '' : `: ${words(reason)}`;
const tag = (epc: string | undefined): string => (epc === undefined ? '' : `, tag …${epc.slice(-6)}`);
const tags = (n: number): string => `${n} ${n === 1 ? 'tag' : 'tags'}`;

const PLACES: Readonly<Record<string, string>> = { kiosk: ' at a kiosk', cashier: ' at the till' };
/** Money that goes back without a refund, by why nobody owes it. */
const OWED_BY_NOBODY: Readonly<Record<string, string>> = {
  came_late: 'late money of',
  over_captured: 'money beyond what was due,',
  order_closed: 'money of the order that was given up,',
};
/** What a part of money on its way back is called. */
export const partName = ({ refund_id, reason }: Detail, sum: string): string =>
  refund_id === undefined ? `${OWED_BY_NOBODY[reason ?? ''] ?? 'money that nobody owes,'} ${sum}` : sum;

const CLOSES: Readonly<Record<string, string>> = {
  cancel: 'the shopper gave the order up: no payment begins any more',
  expire: 'nobody paid in time: no payment begins any more',
};
const REFUND_STEPS: Readonly<Record<string, string>> = {
  requested: 'waits for a second person',
  approved: 'approved',
  rejected: 'rejected',
  created: 'money reserved for it',
  processing: 'on its way to the provider',
  partially_succeeded: 'only a part of it went back',
  succeeded: 'all of it went back',
  failed: 'failed: what did not go back is free again',
};

/** Every step that a trip writes down has its sentence here; its test reads the steps from the code. */
export const SENTENCES: Readonly<Record<string, Sentence>> = {
  created: ({ purchase_type }) => `basket opened${why(purchase_type)}`,
  scan: ({ quantity, total, epc }, { money }) =>
    `scanned: now ${quantity ?? 1} of it${tag(epc)}, basket at ${money(total)}`,
  change_line: ({ quantity, total, epc }, { money }) =>
    quantity === 0
      ? `a line taken out${tag(epc)}, basket at ${money(total)}`
      : `a line changed to ${quantity ?? 1} of it, basket at ${money(total)}`,
  open_line: ({ kind, amount }, { money }) => `${words(kind) || 'a line'} of ${money(amount)} added`,
  addon: ({ quantity, total }, { money }) =>
    `add-on taken, ${quantity ?? 1} of it, basket at ${money(total)}`,
  price_override: ({ by, from, to, reason }, { money, who }) =>
    `price changed from ${money(from)} to ${money(to)} by ${who(by)}${why(reason)}`,
  geofence: ({ step, found }) =>
    `at the ${words(step ?? 'check')} the telephone was ${words(found ?? 'not found')}`,
  verification_opened: () => 'staff were called to look at the basket',
  verification_withdrawn: () => 'nobody need look at the basket any more',
  verification_approved: ({ reviewer, note }, { who }) => `${who(reviewer)} approved the basket${why(note)}`,
  verification_rejected: ({ reviewer, note }, { who }) => `${who(reviewer)} rejected the basket${why(note)}`,
  frozen: ({ due }, { money }) => `checkout begun: ${money(due)} to pay`,
  collection: ({ status, by, reason }, { who }) =>
    `collection: ${words(status)}${by === undefined ? '' : `, by ${who(by)}`}${reason === undefined ? '' : `: ${reason}`}`,
  tags_sold: () => 'its tags were sold with the hand-over',
  order_opened: ({ number }) => `the store gave the order its number ${number ?? ''}`.trim(),
  order_refused: ({ code }) => `the store refused the order${why(code)}; the basket is open again`,
  adopted: ({ owed }, { money }) => `the till’s order came to be paid: ${money(owed)} owed`,
  attempt: ({ amount, channel }, { payment, money }) => {
    const where = PLACES[channel ?? ''] ?? '';
    return `payment of ${money(amount)} begun${where}: ${words(payment.method)} by ${gatewayName(payment.gateway)}`;
  },
  provider_said: providerSentence,
  provider_told: ({ type }, { payment }) =>
    `${gatewayName(payment.gateway)} told “${words(type)}”: kept, nothing moved`,
  doubted: ({ said }, { payment, money }) =>
    `a message of ${gatewayName(payment.gateway)} spoke of ${money(said)}: nothing is believed before a person has looked`,
  capturing: ({ amount }, { payment, money }) =>
    payment.reserved === null || payment.reserved === amount
      ? `taking ${money(amount)} of the reservation`
      : `taking ${money(amount)} of the reservation of ${money(payment.reserved)}; the rest is released`,
  covered: ({ due }, { money }) => `all ${money(due)} are paid`,
  sale_committed: ({ fiscal_number }) =>
    `sale committed${fiscal_number === undefined ? '' : `, fiscal number ${fiscal_number}`}`,
  debt_paid: ({ captured }, { money }) => `the till’s order is paid: ${money(captured)}`,
  closed: ({ how }) => CLOSES[how ?? ''] ?? `no payment begins any more${why(how)}`,
  revived: () => 'the whole sum came after all: the order counts as paid',
  giving_back: ({ amount }, { payment, money }) =>
    `${money(amount)} that nobody owes ${payment.reserved === null ? 'is' : 'is released or'} given back by ${gatewayName(payment.gateway)}`,
  handed_back: ({ amount }, { payment, money }) =>
    `${money(amount ?? payment.amount)} in cash handed back out of the drawer`,
  to_return_by_hand: ({ amount, reason }, { money }) =>
    `${money(amount)} must be given back by hand${why(reason)}; staff were told`,
  refund: ({ status, amount, by }, { money, who }) => {
    const whose = by === undefined ? '' : ` asked for by ${who(by)}`;
    const of = amount === undefined ? 'refund' : `refund of ${money(amount)}`;
    return `${of}${whose}: ${REFUND_STEPS[status ?? ''] ?? words(status)}`;
  },
  refund_begun: ({ refund_id }, { part, payment }) =>
    refund_id === undefined
      ? `${part} is given back over ${gatewayName(payment.gateway)}`
      : `${part} to go back over ${words(payment.method)} by ${gatewayName(payment.gateway)}`,
  refund_said: ({ outcome }, { part, payment }) => {
    const whose = gatewayName(payment.gateway);
    switch (outcome) {
      case 'succeeded':
        return `${part} given back by ${whose}`;
      case 'failed':
        return `${whose} refused to give ${part} back: no money moved`;
      case 'pending':
        return `${whose} has the refund of ${part} and decides later`;
      case 'not_found':
        return `${whose} knows no refund of ${part}: it is sent again`;
      default:
        return `no answer from ${whose} about the refund of ${part}; asked again later`;
    }
  },
  refund_claim_refused: ({ amount }, { payment, money }) =>
    `a message of ${gatewayName(payment.gateway)} spoke of another sum (${money(amount)}): the provider is asked`,
  refund_told: ({ number, returned }) => {
    const shelf =
      returned === undefined || returned.length === 0 ? '' : `, ${tags(returned.length)} for sale again`;
    return number === undefined
      ? `the store knows how the refund stands${shelf}`
      : `refund ${number} booked${shelf}`;
  },
  reviewed: ({ verification, reviewer }, { who }) =>
    reviewer === undefined
      ? 'the bag counts as checked: nobody came in time'
      : `${who(reviewer)} ${verification === 'failed' ? 'found the bag wrong' : 'checked the bag'}`,
  cancel_refused: () => 'the order could not be cancelled: it is paid',
  order_cancelled: ({ reason }) => `order cancelled${why(reason)}`,
  expired: () => 'the basket was left too long and is closed',
};
