import { StoreEvent } from '../../shared/events/index.ts';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { epc } from './fixture.ts';
import { newTrip } from './trip.ts';

/** Events of every kind as one store tells them: three orders with all their fates, an incident, gate reports. */
export function story(retailer_id: RetailerId, store_id: StoreId, epoch: string): StoreEvent[] {
  const trips = [
    newTrip(store_id, [epc(1), epc(2)]),
    newTrip(store_id),
    newTrip(store_id),
    newTrip(store_id),
  ];
  const [paid, cancelled, late, open] = trips;
  if (!paid || !cancelled || !late || !open) throw new Error('four trips');
  let seq = 0;
  const at = (n: number) => `2026-07-01T10:00:${String(n).padStart(2, '0')}.000Z`;
  const event = (type: string, data: unknown) =>
    StoreEvent.parse({ v: 1, store_id, retailer_id, epoch, seq: ++seq, at: at(seq), type, data });
  const created = (
    { open: { basket_id, order_id, shopper_id, total, items } }: typeof paid,
    number: string,
  ) => event('order.created', { order_id, basket_id, shopper_id, number, total, currency: 'GBP', items });
  const cancel = ({ open: { order_id } }: typeof paid, number: string) =>
    event('order.cancelled', {
      ...{ order_id, number, reason: 'timeout', currency: 'GBP' },
      poslog: poslog(2),
    });
  const complete = (trip: typeof paid, number: string) => {
    const { order, shopper_id } = trip.commit(number);
    return event('order.completed', {
      order: {
        ...order,
        status: 'completed',
        payment_status: 'captured',
        completed_at: at(seq + 1),
      },
      shopper_id,
      poslog: poslog(1),
    });
  };
  const review = (type: string, { open: { order_id } }: typeof paid, number: string, more: object) =>
    event(type, { order_id, number, ...more });
  const poslog = (number: number) => ({
    number,
    epoch: 0,
    workstation: '200',
    operator: '5555',
    store_code: 'GB01054',
    business_date: '2026-07-01',
    began_at: '2026-07-01T11:00:00+01:00',
    ended_at: '2026-07-01T11:00:05+01:00',
    training: true,
    prices_include_tax: true,
  });
  const report = (report_id: number, kind: string, data: unknown) =>
    event('agent.reported', { agent: 'agt_1', report_id, kind, reported_at: at(seq + 1), data });
  return [
    created(paid, 'H1'),
    created(cancelled, 'H2'),
    cancel(cancelled, 'H2'),
    created(late, 'H3'),
    complete(paid, 'H1'),
    cancel(late, 'H3'),
    complete(late, 'H3'),
    event('incident.raised', {
      incident_id: 'inc_1',
      kind: 'late_capture',
      detail: { order_id: late.open.order_id },
    }),
    report(1, 'gate.open', {
      gate_id: 'gat_1',
      epcs: [
        { epc: epc(1), status: 'sold', order_id: paid.open.order_id },
        { epc: epc(9), status: 'unknown' },
      ],
    }),
    report(2, 'exit_pass.accepted', { order_id: paid.open.order_id, epcs: [[epc(2), 7]] }),
    created(open, 'H4'),
    review('order.verification_failed', late, 'H3', { reviewer: 'stf_1', reason: 'one too many' }),
    review('order.verified', late, 'H3', { reviewer: 'stf_2' }),
  ];
}
