import { formatMoney } from '../../shared/money/format.ts';

/** What sentences about incidents call things; by order id, device id and EPC. */
export interface Names {
  orders: ReadonlyMap<string, string>;
  devices: ReadonlyMap<string, string>;
  goods: ReadonlyMap<string, string>;
}

const EPC_SHOWN_CHARACTERS = 6;

/** What happened, and what somebody should look at, in a sentence or two. */
export function incidentText(kind: string, detail: Readonly<Record<string, unknown>>, names: Names): string {
  const text = (field: string): string => (typeof detail[field] === 'string' ? detail[field] : '');
  const order = (field: string): string => {
    const id = text(field);
    return (
      names.orders.get(id) ??
      (field === 'order_id' && text('number') !== '' ? text('number') : id || 'unknown')
    );
  };
  const goods = (): string => {
    const name = names.goods.get(text('epc'));
    const tag = `tag …${text('epc').slice(-EPC_SHOWN_CHARACTERS)}`;
    return name === undefined ? `The ${tag}` : `“${name}” (${tag})`;
  };
  const money = (field = 'amount', currency = text('currency')): string =>
    formatMoney(Number(text(field)), currency);
  const till = (): string => names.devices.get(text('device_id')) ?? (text('device_id') || 'A till');
  const place = `no. ${text('device_seq')}`;
  const sale = (): string => {
    const worth = Number(text('total'));
    const sum = text('total') === '' ? '' : ` of ${formatMoney(worth, text('currency'))}`;
    return text('number') === '' ? `its ${place}` : `sale ${text('number')}${sum}`;
  };
  switch (kind) {
    case 'epc_double_sale':
      return `${goods()} was sold twice: in order ${order('order_id')}, and before in order ${order('sold_by')}. Look for the second piece, or give one of the two its money back.`;
    case 'amount_mismatch': {
      const of = (field: string) => formatMoney(Number(text(field)), text('currency'));
      return `Order ${order('order_id')} comes to ${of('total')}, its lines to ${of('lines')}, and ${of('captured')} was taken${text('why') === '' ? '' : ` (${text('why')})`}. The sale stands; its documents are kept back until somebody lets them go, and the bag is to be checked.`;
    }
    case 'late_refund':
      return `${goods()} came back to the shelf out of order ${order('returned_from')} before the older sale of it in order ${order('order_id')} arrived. It counts as on the shelf: check which of the two customers has it.`;
    case 'late_capture':
      if (text('payment_id') !== '')
        return `${money('amount')} came for order ${order('order_id')} when nobody expected it any more. It goes back by itself; never charge the customer again.`;
      return `Money came for order ${order('order_id')} after it was cancelled. The sale stands: give the money back if the goods stayed here.`;
    case 'refund_failed':
      return `${money()} of order ${order('order_id')} did not go back: ${text('reason').replaceAll('_', ' ')}. Try it again over another payment, or give it back by hand.`;
    case 'refund_unresolved':
      return `Nobody knows whether ${money()} of order ${order('order_id')} went back: its provider has not said for weeks, or said two things. Ask the provider about ${text('leg_refund_id')}.`;
    case 'payment_amount_mismatch':
      return `The gateway ${text('gateway')} speaks of ${money('said', text('said_currency'))} for a payment of ${money('amount')} in order ${order('order_id')}. It counts for nothing: look at the provider’s own records, then cancel the payment or let it be corrected there.`;
    case 'over_captured':
      return `More was taken for order ${order('order_id')} than was asked (${money('amount')} by ${text('gateway')}). What nobody owes goes back by itself: check that it arrives.`;
    case 'payment_unknown':
      return `For a quarter of an hour ${text('gateway')} has not said what became of ${money('amount')} for order ${order('order_id')} (payment ${text('payment_id')}). Look at the provider’s own records before anybody pays again.`;
    case 'reservation_expiring':
      return `${money('amount')} reserved for order ${order('order_id')} is free again at ${text('until')}. Capture it, or cancel the payment.`;
    case 'money_to_return':
      return `${money('amount')} (${text('method').replaceAll('_', ' ')}) was taken for order ${order('order_id')} and cannot go back by itself. Give it back to the customer by hand.`;
    case 'payment_disputed':
      return `The payer’s bank disputes ${money('amount')} of order ${order('order_id')} (${text('gateway')} calls it ${text('type')}). Answer it in the provider’s own records before its time is over.`;
    case 'unknown_order':
      return `Money came for order ${order('order_id')}, which the store never saw opened. The sale stands.`;
    case 'number_not_leased':
      return `${till()} printed the number ${text('number')}, which it was never given. The sale stands: check the till.`;
    case 'number_was_void':
      return `${till()} sold under the number ${text('number')}, which had been reported as unused. The sale stands.`;
    case 'offline_conflict':
      return `${till()} sent ${sale()} for a place that is taken (${text('why')}). The first one stands; this one is kept apart and counts nowhere.`;
    case 'offline_invalid':
      return `${till()} sent ${sale()}, and ${text('why')}. It was not taken: look at the till’s records.`;
    case 'offline_quarantined':
      return `${capital(sale())} by ${till()} cannot be taken as it is: ${text('why')}. It is kept apart and counts nowhere, though the customer may have the goods.`;
    case 'suspected_duplicate':
      return `Orders ${order('order_id')} and ${order('twin')} name the same payment (${text('reference')}). Both were taken: check that nobody paid twice.`;
    case 'sales_missing':
      return `${till()} sold on, but its records no. ${text('missing')} never arrived. Look whether that till is connected, or whether its disk was lost.`;
    case 'journal_tampered':
      return `Somebody changed the records of ${till()} at ${place} (${text('fault').replaceAll('_', ' ')}). Nothing from there on is sent.`;
    default:
      return `${capital(kind.replaceAll('_', ' '))}${text('order_id') === '' ? '' : `: order ${order('order_id')}`}.`;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
