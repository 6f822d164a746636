import { z } from 'zod';

const Text = z.string().min(1).max(80);
const Amount = z.strictObject({ value: z.int().positive(), currency: z.string().regex(/^[A-Z]{3}$/) });
const Texts = z.record(z.string(), z.string());

/** Encrypted fields or a stored card, or a method with a page of its own; never a card in clear. */
const PaymentMethod = z.strictObject({
  type: Text,
  encryptedCardNumber: z.string().optional(),
  encryptedExpiryMonth: z.string().optional(),
  encryptedExpiryYear: z.string().optional(),
  encryptedSecurityCode: z.string().optional(),
  holderName: z.string().optional(),
  brand: z.string().optional(),
  checkoutAttemptId: z.string().optional(),
  storedPaymentMethodId: z.string().optional(),
});

/** The fields that the fake knows, as the API reference spells them. Any other is refused, as Adyen does. */
export const BODIES = {
  payment: z.strictObject({
    merchantAccount: Text,
    amount: Amount,
    reference: Text,
    paymentMethod: PaymentMethod,
    returnUrl: z.url().max(8_000),
    channel: z.enum(['iOS', 'Android', 'Web']).optional(),
    origin: z.url().max(80).optional(),
    redirectFromIssuerMethod: z.enum(['GET', 'POST']).optional(),
    redirectToIssuerMethod: z.enum(['GET', 'POST']).optional(),
    authenticationData: z
      .strictObject({
        threeDSRequestData: z.strictObject({ nativeThreeDS: z.enum(['preferred', 'disabled']) }),
      })
      .optional(),
    metadata: Texts.optional(),
    additionalData: z.strictObject({ manualCapture: z.enum(['true', 'false']) }).optional(),
    captureDelayHours: z.int().min(0).optional(),
    shopperReference: z.string().min(3).max(256).optional(),
    shopperInteraction: z.enum(['Ecommerce', 'ContAuth', 'Moto', 'POS']).optional(),
    storePaymentMethod: z.boolean().optional(),
    recurringProcessingModel: z.enum(['CardOnFile', 'Subscription', 'UnscheduledCardOnFile']).optional(),
  }),
  details: z.strictObject({
    details: z.strictObject({ redirectResult: z.string().optional(), payload: z.string().optional() }),
    paymentData: z.string().optional(),
  }),
  capture: z.strictObject({ merchantAccount: Text, amount: Amount, reference: Text.optional() }),
  cancel: z.strictObject({ merchantAccount: Text, reference: Text.optional() }),
  refund: z.strictObject({
    merchantAccount: Text,
    amount: Amount,
    reference: Text.optional(),
    merchantRefundReason: z.enum(['FRAUD', 'CUSTOMER REQUEST', 'RETURN', 'DUPLICATE', 'OTHER']).optional(),
  }),
} as const;

const Header = <C extends string>(category: C) =>
  z.strictObject({
    ProtocolVersion: z.literal('3.0'),
    MessageClass: z.literal('Service'),
    MessageCategory: z.literal(category),
    MessageType: z.literal('Request'),
    ServiceID: z.string().regex(/^[A-Za-z0-9]{1,10}$/),
    SaleID: z.string().min(1),
    POIID: z.string().min(1),
  });
const MessageReference = z.strictObject({
  MessageCategory: z.literal('Payment'),
  SaleID: z.string().min(1),
  ServiceID: z.string().min(1).max(10),
});

const AMOUNT_MAX = 99_999_999.999999;

/** The three messages of the Terminal API that the adapter sends. */
export const TerminalMessage = z.strictObject({
  SaleToPOIRequest: z.union([
    z.strictObject({
      MessageHeader: Header('Payment'),
      PaymentRequest: z.strictObject({
        SaleData: z.strictObject({
          SaleTransactionID: z.strictObject({ TransactionID: Text, TimeStamp: z.iso.datetime() }),
        }),
        PaymentTransaction: z.strictObject({
          AmountsReq: z.strictObject({
            Currency: z.string().regex(/^[A-Z]{3}$/),
            RequestedAmount: z.number().positive().max(AMOUNT_MAX),
          }),
        }),
      }),
    }),
    z.strictObject({
      MessageHeader: Header('TransactionStatus'),
      TransactionStatusRequest: z.strictObject({
        MessageReference,
        ReceiptReprintFlag: z.boolean().optional(),
      }),
    }),
    z.strictObject({
      MessageHeader: Header('Abort'),
      AbortRequest: z.strictObject({ AbortReason: z.string().min(1), MessageReference }),
    }),
  ]),
});

export interface FakeServiceError {
  status: number;
  errorCode: string;
  errorType: string;
  message: string;
}

export const serviceError = (
  status: number,
  errorCode: string,
  errorType: string,
  message: string,
): FakeServiceError => ({ status, errorCode, errorType, message });

export const isServiceError = (one: object): one is FakeServiceError => 'errorCode' in one;

export function bodyOf<T>(schema: z.ZodType<T>, json: unknown): T | FakeServiceError {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return issue?.code === 'unrecognized_keys'
    ? serviceError(400, '702', 'validation', `The following fields are unknown: ${issue.keys.join(', ')}`)
    : serviceError(
        422,
        '130',
        'validation',
        `Invalid ${issue?.path.map(String).join('.')}: ${issue?.message}`,
      );
}
