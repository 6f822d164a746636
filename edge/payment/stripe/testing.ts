import type { AttemptRequest, Gateway, GatewayContext, Http } from '../gateway.ts';
import { STRIPE_VERSION } from './account.ts';
import { stripeGateway } from './adapter.ts';
import { FakeStripe } from './fake.ts';

/** What the tests of Stripe share. Nothing here is a key or a token of anybody's. */
export const API_KEY = 'sk_test_of_the_tests';
export const WEBHOOK_SECRET = 'whsec_test_secret';
export const TOKEN = 'pm_token_of_the_payer';

export const newFake = (account?: string): FakeStripe =>
  new FakeStripe({
    api_key: API_KEY,
    webhook_secret: WEBHOOK_SECRET,
    version: STRIPE_VERSION,
    ...(account === undefined ? {} : { account }),
  });

interface Over {
  settings?: NonNullable<GatewayContext['account']['settings']>;
  secrets?: Record<string, string>;
  base_url?: string;
  now?: () => number;
}

export function adapterTo(http: Http, over: Over = {}): Gateway {
  const gateway = stripeGateway({
    account: {
      gateway: 'stripe',
      account_key: 'store.of-the-tests',
      environment: 'test',
      methods: ['card', 'card_terminal'],
      base_url: over.base_url ?? 'https://stripe.test',
      ...(over.settings === undefined ? {} : { settings: over.settings }),
    },
    secrets: { api_key: API_KEY, webhook_secret: WEBHOOK_SECRET, ...over.secrets },
    http,
    now: over.now ?? Date.now,
  });
  if (gateway === null) throw new Error('not an account of Stripe');
  return gateway;
}

export const requestOf = (over: Partial<AttemptRequest> = {}): AttemptRequest => ({
  payment_id: `pay_${crypto.randomUUID()}`,
  order_id: 'ord_7',
  order_number: 'A-7',
  amount: 4_999,
  currency: 'GBP',
  method: 'card',
  capture: 'auto',
  instrument: { kind: 'token', token: TOKEN },
  save_card: false,
  channel: 'web',
  shopper_id: 'shp_7',
  description: 'Order A-7',
  return_url: 'https://shop.test/#/orders/7',
  webhook_url: 'https://edge.test/v1/webhooks/stripe/x',
  began_at: new Date().toISOString(),
  ...over,
});
