import type { AttemptRequest, Gateway, GatewayContext, Http } from '../gateway.ts';
import { adyenGateway } from './adapter.ts';
import { FakeAdyen } from './fake.ts';

/** What the tests of Adyen share. Nothing here is a key or a card of anybody's. */
export const API_KEY = 'an-api-key-of-the-tests';
export const MERCHANT = 'SesameTests';
export const HMAC_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
/** What the page's component encrypts, which these tests need not be able to read. */
export const ENCRYPTED = 'adyenjs_of_the_tests';
const TOKEN = JSON.stringify({
  type: 'scheme',
  encryptedCardNumber: ENCRYPTED,
  encryptedExpiryMonth: ENCRYPTED,
  encryptedExpiryYear: ENCRYPTED,
  encryptedSecurityCode: ENCRYPTED,
});

export const newFake = (basic?: string): FakeAdyen =>
  new FakeAdyen({
    api_key: API_KEY,
    merchant: MERCHANT,
    hmac_key: HMAC_KEY,
    ...(basic === undefined ? {} : { basic }),
  });

interface Over {
  account?: Partial<GatewayContext['account']>;
  secrets?: Record<string, string>;
  now?: () => number;
}

export const contextOf = (http: Http, over: Over = {}): GatewayContext => ({
  account: {
    gateway: 'adyen',
    account_key: 'store.of-the-tests',
    environment: 'test',
    methods: ['card'],
    merchant: MERCHANT,
    base_url: 'https://adyen.test',
    settings: { terminal_base: 'https://adyen.test' },
    ...over.account,
  },
  secrets: { api_key: API_KEY, hmac_key: HMAC_KEY, ...over.secrets },
  http,
  now: over.now ?? Date.now,
});

export function adapterTo(http: Http, over: Over = {}): Gateway {
  const gateway = adyenGateway(contextOf(http, over));
  if (gateway === null) throw new Error('not an account of Adyen');
  return gateway;
}

export const requestOf = (over: Partial<AttemptRequest> = {}): AttemptRequest => ({
  payment_id: `pay_${crypto.randomUUID()}_1`,
  order_id: 'ord_7',
  order_number: 'A-7',
  amount: 12_000,
  currency: 'EUR',
  method: 'card',
  capture: 'auto',
  instrument: { kind: 'token', token: TOKEN },
  save_card: false,
  channel: 'web',
  shopper_id: 'shp_7',
  description: 'Order A-7',
  return_url: 'https://shop.test/#/orders/7',
  webhook_url: 'https://edge.test/v1/webhooks/adyen/x',
  began_at: new Date().toISOString(),
  ...over,
});
