import type { PaymentAccount } from '../../../shared/payment/account.ts';
import type { Attempt, AttemptRequest } from '../gateway.ts';

/** An attempt as the core makes it, of another payment every time. */
export const attemptRequest = (over: Partial<AttemptRequest> = {}): AttemptRequest => ({
  payment_id: `pay_${crypto.randomUUID()}_1`,
  order_id: `ord_${crypto.randomUUID()}`,
  order_number: 'A-1',
  amount: 4_999,
  currency: 'GBP',
  method: 'card',
  capture: 'auto',
  instrument: { kind: 'none' },
  save_card: false,
  channel: 'web',
  shopper_id: 'shp_1',
  description: 'Order A-1',
  return_url: 'https://shop.example/pay/return',
  webhook_url: 'https://shop.example/v1/webhooks/gateway/key',
  began_at: '2026-01-01T00:00:00.000Z',
  ...over,
});

/** Of which nothing is known yet but what we asked for. */
export const unanswered = (request: AttemptRequest, reference: string | null = null): Attempt => ({
  ...{ request, reference, refs: {}, authorized: 0, captured: 0 },
});

export const testAccount = (gateway: string, over: Partial<PaymentAccount> = {}): PaymentAccount => ({
  gateway,
  account_key: 'an-account-key-of-the-test',
  environment: 'test',
  methods: ['card'],
  ...over,
});
