import type { Attempt, AttemptRequest, Gateway, GatewayFactory, Outcome, Returned } from '../gateway.ts';
import { sha256Hex } from '../hmac.ts';
import { type AdyenAccount, adyenAccount } from './account.ts';
import { toAdyen } from './amount.ts';
import { type AdyenClient, adyenClient } from './client.ts';
import { cancel, capture, getRefund, refund } from './modification.ts';
import { verifyNotification } from './notification.ts';
import { outcomeOf, PaymentAnswer, paymentBody, pspOf, readToken } from './payment.ts';
import { abort, payAtTerminal, statusOf } from './terminal.ts';

/** Keys live at least 31 days; after that the same request might be a new charge. A day is for clocks. */
const KEY_LIVES_MS = 30 * 86_400_000;

/** Adyen: Checkout API for cards and redirects, Terminal API for the counter, results by notification. */
export const adyenGateway: GatewayFactory = (ctx) => {
  const account = adyenAccount(ctx);
  return account === null ? null : gatewayTo(account);
};

function gatewayTo(account: AdyenAccount): Gateway {
  const client = adyenClient(account);

  const createAttempt = async (r: AttemptRequest): Promise<Outcome> => {
    if (r.instrument.kind === 'terminal') return payAtTerminal(account, r, r.instrument);
    const amount = toAdyen(r.amount, r.currency);
    if (amount === null)
      return { s: 'error', code: 'invalid_amount', message: 'Adyen cannot hold this amount.' };
    const body = paymentBody(account, r, amount);
    if (body === null)
      return {
        s: 'error',
        code: 'unsupported_instrument',
        message: 'Adyen wants encrypted fields, a saved card, a page or a terminal.',
      };
    const answer = await client.post(PaymentAnswer, '/payments', body, r.payment_id);
    return answer.ok ? outcomeOf(r, answer.value) : answer.failure;
  };

  /**
   * Adyen has no question for a payment. The same request under the same key is answered as the first time, so
   * what came later (3-D Secure, a capture) is not in it: the notifications tell that.
   */
  const getAttempt = async ({ request }: Attempt): Promise<Outcome> => {
    const { instrument, began_at } = request;
    if (instrument.kind === 'terminal') return statusOf(account, request, instrument);
    const old = account.now() - Date.parse(began_at) > KEY_LIVES_MS;
    return old ? { s: 'unknown', reason: 'unavailable' } : createAttempt(request);
  };

  return {
    id: 'adyen',
    can: {
      authorize: true,
      capture: 'partial',
      // A terminal can be told to stop, a bank's page cannot.
      void_open: account.terminals_only,
      void_captured: false,
      refund: 'partial',
      refund_async: true,
      saved_cards: true,
      ask: 'repeat',
      webhooks: 'signed',
      channels: ['web', 'kiosk', 'cashier'],
    },
    createAttempt,
    getAttempt,
    async continueAttempt(attempt, returned) {
      const details = detailsOf(returned);
      return details === null ? getAttempt(attempt) : proceed(client, attempt, details);
    },
    capture: (attempt, asked) => capture(client, account, attempt, asked),
    async void(attempt, key) {
      const { instrument } = attempt.request;
      const psp = pspOf(attempt);
      const reserved = attempt.authorized > 0 && attempt.captured === 0;
      if (reserved && psp !== null) return cancel(client, account, attempt, psp, key);
      if (instrument.kind === 'terminal' && attempt.captured === 0)
        return abort(account, attempt, instrument);
      // What Adyen never answered is not sent again in order to call it off: that might make it.
      return attempt.reference === null ? { s: 'unknown', reason: 'unavailable' } : getAttempt(attempt);
    },
    refund: (attempt, request) => refund(client, account, attempt, request),
    getRefund: (attempt, request) => getRefund(client, account, attempt, request),
    verifyWebhook: (raw) => verifyNotification(account, raw),
    async forgetCard(token) {
      const { id, shopper } = readToken(token);
      if (shopper === null) return { s: 'error', message: 'The token names no shopper.' };
      const query = { merchantAccount: account.merchant, shopperReference: shopper };
      const answer = await client.delete(`/storedPaymentMethods/${encodeURIComponent(id)}`, query);
      if (answer.ok) return { s: 'gone' };
      const { failure } = answer;
      return failure.s === 'unknown'
        ? { s: 'unknown', message: 'Adyen did not answer.' }
        : { s: 'error', message: failure.message };
    },
  };
}

type Details = { redirectResult: string } | { payload: string };

/** What the bank's page put on the return address. It proves nothing by itself: Adyen is told of it. */
function detailsOf({ parameters }: Returned): Details | null {
  const redirectResult = parameters?.['redirectResult'];
  const payload = parameters?.['payload'];
  if (redirectResult !== undefined) return { redirectResult };
  return payload === undefined ? null : { payload };
}

async function proceed(client: AdyenClient, { request }: Attempt, details: Details): Promise<Outcome> {
  const key = await sha256Hex(`${request.payment_id}.details.${JSON.stringify(details)}`);
  const answer = await client.post(PaymentAnswer, '/payments/details', { details }, key);
  return answer.ok ? outcomeOf(request, answer.value) : answer.failure;
}
