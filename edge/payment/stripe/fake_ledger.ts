import type { z } from 'zod';
import type { Behaviour, FakeControl } from '../fake/control.ts';
import { type FakeProblem, problem, type ROUTES } from './fake_form.ts';
import type { FakeIntent, FakeReader, FakeRefund } from './fake_objects.ts';

type Params<R extends keyof typeof ROUTES> = z.infer<(typeof ROUTES)[R]>;
type Emit = (type: string, object: object) => void;

/** The fake's books: intents, refunds, customers, readers, and what may follow what. */
export class StripeLedger {
  readonly intents = new Map<string, FakeIntent>();
  readonly refunds = new Map<string, FakeRefund>();
  readonly customers = new Set<string>();
  /** Saved cards and who keeps them. */
  readonly attached = new Map<string, string>();
  readonly readers = new Map<string, FakeReader>();
  #n = 0;
  readonly #ctl: FakeControl;
  readonly #emit: Emit;
  readonly #now: () => number;

  constructor(ctl: FakeControl, emit: Emit, now: () => number) {
    this.#ctl = ctl;
    this.#emit = emit;
    this.#now = now;
  }

  id(prefix: string): string {
    this.#n += 1;
    return `${prefix}_fake${this.#n}`;
  }

  create(p: Params<'intent_create'>, behaviour: Behaviour): FakeIntent | FakeProblem {
    const card = p.payment_method ?? p.confirmation_token;
    const keeper = card === undefined ? undefined : this.attached.get(card);
    if (p.payment_method !== undefined && p.confirmation_token !== undefined)
      return problem(400, undefined, 'You may only specify one of payment_method and confirmation_token.');
    if (p.confirm && card === undefined)
      return problem(400, 'parameter_missing', 'A payment method is needed.', { param: 'payment_method' });
    if (!p.confirm && p.return_url !== undefined)
      return problem(400, undefined, 'The parameter return_url needs confirm.', { param: 'return_url' });
    if (p.customer !== undefined && !this.customers.has(p.customer))
      return problem(400, 'resource_missing', 'No such customer.', { param: 'customer' });
    if (keeper !== undefined && keeper !== p.customer)
      return problem(400, undefined, 'The payment method belongs to a customer.', { param: 'customer' });
    const intent: FakeIntent = {
      id: this.id('pi'),
      object: 'payment_intent',
      amount: p.amount,
      amount_capturable: 0,
      amount_received: 0,
      application_fee_amount: p.application_fee_amount ?? null,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: p.capture_method,
      confirmation_method: 'automatic',
      created: this.#seconds(),
      currency: p.currency,
      customer: p.customer ?? null,
      description: p.description ?? null,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata: p.metadata ?? {},
      next_action: null,
      payment_method: p.payment_method ?? (p.confirmation_token === undefined ? null : this.id('pm')),
      payment_method_types: p.allowed_payment_method_types,
      setup_future_usage: p.setup_future_usage ?? null,
      status: 'requires_payment_method',
    };
    this.intents.set(intent.id, intent);
    return p.confirm ? this.#confirm(intent, behaviour, p.return_url) : intent;
  }

  #confirm(intent: FakeIntent, behaviour: Behaviour, return_url?: string): FakeIntent | FakeProblem {
    switch (behaviour) {
      case 'challenge':
        if (return_url === undefined)
          return problem(400, 'parameter_missing', 'A return_url is needed.', { param: 'return_url' });
        intent.status = 'requires_action';
        intent.next_action = {
          type: 'redirect_to_url',
          redirect_to_url: { url: `https://hooks.stripe.test/3d_secure/${intent.id}`, return_url },
        };
        this.#emit('payment_intent.requires_action', intent);
        return intent;
      case 'pending':
        intent.status = 'processing';
        this.#emit('payment_intent.processing', intent);
        return intent;
      case 'decline':
        return this.decline(intent, 'stolen_card', 'do_not_try_again');
      case 'decline_soft':
        return this.decline(intent, 'insufficient_funds', 'try_again_later');
      default:
        return this.approve(intent, behaviour);
    }
  }

  /** The issuer says yes: the money is taken, or reserved. */
  approve(intent: FakeIntent, behaviour: Behaviour = 'approve'): FakeIntent {
    if (behaviour === 'wrong_currency') intent.currency = intent.currency === 'usd' ? 'eur' : 'usd';
    const amount =
      behaviour === 'wrong_amount'
        ? intent.amount + 1
        : behaviour === 'partial'
          ? Math.floor(intent.amount / 2)
          : intent.amount;
    intent.next_action = null;
    intent.last_payment_error = null;
    intent.latest_charge = this.id('ch');
    if (intent.setup_future_usage !== null && intent.customer !== null && intent.payment_method !== null)
      this.attached.set(intent.payment_method, intent.customer);
    const manual = intent.capture_method === 'manual';
    intent.status = manual ? 'requires_capture' : 'succeeded';
    intent[manual ? 'amount_capturable' : 'amount_received'] = amount;
    this.#moved(intent, manual ? 'authorization' : 'charge', amount);
    this.#emit(manual ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', intent);
    return intent;
  }

  decline(intent: FakeIntent, decline_code: string, advice_code: string): FakeProblem {
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code,
      advice_code,
      message: 'Your card was declined.',
    };
    intent.status = 'requires_payment_method';
    intent.next_action = null;
    intent.last_payment_error = error;
    this.#emit('payment_intent.payment_failed', intent);
    return { status: 402, error: { ...error, payment_intent: { ...intent } } };
  }

  capture(intent: FakeIntent, p: Params<'intent_capture'>): FakeIntent | FakeProblem {
    if (intent.status !== 'requires_capture') return unexpected(intent);
    const amount = p.amount_to_capture ?? intent.amount_capturable;
    if (amount > intent.amount_capturable)
      return problem(400, 'amount_too_large', 'More than can be captured.', { param: 'amount_to_capture' });
    intent.status = 'succeeded';
    intent.amount_capturable = 0;
    intent.amount_received = amount;
    this.#moved(intent, 'capture', amount);
    this.#emit('payment_intent.succeeded', intent);
    return intent;
  }

  cancel(intent: FakeIntent, p: Params<'intent_cancel'>): FakeIntent | FakeProblem {
    if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing')
      return unexpected(intent);
    if (intent.status === 'requires_capture') this.#moved(intent, 'void', intent.amount_capturable);
    intent.status = 'canceled';
    intent.next_action = null;
    intent.amount_capturable = 0;
    intent.canceled_at = this.#seconds();
    intent.cancellation_reason = p.cancellation_reason ?? null;
    this.#emit('payment_intent.canceled', intent);
    return intent;
  }

  refund(p: Params<'refund_create'>, behaviour: Behaviour): FakeRefund | FakeProblem {
    const intent = this.intents.get(p.payment_intent);
    if (intent === undefined) return missing('payment_intent');
    if (intent.status !== 'succeeded') return problem(400, undefined, 'There is no charge to refund.');
    const given = [...this.refunds.values()].filter(
      (one) => one.payment_intent === intent.id && one.status !== 'failed',
    );
    const left = intent.amount_received - given.reduce((sum, one) => sum + one.amount, 0);
    if (left === 0) return problem(400, 'charge_already_refunded', 'The charge has already been refunded.');
    const amount = p.amount ?? left;
    if (amount > left)
      return problem(400, undefined, 'More than is left of the charge.', { param: 'amount' });
    const refund: FakeRefund = {
      id: this.id('re'),
      object: 'refund',
      amount,
      charge: intent.latest_charge,
      created: this.#seconds(),
      currency: intent.currency,
      metadata: p.metadata ?? {},
      payment_intent: intent.id,
      reason: p.reason ?? null,
      status: 'pending',
    };
    this.refunds.set(refund.id, refund);
    this.#emit('refund.created', refund);
    if (behaviour === 'refund_pending') return refund;
    return behaviour === 'refund_fails' ? this.failRefund(refund) : this.giveBack(refund);
  }

  giveBack(refund: FakeRefund): FakeRefund {
    refund.status = 'succeeded';
    const { amount, currency } = refund;
    const reference = refund.metadata['refund_id'] ?? refund.id;
    this.#ctl.moved({ reference, kind: 'refund', amount, currency: currency.toUpperCase() });
    this.#emit('refund.updated', refund);
    return refund;
  }

  failRefund(refund: FakeRefund): FakeRefund {
    refund.status = 'failed';
    refund.failure_reason = 'expired_or_canceled_card';
    this.#emit('refund.failed', refund);
    return refund;
  }

  process(reader: FakeReader, p: Params<'reader_process'>): FakeReader | FakeProblem {
    const intent = this.intents.get(p.payment_intent);
    if (intent === undefined) return missing('payment_intent');
    if (reader.status === 'offline') return problem(400, 'terminal_reader_offline', 'Reader is offline.');
    if (reader.action?.status === 'in_progress')
      return problem(400, 'terminal_reader_busy', 'Reader is busy.');
    if (intent.status !== 'requires_payment_method' || !intent.payment_method_types.includes('card_present'))
      return problem(400, 'intent_invalid_state', 'The intent is not for a reader.');
    reader.action = {
      type: 'process_payment_intent',
      status: 'in_progress',
      failure_code: null,
      failure_message: null,
      process_payment_intent: { payment_intent: intent.id },
    };
    return reader;
  }

  /** A shopper holds a card to the reader. */
  present(reader: FakeReader, how: 'approve' | 'decline' | 'wrong_amount' = 'approve'): void {
    const { action } = reader;
    const intent = this.intents.get(action?.process_payment_intent.payment_intent ?? '');
    if (action?.status !== 'in_progress' || intent === undefined)
      throw new Error('the reader waits for no card');
    if (how === 'decline') this.decline(intent, 'insufficient_funds', 'try_again_later');
    else this.approve(intent, how);
    action.status = how === 'decline' ? 'failed' : 'succeeded';
    action.failure_code = how === 'decline' ? 'card_declined' : null;
    this.#emit(`terminal.reader.action_${action.status}`, reader);
  }

  cancelAction(reader: FakeReader): FakeReader {
    reader.action = null;
    return reader;
  }

  #moved(intent: FakeIntent, kind: 'charge' | 'authorization' | 'capture' | 'void', amount: number): void {
    const reference = intent.metadata['payment_id'] ?? intent.id;
    this.#ctl.moved({ reference, kind, amount, currency: intent.currency.toUpperCase() });
  }

  #seconds = (): number => Math.floor(this.#now() / 1_000);
}

const unexpected = (intent: FakeIntent): FakeProblem =>
  problem(400, 'payment_intent_unexpected_state', `The PaymentIntent is ${intent.status}.`, {
    payment_intent: { ...intent },
  });

export const missing = (param: string): FakeProblem =>
  problem(404, 'resource_missing', `No such ${param}.`, { param });
