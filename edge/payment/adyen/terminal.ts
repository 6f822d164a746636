import { z } from 'zod';
import type { Attempt, AttemptRequest, CardShown, Outcome } from '../gateway.ts';
import { providerCall, TERMINAL_TIMEOUT_MS } from '../provider_call.ts';
import type { AdyenAccount } from './account.ts';
import { fromTerminal, toTerminal } from './amount.ts';
import { referenceOf } from './payment.ts';

/** Terminal API over the cloud (`/sync`, nexo 3.0): the answer comes when the shopper is done. */
type Terminal = Extract<AttemptRequest['instrument'], { kind: 'terminal' }>;
const PROTOCOL = '3.0';
const SALE_ID = 'Sesame';
const SERVICE_ID_MAX = 10;

export async function payAtTerminal(
  account: AdyenAccount,
  r: AttemptRequest,
  at: Terminal,
): Promise<Outcome> {
  const RequestedAmount = toTerminal(r.amount, r.currency);
  if (RequestedAmount === null)
    return { s: 'error', code: 'invalid_amount', message: 'The terminal cannot hold this amount.' };
  // How the Terminal API is told to reserve only is not settled here, so it is not tried.
  if (r.capture === 'manual')
    return { s: 'error', code: 'unsupported_capture', message: 'Terminals of Adyen take at once.' };
  if (at.service_id.length > SERVICE_ID_MAX)
    return { s: 'error', code: 'invalid_service_id', message: 'A ServiceID has at most 10 characters.' };
  const PaymentRequest = {
    SaleData: { SaleTransactionID: { TransactionID: referenceOf(r), TimeStamp: r.began_at } },
    PaymentTransaction: { AmountsReq: { Currency: r.currency, RequestedAmount } },
  };
  const answer = await send(account, at, at.service_id, 'Payment', { PaymentRequest });
  if (answer === 'silent') return { s: 'unknown', reason: 'timeout' };
  if (answer === 'refused') return { s: 'error', code: 'not_authorised', message: 'Adyen refused the key.' };
  const paid = Answer.safeParse(answer).data?.SaleToPOIResponse?.PaymentResponse;
  // A message that was rejected may be the second one under a ServiceID: the first one's result is asked for.
  return paid === undefined ? statusOf(account, r, at) : outcomeOf(r, paid);
}

/** What became of the conversation `service_id` (Adyen's page "Verify transaction status"). */
export async function statusOf(account: AdyenAccount, r: AttemptRequest, at: Terminal): Promise<Outcome> {
  const TransactionStatusRequest = {
    MessageReference: { MessageCategory: 'Payment', SaleID: SALE_ID, ServiceID: at.service_id },
    ReceiptReprintFlag: false,
  };
  const answer = await send(account, at, newServiceId(), 'TransactionStatus', { TransactionStatusRequest });
  const status = Answer.safeParse(answer).data?.SaleToPOIResponse?.TransactionStatusResponse;
  if (status === undefined) return { s: 'unknown', reason: 'unavailable' };
  const repeated = status.RepeatedMessageResponse?.RepeatedResponseMessageBody.PaymentResponse;
  if (status.Response.Result === 'Success')
    return repeated === undefined ? { s: 'unknown', reason: 'unreadable' } : outcomeOf(r, repeated);
  switch (status.Response.ErrorCondition) {
    case 'InProgress':
      return { s: 'action_required', action: { type: 'terminal' }, reference: r.payment_id };
    case 'NotFound':
      return { s: 'not_found' };
    default:
      return { s: 'unknown', reason: 'unavailable' };
  }
}

/** Asks the terminal to stop; whether it did, or the card was quicker, only the status tells. */
export async function abort(account: AdyenAccount, { request }: Attempt, at: Terminal): Promise<Outcome> {
  const AbortRequest = {
    AbortReason: 'MerchantAbort',
    MessageReference: { MessageCategory: 'Payment', SaleID: SALE_ID, ServiceID: at.service_id },
  };
  await send(account, at, newServiceId(), 'Abort', { AbortRequest });
  return statusOf(account, request, at);
}

/** Must differ from every other of the last 48 hours at this terminal. */
const newServiceId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, SERVICE_ID_MAX);

const UNAUTHORISED = new Set([401, 403]);

async function send(
  { http, api_key, terminal_url }: AdyenAccount,
  { terminal_id }: Terminal,
  ServiceID: string,
  MessageCategory: 'Payment' | 'TransactionStatus' | 'Abort',
  message: object,
): Promise<unknown> {
  const MessageHeader = {
    ProtocolVersion: PROTOCOL,
    MessageClass: 'Service',
    MessageCategory,
    MessageType: 'Request',
    ServiceID,
    SaleID: SALE_ID,
    POIID: terminal_id,
  };
  const answer = await providerCall(
    http,
    terminal_url,
    {
      method: 'POST',
      headers: { 'x-api-key': api_key, 'content-type': 'application/json' },
      body: JSON.stringify({ SaleToPOIRequest: { MessageHeader, ...message } }),
    },
    TERMINAL_TIMEOUT_MS,
  );
  if ('s' in answer) return 'silent';
  if (UNAUTHORISED.has(answer.status)) return 'refused';
  return answer.status >= 200 && answer.status < 300 ? answer.json : 'silent';
}

const Response = z.object({
  Result: z.enum(['Success', 'Partial', 'Failure']),
  ErrorCondition: z.string().optional(),
});
const PaymentResponse = z.object({
  Response,
  POIData: z.object({ POITransactionID: z.object({ TransactionID: z.string() }) }).optional(),
  PaymentResult: z
    .object({
      AmountsResp: z.object({ AuthorizedAmount: z.number(), Currency: z.string().optional() }).optional(),
      PaymentAcquirerData: z.object({ ApprovalCode: z.string().optional() }).optional(),
      PaymentInstrumentData: z
        .object({
          CardData: z
            .object({
              PaymentBrand: z.string().optional(),
              MaskedPan: z.string().optional(),
              EntryMode: z.array(z.string()).optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});
type PaymentResponse = z.infer<typeof PaymentResponse>;

const Answer = z.object({
  SaleToPOIResponse: z
    .object({
      PaymentResponse: PaymentResponse.optional(),
      TransactionStatusResponse: z
        .object({
          Response,
          RepeatedMessageResponse: z
            .object({
              RepeatedResponseMessageBody: z.object({ PaymentResponse: PaymentResponse.optional() }),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});

/** The issuer or the card says no. */
const DECLINES: ReadonlySet<string> = new Set(['Refusal', 'InvalidCard', 'WrongPIN', 'PaymentRestriction']);
/** The terminal did not begin. */
const NOT_BEGUN: ReadonlySet<string> = new Set([
  'Busy',
  'LoggedOut',
  'MessageFormat',
  'NotAllowed',
  'DeviceOut',
]);

function outcomeOf(r: AttemptRequest, { Response: said, POIData, PaymentResult }: PaymentResponse): Outcome {
  // `tender.psp`; an approval without a line to Adyen has no name of Adyen's yet.
  const [tender = r.payment_id, psp] = (POIData?.POITransactionID.TransactionID ?? r.payment_id).split('.');
  const known = { reference: psp ?? tender, ...(psp === undefined ? {} : { refs: { psp } }) };
  const condition = said.ErrorCondition ?? '';
  if (said.Result === 'Failure') {
    if (condition === 'Cancel' || condition === 'Aborted') return { s: 'cancelled', ...known };
    const code = condition.toLowerCase();
    if (DECLINES.has(condition))
      return { s: 'declined', code, message: 'The card was declined.', reference: known.reference };
    return NOT_BEGUN.has(condition)
      ? { s: 'error', code, message: 'The terminal could not begin.' }
      : { s: 'unknown', reason: 'unavailable' };
  }
  const amounts = PaymentResult?.AmountsResp;
  if (amounts === undefined) return { s: 'unknown', reason: 'unreadable' };
  const currency = amounts.Currency ?? r.currency;
  const amount = fromTerminal(amounts.AuthorizedAmount, currency);
  return { s: 'captured', amount, currency, ...known, card: shownOf(PaymentResult) };
}

function shownOf(result: PaymentResponse['PaymentResult']): CardShown {
  const card = result?.PaymentInstrumentData?.CardData;
  const last4 = /(\d{4})$/.exec(card?.MaskedPan ?? '')?.[1];
  const auth_code = result?.PaymentAcquirerData?.ApprovalCode;
  const entry_mode = card?.EntryMode?.[0];
  return {
    ...(card?.PaymentBrand === undefined ? {} : { brand: card.PaymentBrand }),
    ...(last4 === undefined ? {} : { last4 }),
    ...(auth_code === undefined ? {} : { auth_code }),
    ...(entry_mode === undefined ? {} : { entry_mode }),
  };
}
