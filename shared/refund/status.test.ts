import { describe, expect, it } from 'vitest';
import { RefundStatus } from '../api/refund.ts';
import { holds, moveRefund, type RefundStep } from './status.ts';

const STEPS: Readonly<Record<string, RefundStep>> = {
  approve: { step: 'approve' },
  reject: { step: 'reject' },
  begin: { step: 'begin' },
  fail: { step: 'fail' },
  send: { step: 'send' },
  'settle whole': { step: 'settle', amount: 500, refunded: 500 },
  'settle part': { step: 'settle', amount: 500, refunded: 1 },
  'settle nothing': { step: 'settle', amount: 500, refunded: 0 },
  'settle a refund of nothing': { step: 'settle', amount: 0, refunded: 0 },
  retry: { step: 'retry' },
};

/** The whole table: what stands here leads on, everything else is refused. */
const TABLE: Readonly<Record<RefundStatus, Readonly<Record<string, RefundStatus>>>> = {
  requested: { approve: 'approved', reject: 'rejected', fail: 'failed' },
  approved: { begin: 'created', fail: 'failed' },
  rejected: {},
  created: {
    send: 'processing',
    fail: 'failed',
    'settle whole': 'succeeded',
    'settle part': 'partially_succeeded',
    'settle nothing': 'failed',
    'settle a refund of nothing': 'succeeded',
  },
  processing: {
    'settle whole': 'succeeded',
    'settle part': 'partially_succeeded',
    'settle nothing': 'failed',
    'settle a refund of nothing': 'succeeded',
  },
  partially_succeeded: { retry: 'processing' },
  succeeded: {},
  failed: { retry: 'processing' },
};

describe.each(RefundStatus.options)('a refund that is %s', (from) => {
  it.each(Object.entries(STEPS))('on "%s" goes where the table says, or nowhere', (name, step) => {
    const to = TABLE[from][name];
    expect(moveRefund(from, step)).toEqual(
      to === undefined
        ? { ok: false, error: { code: 'illegal_step', from, step: step.step } }
        : { ok: true, value: to },
    );
  });
});

it('money and goods are held from the reservation on, until nothing of it can go back any more', () => {
  expect(RefundStatus.options.filter(holds)).toEqual([
    'created',
    'processing',
    'partially_succeeded',
    'succeeded',
  ]);
});
