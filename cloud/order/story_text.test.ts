import { describe, expect, inject, it } from 'vitest';
import { SENTENCES } from './story_sentences.ts';
import { storyText } from './story_text.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 6, 1, 14, 3, second)).toISOString();
const pay = { payment_id: 'pay_1' };
const attempt = { ...pay, gateway: 'stripe', method: 'card', amount: 1240 };

function told(...steps: [what: string, detail: object][]): string[] {
  const made = steps.map(([what, detail], i) => ({ at: at(i * 2), what, detail: JSON.stringify(detail) }));
  return storyText(made, 'GBP', new Map([['stf_1', 'Ada']])).map(({ text }) => text);
}
const said = (outcome: string, more: object = {}): [string, object] => [
  'provider_said',
  { ...pay, question: 'create', outcome, verdict: 'applied', ...more },
];

describe('the story of an order', () => {
  it('has a sentence for every step that a trip writes down', () => {
    const written = new Set(inject('stepsOfTrips'));
    expect(written.size).toBeGreaterThan(20);
    for (const what of ['provider_said', 'refund_begun', 'order_cancelled', 'cancel_refused'])
      expect(written).toContain(what);
    const known = Object.keys(SENTENCES);
    for (const what of written) {
      const [stem = '', variable] = what.split('$');
      const found = variable === undefined ? known.includes(stem) : known.some((one) => one.startsWith(stem));
      expect(found, `a sentence for ${what}`).toBe(true);
    }
  });

  it.each(Object.keys(SENTENCES))('says %s even where the step knows nothing of itself', (what) => {
    const [text = ''] = told([what, {}]);
    expect(text.length).toBeGreaterThan(5);
    expect(text).not.toMatch(/undefined|null|NaN|\s{2}|_/);
  });

  it('says what was captured, by whom, and what the bank asked first', () => {
    expect(
      told(['attempt', attempt], said('action_required'), said('captured', { question: 'webhook' })),
    ).toEqual([
      'payment of £12.40 begun: card by Stripe',
      'the bank asked the shopper first',
      'told by message: card captured £12.40 by Stripe',
    ]);
  });

  it('says when nobody answered, and after what time it was asked again', () => {
    expect(told(['attempt', attempt], said('unknown'), said('captured', { question: 'get' }))).toEqual([
      'payment of £12.40 begun: card by Stripe',
      'no answer from Stripe: whether money moved is not known yet',
      'asked again after 2 s: card captured £12.40 by Stripe',
    ]);
  });

  it('says what of a reservation was taken and what released', () => {
    expect(
      told(
        ['attempt', { ...attempt, amount: 12_000 }],
        said('authorized'),
        ['capturing', { ...pay, amount: 10_000 }],
        said('captured', { question: 'capture' }),
        said('captured', { question: 'webhook', verdict: 'unchanged' }),
      ).slice(1),
    ).toEqual([
      'reservation of £120.00 made by Stripe',
      'taking £100.00 of the reservation of £120.00; the rest is released',
      '£100.00 of the reservation taken by Stripe, £20.00 released',
      'told by message: Stripe said again that £100.00 are captured',
    ]);
  });

  it('follows a refund to its payment, and money that nobody owed', () => {
    const part = { leg_refund_id: 'rfl_1', ...pay, amount: 500 };
    const late = { leg_refund_id: 'rfl_2', refund_id: null, reason: 'came_late', ...pay, amount: 100 };
    expect(
      told(
        ['attempt', attempt],
        ['refund', { refund_id: 'ref_1', status: 'created', amount: 500, by: 'stf_1' }],
        ['refund_begun', { ...part, refund_id: 'ref_1' }],
        ['refund_said', { leg_refund_id: 'rfl_1', outcome: 'succeeded' }],
        ['refund_told', { number: 'R000001', returned: ['30'] }],
        ['refund_begun', late],
        ['refund_said', { leg_refund_id: 'rfl_2', outcome: 'succeeded' }],
      ).slice(1),
    ).toEqual([
      'refund of £5.00 asked for by Ada: money reserved for it',
      '£5.00 to go back over card by Stripe',
      '£5.00 given back by Stripe',
      'refund R000001 booked, 1 tag for sale again',
      'late money of £1.00 is given back over Stripe',
      'late money of £1.00 given back by Stripe',
    ]);
  });

  it('says that an answer did not count', () => {
    expect(told(['attempt', attempt], said('declined', { verdict: 'stale' }))[1]).toBe(
      'Stripe refused £12.40: no money moved (older than what is known, not applied)',
    );
  });
});
