import { z } from 'zod';
import type { Attempt, AttemptRequest, CardShown, Outcome, SavedCardToken } from '../gateway.ts';
import type { AdyenAccount } from './account.ts';
import { AdyenAmount, fromAdyen } from './amount.ts';

/**
 * What a notification names the payment by. Only signed fields are believed, and whether an authorisation is
 * also a capture is in none of them: so the reference itself says it.
 */
export const referenceOf = ({
  payment_id,
  capture,
}: Pick<AttemptRequest, 'payment_id' | 'capture'>): string =>
  capture === 'manual' ? `${payment_id}${MANUAL}` : payment_id;
const MANUAL = '.manual';

export function readReference(reference: string): { payment_id: string; manual: boolean } {
  const manual = reference.endsWith(MANUAL);
  return { payment_id: manual ? reference.slice(0, -MANUAL.length) : reference, manual };
}

/** Adyen's own name of the payment, once it has given one. */
export const pspOf = ({ refs, reference }: Attempt): string | null => refs['psp'] ?? reference;

/**
 * The body of `POST /payments`, or null where Adyen cannot be paid so. 3-D Secure only by the bank's page
 * (`nativeThreeDS` off, redirects by GET): no secret of a browser's library is kept.
 */
export function paymentBody(
  { merchant }: AdyenAccount,
  r: AttemptRequest,
  amount: AdyenAmount,
): object | null {
  const instrument = instrumentOf(r);
  if (instrument === null) return null;
  return {
    merchantAccount: merchant,
    amount,
    reference: referenceOf(r),
    returnUrl: r.return_url,
    channel: 'Web',
    origin: new URL(r.return_url).origin,
    redirectFromIssuerMethod: 'GET',
    redirectToIssuerMethod: 'GET',
    authenticationData: { threeDSRequestData: { nativeThreeDS: 'disabled' } },
    metadata: { order_id: r.order_id, order_number: r.order_number },
    ...(r.capture === 'manual' ? { additionalData: { manualCapture: 'true' } } : { captureDelayHours: 0 }),
    ...instrument,
  };
}

/** What Adyen's page component gives: encrypted fields. A card in clear is refused, it must not come this way. */
const PaymentMethod = z
  .looseObject({ type: z.string().min(1).max(100) })
  .refine((one) => CLEAR.every((field) => !(field in one)));
const CLEAR = ['number', 'cvc', 'expiryMonth', 'expiryYear'];

function instrumentOf({ instrument, save_card, shopper_id, method }: AttemptRequest): object | null {
  switch (instrument.kind) {
    case 'token': {
      const paymentMethod = methodOf(instrument.token);
      if (paymentMethod === null) return null;
      return { paymentMethod, shopperInteraction: 'Ecommerce', ...(save_card ? keepFor(shopper_id) : {}) };
    }
    case 'saved': {
      const card = readToken(instrument.token);
      return {
        paymentMethod: { type: 'scheme', storedPaymentMethodId: card.id },
        shopperReference: instrument.customer ?? card.shopper ?? shopper_id,
        shopperInteraction: 'ContAuth',
        recurringProcessingModel: 'CardOnFile',
      };
    }
    case 'none':
      // A payment on a page of its own: the method has Adyen's name (`ideal`, `swish`, `paypal` …).
      return method === 'card' ? null : { paymentMethod: { type: method }, shopperInteraction: 'Ecommerce' };
    case 'terminal':
    case 'msisdn':
    case 'vpa':
    case 'ledger':
      return null;
  }
}

function methodOf(token: string): object | null {
  try {
    return PaymentMethod.safeParse(JSON.parse(token)).data ?? null;
  } catch {
    return null;
  }
}

const keepFor = (shopperReference: string) => ({
  shopperReference,
  storePaymentMethod: true,
  recurringProcessingModel: 'CardOnFile',
});

/** A card is deleted by its id and its shopper, so its token holds both. */
export function readToken(token: string): { id: string; shopper: string | null } {
  const at = token.indexOf('@');
  return at < 0 ? { id: token, shopper: null } : { id: token.slice(0, at), shopper: token.slice(at + 1) };
}

/** The answer of `/payments` and of `/payments/details`. */
export const PaymentAnswer = z.object({
  resultCode: z.string(),
  pspReference: z.string().nullish(),
  refusalReasonCode: z.string().nullish(),
  amount: AdyenAmount.nullish(),
  action: z
    .object({
      type: z.string(),
      method: z.string().nullish(),
      url: z.string().nullish(),
      qrCodeData: z.string().nullish(),
      data: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  paymentMethod: z.object({ brand: z.string().nullish(), type: z.string().nullish() }).nullish(),
  additionalData: z.record(z.string(), z.string()).nullish(),
});
type PaymentAnswer = z.infer<typeof PaymentAnswer>;

/** Refusals after which the same card may work another time (Adyen's page "Refusal reasons"). */
const SOFT: ReadonlySet<string> = new Set(['4', '9', '12', '25', '26', '38']);

export function outcomeOf(r: AttemptRequest, answer: PaymentAnswer): Outcome {
  const psp = answer.pspReference ?? null;
  // A payment that waits for the payer may have no name of Adyen's yet.
  const known = { reference: psp ?? r.payment_id, ...(psp === null ? {} : { refs: { psp } }) };
  const code = `refused_${answer.refusalReasonCode ?? 'unknown'}`;
  switch (answer.resultCode) {
    case 'Authorised':
    case 'PartiallyAuthorised': {
      // Where the answer leaves the amount out, it is the one that was asked for.
      const said = answer.amount ?? null;
      const money = said === null ? { amount: r.amount, currency: r.currency } : fromAdyen(said);
      const s = r.capture === 'manual' ? 'authorized' : 'captured';
      return { s, ...money, ...known, ...shownOf(answer), ...savedOf(r, answer) };
    }
    case 'Refused':
      return {
        s: 'declined',
        code,
        // Adyen asks not to tell the payer why.
        message: 'The payment was refused.',
        ...(SOFT.has(answer.refusalReasonCode ?? '') ? { soft: true } : {}),
        reference: psp,
      };
    case 'RedirectShopper':
    case 'ChallengeShopper':
    case 'IdentifyShopper':
    case 'PresentToShopper':
      return actionOf(answer, known);
    case 'Pending':
    case 'Received':
      return answer.action === null || answer.action === undefined
        ? { s: 'pending', ...known }
        : actionOf(answer, known);
    case 'AuthenticationFinished':
    case 'AuthenticationNotRequired':
      return { s: 'pending', ...known };
    case 'Cancelled':
      return { s: 'cancelled', ...known };
    case 'Error':
      return { s: 'error', code, message: 'Adyen could not process the payment.' };
    default:
      return { s: 'unknown', reason: 'unreadable' };
  }
}

function actionOf({ action }: PaymentAnswer, known: { reference: string; refs?: { psp: string } }): Outcome {
  if (action?.type === 'redirect' && typeof action.url === 'string') {
    // A form that must be posted: its fields, as a form is written.
    const payload = action.method === 'POST' ? new URLSearchParams(action.data ?? {}).toString() : null;
    const { url } = action;
    const redirect = { type: 'redirect', url, ...(payload === null ? {} : { payload }) } as const;
    return { s: 'action_required', action: redirect, ...known };
  }
  if (action?.type === 'qrCode' && typeof action.qrCodeData === 'string')
    return { s: 'action_required', action: { type: 'qr', payload: action.qrCodeData }, ...known };
  if (action?.type === 'await') return { s: 'action_required', action: { type: 'wait' }, ...known };
  return { s: 'pending', ...known };
}

/** `additionalData` holds only what the Customer Area is set to return. */
function shownOf({ additionalData, paymentMethod }: PaymentAnswer): { card?: CardShown } {
  const said = additionalData ?? {};
  const brand = paymentMethod?.brand ?? said['paymentMethod'];
  const last4 = said['cardSummary'];
  const expiry = /^(\d{1,2})\/\d\d(\d\d)$/.exec(said['expiryDate'] ?? '');
  const funding = said['fundingSource']?.toLowerCase();
  const auth_code = said['authCode'];
  const card: CardShown = {
    ...(typeof brand === 'string' ? { brand } : {}),
    ...(last4 !== undefined && /^\d{4}$/.test(last4) ? { last4 } : {}),
    ...(expiry === null ? {} : { expiry: `${(expiry[1] ?? '').padStart(2, '0')}/${expiry[2]}` }),
    ...(funding === 'credit' || funding === 'debit' || funding === 'prepaid' ? { funding } : {}),
    ...(auth_code === undefined ? {} : { auth_code }),
  };
  return Object.keys(card).length === 0 ? {} : { card };
}

function savedOf(r: AttemptRequest, { additionalData }: PaymentAnswer): { saved?: SavedCardToken } {
  const id =
    additionalData?.['tokenization.storedPaymentMethodId'] ??
    additionalData?.['recurring.recurringDetailReference'];
  if (!r.save_card || id === undefined) return {};
  return { saved: { token: `${id}@${r.shopper_id}`, customer: r.shopper_id } };
}
