import type { CreatePayment } from '../../../shared/api/order.ts';

/** What a method must know of the payer before it can begin; named as the field of the call. */
export interface Need {
  field: keyof Pick<CreatePayment, 'phone' | 'vpa' | 'account'>;
  label: string;
  hint: string;
  keyboard: 'tel' | 'email' | 'text';
  autoComplete: string;
  /** What is on it can be asked before it pays. */
  balance?: 'gift_card' | 'loyalty' | 'budget_code';
}

interface MethodWords {
  name: string;
  hint: string;
  need?: Need;
}

const PHONE: Need = {
  field: 'phone',
  label: 'Your mobile number',
  hint: 'The request to pay comes to this telephone.',
  keyboard: 'tel',
  autoComplete: 'tel',
};
const VPA: Need = {
  field: 'vpa',
  label: 'Your UPI address',
  hint: 'It looks like name@bank. The request comes to that app.',
  keyboard: 'email',
  autoComplete: 'off',
};
const account = (label: string, balance?: Need['balance']): Need => ({
  field: 'account',
  label,
  hint: 'If it does not cover everything, you pay the rest another way.',
  keyboard: 'text',
  autoComplete: 'off',
  ...(balance === undefined ? {} : { balance }),
});

/** What a shopper reads for each method that a store may offer. A method without words shows its own name. */
const METHODS: Readonly<Record<string, MethodWords>> = {
  card: { name: 'Card', hint: 'Pays at once' },
  card_3ds: { name: 'Card with approval', hint: 'Your bank asks you first' },
  card_pending: { name: 'Card, slow bank', hint: 'The bank answers in a moment' },
  card_declined: { name: 'Card that is refused', hint: 'To see what a refusal looks like' },
  card_timeout: { name: 'Card, lost answer', hint: 'The line to the bank breaks; we ask until it has said' },
  paypal: { name: 'PayPal', hint: 'Opens PayPal' },
  mobilepay: { name: 'MobilePay', hint: 'Opens the app' },
  vipps: { name: 'Vipps', hint: 'Opens the app' },
  swish: { name: 'Swish', hint: 'Opens the app' },
  ideal: { name: 'iDEAL', hint: 'Opens your bank' },
  mpesa: { name: 'M-Pesa', hint: 'Confirm on your telephone', need: PHONE },
  airtel_money: { name: 'Airtel Money', hint: 'Confirm on your telephone', need: PHONE },
  upi_collect: { name: 'UPI by address', hint: 'Confirm in your UPI app', need: VPA },
  upi_intent: { name: 'UPI app', hint: 'Opens an app on this phone' },
  upi_qr: { name: 'UPI by code', hint: 'Scan a code with any UPI app' },
  gift_card: {
    name: 'Gift card',
    hint: 'Pays what is on it',
    need: account('The number of the gift card', 'gift_card'),
  },
  loyalty: {
    name: 'Points',
    hint: 'Pays with your points',
    need: account('The number of your card', 'loyalty'),
  },
  budget_code: {
    name: 'Budget code',
    hint: 'Pays from a budget of the shop',
    need: account('The code', 'budget_code'),
  },
  credit: { name: 'On account', hint: 'You pay the shop later', need: account('The name of your account') },
  bypass: { name: 'Finish', hint: 'There is nothing to pay' },
};

/** What a method is called; an account may have a name of its own, by which two of one method differ. */
export const wordsOf = (method: string): MethodWords =>
  METHODS[method] ?? { name: method.replaceAll('_', ' '), hint: '' };

/** A card as its owner knows it. */
export const cardName = ({
  brand,
  last4,
}: {
  brand?: string | undefined;
  last4?: string | undefined;
}): string =>
  `${brand === undefined ? 'Card' : brand.slice(0, 1).toUpperCase() + brand.slice(1)}${last4 === undefined ? '' : ` •••• ${last4}`}`;
