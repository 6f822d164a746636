import { z } from 'zod';
import { ofDarajaTimestamp } from './protocol.ts';

/** What Daraja takes, checked to the letter: an unknown field, a longer text or another clock is refused. */
const Msisdn = z.string().regex(/^254[17]\d{8}$/);
const Timestamp = z.string().refine((text) => ofDarajaTimestamp(text) !== undefined, 'no East Africa Time');
/** Only HTTPS, or a loopback address for tests. */
const Callback = z.url().refine((url) => /^https:|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url));
const Signed = { BusinessShortCode: z.string(), Password: z.string(), Timestamp };

export const Push = z.strictObject({
  ...Signed,
  TransactionType: z.enum(['CustomerPayBillOnline', 'CustomerBuyGoodsOnline']),
  Amount: z.int().min(1),
  PartyA: Msisdn,
  PartyB: z.string().regex(/^\d{5,7}$/),
  PhoneNumber: Msisdn,
  CallBackURL: Callback,
  AccountReference: z.string().min(1).max(12),
  TransactionDesc: z.string().min(1).max(13),
});
export const Query = z.strictObject({ ...Signed, CheckoutRequestID: z.string() });
export const Reversal = z.strictObject({
  Initiator: z.string().min(1),
  SecurityCredential: z.string().min(1),
  CommandID: z.literal('TransactionReversal'),
  TransactionID: z.string(),
  Amount: z.int().min(1),
  ReceiverParty: z.string(),
  RecieverIdentifierType: z.literal('11'),
  Remarks: z.string().min(2).max(100),
  QueueTimeOutURL: Callback,
  ResultURL: Callback,
  Occasion: z.string().max(100),
});

export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  '0': 'The service request is processed successfully.',
  '1': 'The balance is insufficient for the transaction.',
  '1001': 'Unable to lock subscriber, a transaction is already in process for the current subscriber',
  '1019': 'Transaction has expired',
  '1032': 'Request cancelled by user',
  '1037': 'DS timeout user cannot be reached',
  '2001': 'The initiator information is invalid.',
};
