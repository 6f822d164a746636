import type { PaymentAccount } from '../../shared/payment/account.ts';

/** Where a provider is, without a trailing slash. Only an account of the environment `test` names another place. */
export function providerUrl(account: PaymentAccount, urls: { test: string; live: string }): string {
  if (account.environment === 'live') return urls.live;
  return (account.base_url ?? urls.test).replace(/\/$/, '');
}
