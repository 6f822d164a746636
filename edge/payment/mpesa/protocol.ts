import { z } from 'zod';

/**
 * The wire format of Safaricom's Daraja API: M-Pesa Express (STK push and its query) and Reversals. Names are its
 * own, `RecieverIdentifierType` with its misspelling.
 */
const Text = z.string().min(1);
/** Daraja writes the same code as a number in one place and as text in another. */
const Code = z.union([z.string(), z.number()]).transform(String);

export interface StkPush {
  BusinessShortCode: string;
  Password: string;
  Timestamp: string;
  TransactionType: string;
  Amount: number;
  PartyA: string;
  PartyB: string;
  PhoneNumber: string;
  CallBackURL: string;
  AccountReference: string;
  TransactionDesc: string;
}

export const Pushed = z.object({ CheckoutRequestID: Text, ResponseCode: Code });
export const Queried = z.object({ ResponseCode: Code, ResultCode: Code, ResultDesc: z.string().optional() });
export const ReversalAccepted = z.object({
  OriginatorConversationID: Text,
  ConversationID: Text,
  ResponseCode: Code,
});
export const DarajaError = z.object({ errorCode: Text, errorMessage: z.string() });

/** Items are a bag: their order varies and a value may be missing. */
const Item = z.object({ Name: z.string(), Value: z.union([z.string(), z.number()]).optional() });
export const StkCallback = z.object({
  Body: z.object({
    stkCallback: z.object({
      CheckoutRequestID: Text,
      ResultCode: Code,
      ResultDesc: z.string().optional(),
      CallbackMetadata: z.object({ Item: z.array(Item) }).optional(),
    }),
  }),
});
export type StkCallback = z.infer<typeof StkCallback>['Body']['stkCallback'];

export const ReversalResult = z.object({
  Result: z.object({
    ResultCode: Code,
    ResultDesc: z.string().optional(),
    OriginatorConversationID: Text,
    ConversationID: Text,
    TransactionID: Text.optional(),
  }),
});
export type ReversalResult = z.infer<typeof ReversalResult>['Result'];

/** Kenya has had no daylight saving time since 1960. */
const EAST_AFRICA_MS = 3 * 3_600_000;

/** `yyyyMMddHHmmss` in East Africa Time. */
export function darajaTimestamp(atMs: number): string {
  return new Date(atMs + EAST_AFRICA_MS).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** The same back, as UTC ISO 8601; undefined where it is no such time. */
export function ofDarajaTimestamp(text: string): string | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [, y, mo, d, h, mi, s] = parts.map(Number);
  const at = Date.UTC(y ?? 0, (mo ?? 1) - 1, d, h, mi, s) - EAST_AFRICA_MS;
  return darajaTimestamp(at) === text ? new Date(at).toISOString() : undefined;
}

export const darajaPassword = (shortcode: string, passkey: string, timestamp: string): string =>
  btoa(`${shortcode}${passkey}${timestamp}`);
