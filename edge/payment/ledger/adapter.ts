import type { RetailerId } from '../../../shared/ids/index.ts';
import { LedgerKind } from '../../../shared/ledger/book.ts';
import { isLedgerOf, ledgerName, readAccountCode } from '../../../shared/ledger/code.ts';
import type { Hold } from '../../../shared/ledger/decide.ts';
import type { PaymentAccount } from '../../../shared/payment/account.ts';
import { err } from '../../../shared/result.ts';
import type { LedgerForGateway } from '../../../shared/rpc/ledger.ts';
import type { Attempt, AttemptRequest, Gateway, Outcome, RefundOutcome } from '../gateway.ts';

interface LedgerGatewayContext {
  account: PaymentAccount;
  /** Whose accounts may be charged. It comes from the trip, never from what the payer sent. */
  retailer_id: RetailerId;
  /** A new stub each time: after an error a stub is broken for good. */
  ledger(name: string): LedgerForGateway;
}

/** The answer never came: whether it was done, only a question tells. */
const UNKNOWN = { s: 'unknown', reason: 'unavailable' } as const;

/**
 * The gateway `ledger`: gift cards, points, credit and budget codes as tenders. The provider is a LedgerObject of
 * this deployment; to reserve is to hold. The reference of an attempt is the object's name and our payment id.
 */
export function ledgerGateway(ctx: LedgerGatewayContext): Gateway {
  const getAttempt = (attempt: Attempt): Promise<Outcome> =>
    atLedger(ctx, attempt, async (ledger, name) => {
      const hold = await ledger.payment(attempt.request.payment_id);
      return hold === null ? { s: 'not_found' } : outcomeOf(hold, name);
    });

  return {
    id: 'ledger',
    can: {
      authorize: true,
      capture: 'partial',
      void_open: true,
      void_captured: true,
      refund: 'partial',
      refund_async: false,
      saved_cards: false,
      ask: 'query',
      webhooks: 'none',
      channels: ['web', 'kiosk', 'cashier'],
    },
    createAttempt: (request) => createAttempt(ctx, request),
    getAttempt,
    continueAttempt: getAttempt,
    capture: (attempt, { amount }) =>
      atLedger(ctx, attempt, async (ledger, name) => {
        const taken = await ledger.capture({ payment_id: attempt.request.payment_id, amount });
        if (taken.ok) return outcomeOf(taken.value, name);
        const { code } = taken.error;
        return code === 'not_found'
          ? { s: 'not_found' }
          : { s: 'error', code, message: 'the account did not capture' };
      }),
    void: (attempt) =>
      atLedger(ctx, attempt, async (ledger, name) => {
        const released = await ledger.release({ payment_id: attempt.request.payment_id });
        return released.ok ? outcomeOf(released.value, name) : { s: 'not_found' };
      }),
    refund: (attempt, { refund_id, amount }) =>
      refundAt(ctx, attempt, async (ledger) => {
        const { payment_id } = attempt.request;
        const returned = await ledger.refund({ refund_id, payment_id, amount });
        return returned.ok
          ? refunded(returned.value)
          : { s: 'failed', code: returned.error.code, message: 'the account did not take it back' };
      }),
    getRefund: (attempt, { refund_id }) =>
      refundAt(ctx, attempt, async (ledger) => {
        const returned = await ledger.refunded(refund_id);
        return returned === null ? { s: 'not_found' } : refunded(returned);
      }),
    async verifyWebhook() {
      return err({ code: 'invalid' });
    },
  };
}

async function createAttempt(ctx: LedgerGatewayContext, request: AttemptRequest): Promise<Outcome> {
  const { payment_id, amount, currency, method, capture, channel } = request;
  if (amount < 1) return { s: 'error', code: 'invalid_amount', message: 'nothing to take' };
  if (method === 'credit' && !givesCredit(ctx.account, channel))
    return declined('channel_not_allowed', 'Credit is given at the till.');
  const name = nameIn(ctx, request);
  if (name === null) return declined('unknown_account', 'There is no such account.');
  return asked(async () => {
    const held = await ctx
      .ledger(name)
      .hold({ payment_id, amount, currency, partial: method === 'gift_card', capture: capture === 'auto' });
    if (held === null) return declined('unknown_account', 'There is no such account.');
    if (held.ok) return outcomeOf(held.value, name);
    const { code } = held.error;
    return code === 'wrong_currency'
      ? declined(code, 'The account is in another currency.')
      : { s: 'error', code, message: 'the account refused the payment' };
  });
}

/** Whoever knows a customer's number could buy on her name from a phone: that needs the account's express word. */
const givesCredit = ({ channels }: PaymentAccount, channel: AttemptRequest['channel']): boolean =>
  (channels ?? ['kiosk', 'cashier']).includes(channel);

/** The object's name of the account that the payer named, or null. */
function nameIn(
  { retailer_id }: LedgerGatewayContext,
  { method, instrument }: AttemptRequest,
): string | null {
  const kind = LedgerKind.safeParse(method);
  if (!kind.success || instrument.kind !== 'ledger') return null;
  const code = readAccountCode(instrument.account);
  return code.ok ? ledgerName(retailer_id, kind.data, code.value) : null;
}

/** An attempt's account: from its reference, or where no answer ever came from what the payer gave. */
function nameOf(ctx: LedgerGatewayContext, { reference, request }: Attempt): string | null {
  const name = reference?.split('/')[0] ?? nameIn(ctx, request);
  return name !== null && isLedgerOf(ctx.retailer_id, name) ? name : null;
}

function atLedger(
  ctx: LedgerGatewayContext,
  attempt: Attempt,
  question: (ledger: LedgerForGateway, name: string) => Promise<Outcome>,
): Promise<Outcome> {
  const name = nameOf(ctx, attempt);
  return name === null ? Promise.resolve({ s: 'not_found' }) : asked(() => question(ctx.ledger(name), name));
}

async function refundAt(
  ctx: LedgerGatewayContext,
  attempt: Attempt,
  question: (ledger: LedgerForGateway) => Promise<RefundOutcome>,
): Promise<RefundOutcome> {
  const name = nameOf(ctx, attempt);
  if (name === null) return { s: 'failed', code: 'not_found', message: 'there is no such account' };
  try {
    return await question(ctx.ledger(name));
  } catch {
    return UNKNOWN;
  }
}

async function asked(question: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await question();
  } catch {
    return UNKNOWN;
  }
}

function outcomeOf(hold: Hold, name: string): Outcome {
  const reference = `${name}/${hold.payment_id}`;
  switch (hold.state) {
    case 'held':
      return { s: 'authorized', amount: hold.amount, reference };
    case 'captured':
      return { s: 'captured', amount: hold.captured, reference };
    case 'released':
    case 'voided':
      return { s: 'voided', reference };
    case 'declined':
      return declined(
        hold.reason ?? 'declined',
        MESSAGES[hold.reason ?? ''] ?? 'The account declined.',
        reference,
      );
  }
}

const MESSAGES: Record<string, string> = {
  insufficient_funds: 'There is not enough on the account.',
  blocked: 'The account is blocked.',
};

const declined = (code: string, message: string, reference: string | null = null): Outcome => ({
  s: 'declined',
  code,
  message,
  reference,
});

/** `payout`: minor units that the account did not take, because the customer had paid for them already. */
const refunded = ({ refund_id, payout }: { refund_id: string; payout: number }): RefundOutcome => ({
  s: 'succeeded',
  reference: refund_id,
  ...(payout === 0 ? {} : { refs: { payout: String(payout) } }),
});
