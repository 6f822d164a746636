import { z } from 'zod';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { type RetailerId, StoreId } from '../../shared/ids/index.ts';
import type { PaymentAccount, PaymentChannel } from '../../shared/payment/account.ts';
import type { Env } from '../env.ts';
import { logError } from '../http/log.ts';
import { adyenGateway } from './adyen/adapter.ts';
import { airtelMoneyGateway } from './airtel_money/adapter.ts';
import { checkoutGateway } from './checkout/adapter.ts';
import type { Gateway, GatewayFactory, Http } from './gateway.ts';
import { genericCardGateway } from './generic_card/adapter.ts';
import { ledgerGateway } from './ledger/adapter.ts';
import { mpesaGateway } from './mpesa/adapter.ts';
import { paypalGateway } from './paypal/adapter.ts';
import { quickpayGateway } from './quickpay/adapter.ts';
import { stripeGateway } from './stripe/adapter.ts';
import { testGateway } from './test/adapter.ts';
import { upiGateway } from './upi/adapter.ts';
import { upiGenericGateway } from './upi_generic/adapter.ts';

/** Every gateway with a provider behind the network. One more is one more file and one more entry. */
const PROVIDERS: Readonly<Record<string, GatewayFactory>> = {
  adyen: adyenGateway,
  airtel_money: airtelMoneyGateway,
  checkout: checkoutGateway,
  generic_card: genericCardGateway,
  mpesa: mpesaGateway,
  paypal: paypalGateway,
  quickpay: quickpayGateway,
  stripe: stripeGateway,
  upi: upiGateway,
  upi_generic: upiGenericGateway,
};

/**
 * The adapter of an account, or null where this deployment cannot speak to it. `tenant` names whose own accounts
 * the gateway `ledger` may charge: without it there are none.
 */
export function gatewayOf(
  env: Env,
  account: PaymentAccount,
  origin: string,
  http: Http = toTheNetwork,
  tenant?: { retailer_id: RetailerId },
): Gateway | null {
  if (account.gateway === 'test') return theTestGateway(env, account, origin);
  if (account.gateway === 'ledger')
    return tenant === undefined
      ? null
      : ledgerGateway({ account, ...tenant, ledger: (name) => env.LEDGER.getByName(name) });
  const secrets = secretsOf(env, account);
  return secrets === null
    ? null
    : (PROVIDERS[account.gateway]?.({ account, secrets, http, now: () => Date.now() }) ?? null);
}

/** The store that an account's key begins with; null where it begins with none. */
export function storeOfKey(accountKey: string): StoreId | null {
  const store = StoreId.safeParse(`str_${accountKey.slice(0, accountKey.indexOf('.'))}`);
  return store.success ? store.data : null;
}

/** The adapter of an account of which only its name is known, or null: its store says what stands behind it. */
export async function gatewayOfKey(
  env: Env,
  { gateway, account_key }: Pick<PaymentAccount, 'gateway' | 'account_key'>,
  origin: string,
): Promise<Gateway | null> {
  const store = storeOfKey(account_key);
  const config = store === null ? null : await env.STORE.getByName(store).config();
  const account = config?.gateways.find((g) => g.gateway === gateway && g.account_key === account_key);
  return account === undefined ? null : gatewayOf(env, account, origin);
}

function theTestGateway(env: Env, { account_key }: PaymentAccount, origin: string): Gateway | null {
  if (env.TEST_PROVIDER_SECRET === undefined) return null;
  return testGateway({
    http: (request) => env.TEST_PROVIDER.getByName(account_key).fetch(request),
    base_url: origin,
    account_key,
    secret: env.TEST_PROVIDER_SECRET,
  });
}

const toTheNetwork: Http = (request) => fetch(request);

const Secrets = z.record(z.string(), z.string());

function secretsOf(env: Env, { secret_ref }: PaymentAccount): Readonly<Record<string, string>> | null {
  if (secret_ref === undefined) return {};
  if (!isSecretRef(secret_ref)) return null;
  const parsed = Secrets.safeParse(jsonOf(env[secret_ref]));
  if (parsed.success) return parsed.data;
  logError('a payment account has no credentials', { error: secret_ref });
  return null;
}

const isSecretRef = (name: string): name is `GATEWAY_${string}` => name.startsWith('GATEWAY_');

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The account that takes this method in this store, and where the payer stands. The `test` gateway moves no money: demo stores only. */
export function accountFor(
  config: StoreConfig,
  gateway: string,
  method: string,
  channel?: PaymentChannel,
): PaymentAccount | null {
  if (gateway === 'test' && !config.demo) return null;
  const able = config.gateways.filter(
    (g) =>
      g.gateway === gateway &&
      g.methods.includes(method) &&
      (channel === undefined || (g.channels ?? [channel]).includes(channel)),
  );
  return able.sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))[0] ?? null;
}

export const webhookUrl = (
  origin: string,
  account: Pick<PaymentAccount, 'gateway' | 'account_key'>,
): string =>
  `${origin}/v1/webhooks/${encodeURIComponent(account.gateway)}/${encodeURIComponent(account.account_key)}`;
