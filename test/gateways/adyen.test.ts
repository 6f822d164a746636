import {
  CheckoutAPI,
  Client,
  EnvironmentEnum,
  hmacValidator as HmacValidator,
  TerminalCloudAPI,
  Types,
} from '@adyen/api-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signedText } from '../../edge/payment/adyen/notification.ts';
import {
  API_KEY,
  adapterTo,
  ENCRYPTED,
  HMAC_KEY,
  MERCHANT,
  newFake,
  requestOf,
} from '../../edge/payment/adyen/testing.ts';
import { serveFake } from '../support/fake_server.ts';

/**
 * Adyen's own library against our fake and our verifier. Its HTTP client speaks TLS only, so the requests that
 * its services make are carried to the fake's socket by a client of ours, which the library has a place for.
 */
describe('the library of Adyen', () => {
  const fake = newFake();
  let server: Awaited<ReturnType<typeof serveFake>>;
  let client: Client;
  beforeAll(async () => {
    server = await serveFake(fake);
    const config = { apiKey: API_KEY, environment: EnvironmentEnum.TEST };
    client = new Client(config, {
      async request(endpoint, json, { apiKey }, _needed, options) {
        const { pathname, search } = new URL(endpoint);
        const method = options?.method ?? 'POST';
        const key = options?.idempotencyKey;
        const query = new URLSearchParams(options?.params).toString();
        const response = await fetch(`${server.url}${pathname}${search}${query === '' ? '' : `?${query}`}`, {
          method,
          headers: {
            'x-api-key': apiKey ?? '',
            'content-type': 'application/json',
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          ...(method === 'POST' ? { body: json.toString() } : {}),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(text);
        return text;
      },
    });
  });
  afterAll(() => server.close());

  const payment = (reference: string) => ({
    merchantAccount: MERCHANT,
    amount: { value: 12_000, currency: 'EUR' },
    reference,
    returnUrl: 'https://shop.test/back',
    additionalData: { manualCapture: 'true' },
    paymentMethod: {
      type: Types.checkout.CardDetails.TypeEnum.Scheme,
      encryptedCardNumber: ENCRYPTED,
      encryptedExpiryMonth: ENCRYPTED,
      encryptedExpiryYear: ENCRYPTED,
      encryptedSecurityCode: ENCRYPTED,
    },
  });

  it('reserves, captures a part, gives back, and is read by its own notifications', async () => {
    const checkout = new CheckoutAPI(client);
    const reference = `pay_${crypto.randomUUID()}_1`;
    const made = await checkout.PaymentsApi.payments(payment(reference), { idempotencyKey: reference });
    expect(made).toMatchObject({ resultCode: 'Authorised', amount: { value: 12_000, currency: 'EUR' } });
    const psp = made.pspReference ?? '';
    const captured = await checkout.ModificationsApi.captureAuthorisedPayment(
      psp,
      { merchantAccount: MERCHANT, amount: { value: 10_000, currency: 'EUR' }, reference },
      { idempotencyKey: `${reference}.c` },
    );
    expect(captured).toMatchObject({ status: 'received', paymentPspReference: psp });
    const refunded = await checkout.ModificationsApi.refundCapturedPayment(
      psp,
      { merchantAccount: MERCHANT, amount: { value: 500, currency: 'EUR' }, reference: 'ref_1' },
      { idempotencyKey: 'ref_1' },
    );
    expect(refunded).toMatchObject({ status: 'received' });
    expect(fake.ctl.refusals).toEqual([]);
    expect(fake.ctl.movements.map((one) => [one.kind, one.amount])).toEqual([
      ['authorization', 12_000],
      ['capture', 10_000],
      ['refund', 500],
    ]);
  });

  it('is refused by the fake what Adyen refuses', async () => {
    const checkout = new CheckoutAPI(client);
    const without = checkout.PaymentsApi.payments(
      { ...payment('pay_1'), amount: { value: 0, currency: 'EUR' } },
      {
        idempotencyKey: 'k1',
      },
    );
    await expect(without).rejects.toThrow('validation');
    const stranger = checkout.PaymentsApi.payments(
      { ...payment('pay_1'), merchantAccount: 'Somebody' },
      {
        idempotencyKey: 'k2',
      },
    );
    await expect(stranger).rejects.toThrow('Invalid Merchant Account');
  });

  it('signs what the adapter believes, and believes what the fake signs', async () => {
    const validator = new HmacValidator();
    const gateway = adapterTo(fetch, { account: { base_url: server.url } });
    const Sent = z.object({
      notificationItems: z.array(
        z.object({
          NotificationRequestItem: z.looseObject({
            additionalData: z.looseObject({ hmacSignature: z.string() }),
          }),
        }),
      ),
    });
    const [item] = fake.ledger.items;
    const [sent] = await fake.deliveries();
    if (item === undefined || sent === undefined) throw new Error('nothing was sent');
    const theirs = validator.calculateHmac(signedText(item), HMAC_KEY);
    const ours = Sent.parse(JSON.parse(sent.body)).notificationItems[0]?.NotificationRequestItem;
    expect(ours?.additionalData.hmacSignature).toBe(theirs);
    const { SuccessEnum, EventCodeEnum } = Types.notification.NotificationRequestItem;
    const full = {
      pspReference: 'FAKE000000000099',
      originalReference: 'FAKE000000000001',
      merchantAccountCode: MERCHANT,
      merchantReference: 'pay_7_1',
      amount: { value: 10_000, currency: 'EUR' },
      eventCode: EventCodeEnum.Capture,
      eventDate: '2026-07-01T10:00:00Z',
      success: SuccessEnum.True,
    };
    const hmacSignature = validator.calculateHmac(full, HMAC_KEY);
    expect(validator.validateHMAC({ ...full, additionalData: { hmacSignature } }, HMAC_KEY)).toBe(true);
    const body = JSON.stringify({
      live: 'false',
      notificationItems: [{ NotificationRequestItem: { ...full, additionalData: { hmacSignature } } }],
    });
    const raw = { headers: new Headers(), body, path: '/', now_ms: Date.now() };
    expect(await gateway.verifyWebhook(raw)).toMatchObject({
      ok: true,
      value: { events: [{ payment_id: 'pay_7_1', claims: { outcome: { s: 'captured', amount: 10_000 } } }] },
    });
    const tampered = { ...raw, body: body.replace('10000', '12000') };
    expect(await gateway.verifyWebhook(tampered)).toMatchObject({ ok: false });
  });

  it('and the adapter speak to one terminal', async () => {
    const gateway = adapterTo(fetch, { account: { settings: { terminal_base: server.url } } });
    const instrument = { kind: 'terminal', terminal_id: 'P400Plus-1', service_id: 'a1' } as const;
    const request = requestOf({ instrument, amount: 4_999 });
    expect(await gateway.createAttempt(request)).toMatchObject({ s: 'captured', amount: 4_999 });
    // The library asks after the adapter's payment.
    const { MessageCategoryType, MessageClassType, MessageType } = Types.terminal;
    const answer = await new TerminalCloudAPI(client).sync({
      SaleToPOIRequest: {
        MessageHeader: {
          ProtocolVersion: '3.0',
          MessageClass: MessageClassType.Service,
          MessageCategory: MessageCategoryType.TransactionStatus,
          MessageType: MessageType.Request,
          ServiceID: 'b2',
          SaleID: 'Sesame',
          POIID: 'P400Plus-1',
        },
        TransactionStatusRequest: {
          MessageReference: {
            MessageCategory: Types.terminal.MessageReference.MessageCategoryEnum.Payment,
            SaleID: 'Sesame',
            ServiceID: 'a1',
          },
        },
      },
    });
    const repeated = answer.SaleToPOIResponse?.TransactionStatusResponse?.RepeatedMessageResponse;
    expect(repeated?.RepeatedResponseMessageBody.PaymentResponse?.PaymentResult?.AmountsResp).toMatchObject({
      AuthorizedAmount: 49.99,
      Currency: 'EUR',
    });
  });
});
