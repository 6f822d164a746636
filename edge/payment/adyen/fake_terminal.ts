import type { z } from 'zod';
import { type Behaviour, Dropped, type FakeControl } from '../fake/control.ts';
import { fromTerminal } from './amount.ts';
import { TerminalMessage } from './fake_body.ts';

type Message = z.infer<typeof TerminalMessage>['SaleToPOIRequest'];
type Payment = Extract<Message, { PaymentRequest: unknown }>;

/** One terminal behind the cloud: it remembers every conversation by its ServiceID. */
export class FakeTerminal {
  readonly #done = new Map<string, object | 'in_progress'>();
  readonly #ctl: FakeControl;
  readonly #paid: (reference: string, amount: number, currency: string) => string;

  /** `paid` books what was taken, in minor units, and gives Adyen's name of it. */
  constructor(ctl: FakeControl, paid: (reference: string, amount: number, currency: string) => string) {
    this.#ctl = ctl;
    this.#paid = paid;
  }

  /** Null: the message is not one of the Terminal API. */
  answer(json: unknown, next: () => Behaviour): object | string | null {
    const read = TerminalMessage.safeParse(json);
    if (!read.success) {
      this.#ctl.refuse(`the terminal cannot read the message: ${read.error.issues[0]?.message ?? ''}`);
      return rejected;
    }
    const message = read.data.SaleToPOIRequest;
    if ('PaymentRequest' in message) return this.#pay(message, next);
    if ('AbortRequest' in message) {
      const { ServiceID } = message.AbortRequest.MessageReference;
      if (this.#done.get(ServiceID) === 'in_progress') this.#done.set(ServiceID, failure('Aborted'));
      return 'ok';
    }
    return this.#status(message.MessageHeader, message.TransactionStatusRequest.MessageReference.ServiceID);
  }

  #pay({ MessageHeader, PaymentRequest }: Payment, next: () => Behaviour): object {
    const { ServiceID } = MessageHeader;
    // A ServiceID is good once.
    if (this.#done.has(ServiceID)) return rejected;
    const behaviour = next();
    if (behaviour === 'drop_before_commit') throw new Dropped();
    this.#done.set(ServiceID, 'in_progress');
    // The shopper has not held a card to it yet, and the line is gone.
    if (behaviour === 'pending') throw new Dropped();
    this.#done.set(ServiceID, this.#result(PaymentRequest, behaviour));
    if (behaviour === 'commit_then_drop') throw new Dropped();
    return response(MessageHeader, { PaymentResponse: this.#done.get(ServiceID) });
  }

  #result(request: Payment['PaymentRequest'], behaviour: Behaviour): object {
    if (behaviour === 'decline' || behaviour === 'decline_soft') return failure('Refusal');
    if (behaviour === 'challenge') return failure('Cancel');
    if (behaviour === 'rate_limited') return failure('Busy');
    const { Currency, RequestedAmount } = request.PaymentTransaction.AmountsReq;
    const AuthorizedAmount =
      behaviour === 'partial' ? Math.floor(RequestedAmount * 50) / 100 : RequestedAmount;
    const reference = request.SaleData.SaleTransactionID.TransactionID;
    const psp = this.#paid(reference, fromTerminal(AuthorizedAmount, Currency), Currency);
    return {
      Response: { Result: behaviour === 'partial' ? 'Partial' : 'Success' },
      SaleData: request.SaleData,
      POIData: { POITransactionID: { TransactionID: `tender1.${psp}`, TimeStamp: TIME } },
      PaymentResult: {
        OnlineFlag: true,
        AmountsResp: { AuthorizedAmount, Currency },
        PaymentAcquirerData: { ApprovalCode: '123456', MerchantID: 'merchant', AcquirerPOIID: 'poi' },
        PaymentInstrumentData: {
          PaymentInstrumentType: 'Card',
          CardData: { PaymentBrand: 'mc', MaskedPan: '****0007', EntryMode: ['ICC'] },
        },
      },
    };
  }

  #status(header: object, ServiceID: string): object {
    const done = this.#done.get(ServiceID);
    const condition = done === undefined ? 'NotFound' : 'InProgress';
    const TransactionStatusResponse =
      done === undefined || done === 'in_progress'
        ? { Response: { Result: 'Failure', ErrorCondition: condition } }
        : {
            Response: { Result: 'Success' },
            RepeatedMessageResponse: {
              MessageHeader: header,
              RepeatedResponseMessageBody: { PaymentResponse: done },
            },
          };
    return response(header, { TransactionStatusResponse });
  }
}

const TIME = '2026-07-01T10:00:00.000Z';

const failure = (ErrorCondition: string): object => ({
  Response: { Result: 'Failure', ErrorCondition },
  POIData: { POITransactionID: { TransactionID: 'tender1', TimeStamp: TIME } },
});

const rejected = {
  SaleToPOIRequest: {
    MessageHeader: { MessageClass: 'Event', MessageCategory: 'Event', MessageType: 'Notification' },
    EventNotification: { EventToNotify: 'Reject', TimeStamp: TIME },
  },
};

const response = (header: object, body: object): object => ({
  SaleToPOIResponse: { MessageHeader: { ...header, MessageType: 'Response' }, ...body },
});
