import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import { isOpen, LocalDateTime } from '../local_time.ts';
import { parsePromotion } from '../parse.ts';
import { Schedule } from '../schema.ts';
import { scheduleText } from './schedule_text.ts';
import { stateAt } from './state_at.ts';
import { terms } from './terms.ts';

const RUNS = { seed: 20_250_601, numRuns: 300 };
const DAYS = (text: string) => [...text].map((day) => day === '1');

describe('when a promotion runs, in words', () => {
  it.each([
    ['Always', {}],
    ['From 1 Jan 2025', { start: '2025-01-01T00:00' }],
    ['Until 31 Dec 2025 18:00', { end: '2025-12-31T18:00' }],
    ['1 Mar 2025 to 31 Mar 2025', { start: '2025-03-01T00:00', end: '2025-03-31T23:59:59' }],
    ['On 1 Mar 2025', { start: '2025-03-01T00:00', end: '2025-03-01T23:59' }],
    ['Mon to Fri', { active_days: DAYS('1111100') }],
    ['Mon, Sat and Sun', { active_days: DAYS('1000011') }],
    ['On no day', { active_days: DAYS('0000000') }],
    [
      'Mon to Fri, 11:00 to 15:00, 1 Jan 2025 to 31 Dec 2025',
      {
        start: '2025-01-01T11:00',
        end: '2025-12-31T15:00',
        is_happy_hour: true,
        active_days: DAYS('1111100'),
      },
    ],
  ])('%s', (text, schedule) => {
    expect(scheduleText(Schedule.parse(schedule))).toBe(text);
  });
});

describe('where a promotion stands', () => {
  const at = (schedule: object, now: string, is_active = true) =>
    stateAt({ is_active, schedule: Schedule.parse(schedule) }, LocalDateTime.parse(now));
  const LUNCH = { start: '2025-06-02T11:00', end: '2025-06-06T15:00', is_happy_hour: true };
  const NIGHT = { start: '2025-06-02T22:00', end: '2025-06-06T02:00', is_happy_hour: true };

  it.each([
    ['live', {}, '2025-06-01T10:00'],
    ['scheduled', { start: '2025-06-02T00:00' }, '2025-06-01T10:00'],
    ['ended', { end: '2025-05-31T23:59' }, '2025-06-01T10:00'],
    ['scheduled', { end: '2025-07-01T00:00', active_days: DAYS('1111100') }, '2025-06-01T10:00'],
    ['live', LUNCH, '2025-06-04T12:00'],
    ['scheduled', LUNCH, '2025-06-04T16:00'],
    ['scheduled', LUNCH, '2025-06-06T10:00'],
    ['ended', LUNCH, '2025-06-06T15:01'],
    ['live', NIGHT, '2025-06-07T01:00'],
    ['scheduled', NIGHT, '2025-06-06T12:00'],
    ['ended', NIGHT, '2025-06-07T02:01'],
  ])('%s: %j at %s', (state, schedule, now) => {
    expect(at(schedule, now)).toBe(state);
    expect(at(schedule, now, false)).toBe('off');
  });

  it('never opens again once it has ended', () => {
    const moment = fc
      .integer({ min: Date.UTC(2025, 5, 1), max: Date.UTC(2025, 5, 14) })
      .map((ms) => LocalDateTime.parse(new Date(ms).toISOString().slice(0, 16)));
    const days = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(moment, moment, days, fc.boolean(), moment, moment, (a, b, active_days, hours, c, d) => {
        const [start, end] = [a, b].sort();
        const schedule = Schedule.parse({ start, end, active_days, is_happy_hour: hours });
        const [now = '', later = ''] = [c, d].sort();
        const state = stateAt({ is_active: true, schedule }, now);
        expect(state === 'live').toBe(isOpen(schedule, now));
        if (state === 'ended') expect(isOpen(schedule, later)).toBe(false);
      }),
      RUNS,
    );
  });
});

describe('what else a shopper should know', () => {
  const of = (fields: object) =>
    terms(
      unwrap(
        parsePromotion({
          id: 'p',
          groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'ALL' }] }],
          max_applications: 1_000,
          ...fields,
        }),
      ),
      { currency: 'GBP' },
    );

  it('says nothing of what is usual', () => {
    expect(of({})).toEqual([]);
    expect(of({ family: 'easy_plus', max_applications: 1 })).toEqual([]);
    expect(of({ family: 'basket_threshold', max_applications: 1 })).toEqual([]);
  });

  it.each([
    [['once a basket'], { max_applications: 1 }],
    [['up to 3 times a basket'], { max_applications: 3 }],
    [['once a basket'], { family: 'basket_threshold', max_applications: 1, discount_type: 'amount' }],
    [['saves £5 at most'], { max_discount: 500 }],
    [
      ['only with Loyalty card, SPRING or 1 more'],
      {
        availability: 'special',
        qualifiers: [{ id: 'L', description: 'Loyalty card' }, { id: 'SPRING' }, { id: 'X' }],
      },
    ],
    [
      ['not on what is reduced already', 'paid back as cashback'],
      { stackable: false, applies_as: 'cashback' },
    ],
    [['given as a means of payment'], { applies_as: 'tender' }],
  ])('%j', (said, fields) => {
    expect(of(fields)).toEqual(said);
  });
});
