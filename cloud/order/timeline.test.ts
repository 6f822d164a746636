import { describe, expect, it } from 'vitest';
import { Payment } from '../../shared/api/order.ts';
import { type TimelineFacts, timelineOf } from './timeline.ts';

const uuid = '01890000-0000-7000-8000-000000000000';
const at = (second: number) => `2026-07-01T10:00:${String(second).padStart(2, '0')}.000Z`;

const payment = (n: number, status: string, more: object = {}): Payment =>
  Payment.parse({
    id: `pay_${uuid}_${n}`,
    order_id: `ord_${uuid}`,
    gateway: 'test',
    method: 'card',
    status,
    amount: 1240,
    currency: 'GBP',
    created_at: at(n),
    updated_at: at(n),
    ...more,
  });

const facts = (more: Partial<TimelineFacts> = {}): TimelineFacts => ({
  number: 'H17',
  total: 1240,
  currency: 'GBP',
  items: 1,
  created_at: at(0),
  completed_at: null,
  cancelled_at: null,
  cancel_reason: null,
  tags: 0,
  fiscal_number: null,
  payments: [],
  refunds: [],
  reports: [],
  names: new Map([['gat_2', 'Gate 2']]),
  ...more,
});

const texts = (more: Partial<TimelineFacts>) => timelineOf(facts(more)).map(({ text }) => text);

describe('the timeline of an order', () => {
  it('stands in the order of the instants, and of one instant in the order in which things follow', () => {
    const told = timelineOf(
      facts({
        completed_at: at(5),
        tags: 3,
        fiscal_number: '000042',
        payments: [
          payment(1, 'rejected', {
            updated_at: at(2),
            failure: { code: 'declined', message: 'the bank said no' },
          }),
          payment(3, 'captured', { updated_at: at(5) }),
        ],
        reports: [
          { kind: 'gate.open', at: at(6), data: { gate_id: 'gat_2' } },
          { kind: 'gate.alarm', at: at(4), data: { gate_id: 'gat_9' } },
        ],
      }),
    );
    expect(told.map(({ text }) => text)).toEqual([
      'order H17 created, 1 item, £12.40',
      'payment of £12.40 begun: card by test',
      '£12.40 rejected, card by test: the bank said no',
      'payment of £12.40 begun: card by test',
      'gate gave the alarm',
      '£12.40 captured, card by test',
      'sale committed, fiscal number 000042',
      '3 tags sold',
      'Gate 2 opened',
    ]);
    expect(told.map((entry) => entry.at)).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 6].map(at));
  });

  it('says what is known and no more', () => {
    expect(
      texts({ total: null, currency: null, items: null, cancelled_at: at(3), cancel_reason: 'shopper_left' }),
    ).toEqual(['order H17 created', 'order cancelled: shopper left']);
    expect(texts({ payments: [payment(1, 'pending')] })).toHaveLength(2);
  });

  it('is not upset by reports that are not what they should be', () => {
    const odd = [null, 'text', { gate_id: 17 }, [], {}].map((data) => ({
      kind: 'gate.open',
      at: at(1),
      data,
    }));
    expect(texts({ reports: [...odd, { kind: 'clock', at: at(1), data: {} }] })).toEqual([
      'order H17 created, 1 item, £12.40',
      ...odd.map(() => 'gate opened'),
    ]);
    expect(
      texts({ reports: [{ kind: 'exit_pass.refused', at: at(1), data: { reason: 'not_for_us' } }] }).at(-1),
    ).toBe('exit pass refused: not for us');
  });
});

it('says who looked into the bag, what was found, and where nobody came', () => {
  const looks = [
    { result: 'failed', by: 'Ada', reason: 'one bottle more', at: at(1) },
    { result: 'verified', by: 'Bob', reason: null, at: at(2) },
    { result: 'verified', by: null, reason: null, at: at(3) },
  ] as const;
  expect(texts({ reviews: looks }).slice(1)).toEqual([
    'Ada found the bag wrong: one bottle more',
    'Bob checked the bag',
    'the bag counts as checked: nobody came in time',
  ]);
});

it('tells of an order that is fetched later, and who did what', () => {
  const step = (status: string, actor: 'staff' | 'shopper' | 'system', reason: string | null = null) => ({
    ...{ status, actor, reason, at: at(1) },
    by: actor === 'staff' ? 'Ann' : null,
  });
  const told = (...collection: ReturnType<typeof step>[]) => texts({ collection }).slice(1);
  expect(told(step('created', 'system'), step('rejected_store', 'staff', 'sold out'))).toEqual([
    'waits to be prepared for collection',
    'Ann rejected the order: sold out',
  ]);
  expect(told(step('rejected_customer', 'shopper'))).toEqual(['the shopper gave the order up']);
  expect(told(step('ready_to_collect', 'system'), step('not_collected', 'system'))).toEqual([
    'ready to be collected',
    'nobody came for the order in time',
  ]);
  expect(told(step('not_collected', 'staff'))).toEqual(['Ann found that nobody came']);
});
