const NAMES: Readonly<Record<string, string>> = {
  adyen: 'Adyen',
  airtel_money: 'Airtel Money',
  bypass: 'the store: nothing is due',
  cash: 'the till',
  checkout: 'Checkout.com',
  generic_card: 'the card provider',
  ledger: 'the store’s own accounts',
  mpesa: 'M-Pesa',
  paypal: 'PayPal',
  quickpay: 'QuickPay',
  stripe: 'Stripe',
  test: 'the test bank',
  upi: 'UPI',
  upi_generic: 'UPI',
};

/** What people call a gateway; without a name: the provider. */
export const gatewayName = (gateway: string): string =>
  NAMES[gateway] ?? (gateway === '' ? 'the provider' : gateway.replaceAll('_', ' '));
