import type { z } from 'zod';
import type { Behaviour, FakeControl } from '../fake/control.ts';
import { toAdyen } from './amount.ts';
import { type BODIES, type FakeServiceError, serviceError } from './fake_body.ts';
import type { NotificationItem } from './notification.ts';

type Body<B extends keyof typeof BODIES> = z.infer<(typeof BODIES)[B]>;

interface FakePayment {
  psp: string;
  reference: string;
  value: number;
  currency: string;
  manual: boolean;
  state: 'redirect' | 'pending' | 'authorised' | 'captured' | 'refused' | 'cancelled';
  captured: number;
  refunded: number;
  keep: string | null;
}

/** The fake's books. Every result is a notification; `/payments` alone tells at once. */
export class AdyenLedger {
  readonly payments = new Map<string, FakePayment>();
  readonly stored = new Map<string, string>();
  readonly items: NotificationItem[] = [];
  readonly #later = new Map<string, () => void>();
  #n = 0;
  readonly #ctl: FakeControl;
  readonly #merchant: string;

  constructor(ctl: FakeControl, merchant: string) {
    this.#ctl = ctl;
    this.#merchant = merchant;
  }

  #psp(): string {
    this.#n += 1;
    return `FAKE${String(this.#n).padStart(12, '0')}`;
  }

  pay(body: Body<'payment'>, behaviour: Behaviour): object {
    const { paymentMethod, shopperReference = null } = body;
    const stored = paymentMethod.storedPaymentMethodId;
    if (stored !== undefined && this.stored.get(stored) !== shopperReference)
      return serviceError(422, '800', 'validation', 'Contract not found');
    if (body.storePaymentMethod === true && shopperReference === null)
      return serviceError(422, '175', 'validation', 'A shopperReference is needed.');
    const payment: FakePayment = {
      psp: this.#psp(),
      reference: body.reference,
      value: body.amount.value,
      currency: body.amount.currency,
      manual: body.additionalData?.manualCapture === 'true',
      state: 'redirect',
      captured: 0,
      refunded: 0,
      keep: body.storePaymentMethod === true ? shopperReference : null,
    };
    this.payments.set(payment.psp, payment);
    switch (behaviour) {
      case 'decline':
        return this.refuse(payment, '5', 'Blocked Card');
      case 'decline_soft':
        return this.refuse(payment, '12', 'Not enough balance');
      case 'pending':
        payment.state = 'pending';
        this.#later.set(body.reference, () => void this.authorise(payment));
        return { resultCode: 'Received', pspReference: payment.psp, merchantReference: payment.reference };
      case 'challenge':
        // Adyen gives no pspReference before the payer is back.
        return {
          resultCode: 'RedirectShopper',
          action: {
            type: 'redirect',
            method: body.redirectToIssuerMethod ?? 'GET',
            paymentMethodType: 'scheme',
            url: `https://checkout.adyen.test/threeDS/${payment.psp}`,
          },
        };
      default:
        return this.authorise(payment, behaviour);
    }
  }

  atTerminal(reference: string, amount: number, currency: string): string {
    const psp = this.#psp();
    const money = { value: toAdyen(amount, currency)?.value ?? 0, currency };
    const payment: FakePayment = {
      psp,
      reference,
      ...money,
      manual: false,
      state: 'captured',
      captured: money.value,
      refunded: 0,
      keep: null,
    };
    this.payments.set(psp, payment);
    this.#moved(payment, 'charge', money.value);
    this.notify('AUTHORISATION', true, { ...payment, pspReference: psp });
    return psp;
  }

  details({ details }: Body<'details'>): object {
    const [psp = '', result] = (details.redirectResult ?? '').split('!');
    const payment = this.payments.get(psp);
    if (payment?.state !== 'redirect')
      return serviceError(422, '14_0408', 'validation', 'Error during processing of the details.');
    return result === 'ok' ? this.authorise(payment) : this.refuse(payment, '11', '3D Not Authenticated');
  }

  authorise(payment: FakePayment, behaviour: Behaviour = 'approve'): object {
    if (behaviour === 'wrong_currency') payment.currency = payment.currency === 'USD' ? 'EUR' : 'USD';
    if (behaviour === 'wrong_amount') payment.value += 1;
    if (behaviour === 'partial') payment.value = Math.floor(payment.value / 2);
    payment.state = payment.manual ? 'authorised' : 'captured';
    payment.captured = payment.manual ? 0 : payment.value;
    this.#moved(payment, payment.manual ? 'authorization' : 'charge', payment.value);
    this.notify('AUTHORISATION', true, { ...payment, pspReference: payment.psp });
    const token = payment.keep === null ? null : `TOKEN${payment.psp}`;
    if (token !== null && payment.keep !== null) this.stored.set(token, payment.keep);
    return {
      resultCode: behaviour === 'partial' ? 'PartiallyAuthorised' : 'Authorised',
      pspReference: payment.psp,
      merchantReference: payment.reference,
      amount: { value: payment.value, currency: payment.currency },
      paymentMethod: { brand: 'visa', type: 'scheme' },
      additionalData: {
        cardSummary: '0007',
        expiryDate: '4/2031',
        authCode: '123456',
        fundingSource: 'DEBIT',
        ...(token === null ? {} : { 'tokenization.storedPaymentMethodId': token }),
      },
    };
  }

  refuse(payment: FakePayment, refusalReasonCode: string, refusalReason: string): object {
    payment.state = 'refused';
    this.notify('AUTHORISATION', false, { ...payment, pspReference: payment.psp });
    const { psp, reference } = payment;
    return {
      resultCode: 'Refused',
      pspReference: psp,
      merchantReference: reference,
      refusalReason,
      refusalReasonCode,
    };
  }

  capture(psp: string, body: Body<'capture'>): object {
    const payment = this.payments.get(psp);
    if (payment === undefined) return noPayment();
    const pspReference = this.#psp();
    const { value, currency } = body.amount;
    const good = payment.state === 'authorised' && value <= payment.value && currency === payment.currency;
    if (good) {
      payment.state = 'captured';
      payment.captured = value;
      this.#moved(payment, 'capture', value);
    }
    this.notify('CAPTURE', good, { value, currency, reference: body.reference, pspReference, original: psp });
    return { ...body, paymentPspReference: psp, pspReference, status: 'received' };
  }

  cancel(psp: string, body: Body<'cancel'>): object {
    const payment = this.payments.get(psp);
    if (payment === undefined) return noPayment();
    const pspReference = this.#psp();
    const good = payment.state === 'authorised';
    if (good) {
      payment.state = 'cancelled';
      this.#moved(payment, 'void', payment.value);
    }
    const { value, currency } = payment;
    this.notify('CANCELLATION', good, {
      value,
      currency,
      reference: body.reference,
      pspReference,
      original: psp,
    });
    return { ...body, paymentPspReference: psp, pspReference, status: 'received' };
  }

  refund(psp: string, body: Body<'refund'>, behaviour: Behaviour): object {
    const payment = this.payments.get(psp);
    if (payment === undefined) return noPayment();
    const { value, currency } = body.amount;
    const reference = body.reference ?? psp;
    const pspReference = this.#psp();
    const settle = () => {
      const good =
        payment.state === 'captured' &&
        payment.refunded + value <= payment.captured &&
        behaviour !== 'refund_fails';
      if (good) {
        payment.refunded += value;
        this.#ctl.moved({ reference, kind: 'refund', amount: value, currency });
      }
      this.notify('REFUND', good, { value, currency, reference, pspReference, original: psp });
    };
    if (behaviour === 'refund_pending') this.#later.set(reference, settle);
    else settle();
    return { ...body, paymentPspReference: psp, pspReference, status: 'received' };
  }

  settle(reference: string): void {
    const due = this.#later.get(reference);
    if (due === undefined) throw new Error(`nothing waits under ${reference}`);
    this.#later.delete(reference);
    due();
  }

  notify(
    eventCode: string,
    done: boolean,
    of: {
      value: number;
      currency: string;
      reference?: string | undefined;
      pspReference: string;
      original?: string;
    },
  ): void {
    this.items.push({
      pspReference: of.pspReference,
      ...(of.original === undefined ? {} : { originalReference: of.original }),
      merchantAccountCode: this.#merchant,
      merchantReference: of.reference ?? '',
      amount: { value: of.value, currency: of.currency },
      eventCode,
      success: done ? 'true' : 'false',
    });
  }

  #moved(
    { reference, currency }: FakePayment,
    kind: 'charge' | 'authorization' | 'capture' | 'void',
    amount: number,
  ): void {
    this.#ctl.moved({ reference: reference.replace(/\.manual$/, ''), kind, amount, currency });
  }
}

const noPayment = (): FakeServiceError =>
  serviceError(422, '167', 'validation', 'Original pspReference required for this operation');
