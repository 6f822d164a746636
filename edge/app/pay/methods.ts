import type { CreatePayment } from '../../../shared/api/order.ts';

/** What a method must know of the payer before it can begin; named as the field of the call. */
export interface Need {
  field: keyof Pick<CreatePayment, 'phone' | 'vpa' | 'account'>;
  label: string;
  hint: string;
  keyboard: 'tel' | 'email' | 'text';
  autoComplete: string;
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
const account = (label: string): Need => ({
  field: 'account',
  label,
  hint: 'If it does not cover everything, you pay the rest another way.',
  keyboard: 'text',
  autoComplete: 'off',
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
  gift_card: { name: 'Gift card', hint: 'Pays what is on it', need: account('The number of the gift card') },
  loyalty: { name: 'Points', hint: 'Pays with your points', need: account('The number of your card') },
  credit: { name: 'On account', hint: 'You pay the shop later', need: account('The name of your account') },
};

/** What only a till or a terminal takes. */
const NOT_ON_A_PHONE: ReadonlySet<string> = new Set(['cash', 'card_terminal', 'bypass', 'budget_code']);

export const isForPhones = (method: string): boolean => !NOT_ON_A_PHONE.has(method);

export const wordsOf = (method: string): MethodWords =>
  METHODS[method] ?? { name: method.replaceAll('_', ' '), hint: '' };
