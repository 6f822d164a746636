import { generateKeyPairSync } from 'node:crypto';
import { attemptRequest } from '../fake/attempt.ts';
import type { AttemptRequest, GatewayContext, Outcome, WebhookEvent } from '../gateway.ts';
import { mpesaGateway } from './adapter.ts';
import { MpesaFake } from './fake.ts';

/** What the tests of M-Pesa share: one account, with a key pair of this run, in front of its fake. */
export const AT = '2025-07-01T09:00:00.000Z';
export const PHONE = '254708374149';
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CERTIFICATE = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const OPTIONS = {
  shortcode: '174379',
  passkey: 'passkey',
  consumer_key: 'the consumer',
  consumer_secret: 'a consumer secret',
  initiator: 'till_manager',
  initiator_password: 'an initiator password',
  private_key: RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  now: () => Date.parse(AT),
};
export const SECRETS = {
  consumer_key: OPTIONS.consumer_key,
  consumer_secret: OPTIONS.consumer_secret,
  passkey: OPTIONS.passkey,
  callback_key: 'a key for callbacks',
  initiator_password: OPTIONS.initiator_password,
  certificate: CERTIFICATE,
};

export const request = (over: Partial<AttemptRequest> = {}): AttemptRequest =>
  attemptRequest({
    order_number: 'A-2025-000123',
    amount: 15_000,
    currency: 'KES',
    method: 'mpesa',
    instrument: { kind: 'msisdn', msisdn: '0708 374 149' },
    description: 'Order A-2025-000123',
    return_url: 'https://shop.example/pay',
    webhook_url: 'https://shop.example/v1/webhooks/mpesa/an-account-key',
    began_at: AT,
    ...over,
  });

export function contextOf(over: Partial<GatewayContext> = {}): GatewayContext {
  return {
    account: {
      gateway: 'mpesa',
      account_key: crypto.randomUUID(),
      environment: 'test',
      methods: ['mpesa'],
      settings: { shortcode: '174379', initiator: OPTIONS.initiator },
    },
    secrets: SECRETS,
    http: () => Promise.reject(new Error('no network')),
    now: () => Date.parse(AT),
    ...over,
  };
}

export function behind(over: Partial<GatewayContext> = {}) {
  const fake = new MpesaFake(OPTIONS);
  const sent: { path: string; body: string }[] = [];
  const http = async (one: Request) => {
    sent.push({ path: new URL(one.url).pathname, body: await one.clone().text() });
    return fake.fetch(one);
  };
  const gateway = mpesaGateway(contextOf({ http, ...over }));
  if (gateway === null) throw new Error('the account is incomplete');
  const heard = async (): Promise<WebhookEvent[]> => {
    const events: WebhookEvent[] = [];
    for (const raw of fake.deliveries()) {
      const read = await gateway.verifyWebhook(raw);
      if (read.ok) events.push(...read.value.events);
    }
    return events;
  };
  return { fake, gateway, sent, heard };
}

export const claimOf = (event: WebhookEvent | undefined): Outcome | undefined =>
  event?.claims !== undefined && 'outcome' in event.claims ? event.claims.outcome : undefined;
