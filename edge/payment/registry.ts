import type { StoreConfig, StoreGateway } from '../../shared/config/store_config.ts';
import type { Env } from '../env.ts';
import type { Gateway } from './gateway.ts';
import { testGateway } from './test/adapter.ts';

type Account = Pick<StoreGateway, 'gateway' | 'account_key'>;
type Build = (env: Env, account: Account, origin: string) => Gateway | null;

/** Every gateway that this build speaks. One more is one more file and one more entry. */
const GATEWAYS: Readonly<Record<string, Build>> = {
  test: (env, account, origin) =>
    env.TEST_PROVIDER_SECRET === undefined
      ? null
      : testGateway({
          http: (request) => env.TEST_PROVIDER.getByName(account.account_key).fetch(request),
          base_url: origin,
          account_key: account.account_key,
          secret: env.TEST_PROVIDER_SECRET,
        }),
};

/** The adapter of an account, or null where this deployment cannot speak to it. */
export function gatewayOf(env: Env, account: Account, origin: string): Gateway | null {
  return GATEWAYS[account.gateway]?.(env, account, origin) ?? null;
}

/** The account that takes this method in this store. The `test` gateway moves no money: demo stores only. */
export function accountFor(config: StoreConfig, gateway: string, method: string): StoreGateway | null {
  if (gateway === 'test' && !config.demo) return null;
  return config.gateways.find((g) => g.gateway === gateway && g.methods.includes(method)) ?? null;
}

export const webhookUrl = (origin: string, account: Account): string =>
  `${origin}/v1/webhooks/${encodeURIComponent(account.gateway)}/${encodeURIComponent(account.account_key)}`;
