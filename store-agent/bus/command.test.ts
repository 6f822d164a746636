import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterSend, type DeviceCommand, hasEnded, nextStep, type Sending, takeAck } from './command.ts';
import * as limit from './limits.ts';

const command = (ttlMs: number): DeviceCommand => ({
  id: 'cmd',
  device_id: 'gat',
  name: 'open',
  args: {},
  status: 'pending',
  detail: null,
  result: null,
  issued_by: 'stf',
  issued_at: 0,
  expires_at: ttlMs,
  updated_at: 0,
});

const Ack = fc.record({
  afterMs: fc.integer({ min: 0, max: 60_000 }),
  status: fc.constantFrom('accepted', 'done', 'failed', 'expired'),
});

describe('a command', () => {
  it('is never sent at or after its expiry, is repeated until it is answered, and ends exactly once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: limit.COMMAND_TTL_MS_MIN, max: 20_000 }),
        fc.array(Ack, { maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 3 }),
        (ttlMs, acks, comesBackAtMs) => {
          let now = 0;
          let one = command(ttlMs);
          let sending: Sending = { sends: 0, nextAtMs: 0 };
          const ends: string[] = [];
          const sentAtMs: number[] = [];
          const events = [
            ...acks.map((ack) => ({ atMs: ack.afterMs, ack: ack.status })),
            ...comesBackAtMs.map((atMs) => ({ atMs, ack: null })),
          ].sort((a, b) => a.atMs - b.atMs);
          for (let turn = 0; turn < 1_000 && !hasEnded(one.status); turn++) {
            const step = nextStep(one, sending, now);
            if (step.do === 'send') {
              sentAtMs.push(now);
              sending = afterSend(sending, now);
              continue;
            }
            if (step.do === 'end') {
              one = { ...one, status: step.status };
              ends.push(step.status);
              continue;
            }
            if (step.do !== 'wait') throw new Error('an open command waits for something');
            expect(step.untilMs).toBeGreaterThan(now);
            const event = events[0];
            if (event === undefined || event.atMs > step.untilMs) {
              now = step.untilMs;
              continue;
            }
            events.shift();
            now = Math.max(now, event.atMs);
            if (event.ack === null) sending = { ...sending, nextAtMs: 0 };
            else {
              const change = takeAck(one, { v: 1, id: 'cmd', session: 's', status: event.ack });
              if (change !== null) one = { ...one, ...change };
              if (change !== null && hasEnded(one.status)) ends.push(one.status);
            }
          }
          expect(ends).toHaveLength(1);
          expect(sentAtMs.every((atMs) => atMs < ttlMs)).toBe(true);
          expect(sentAtMs.length).toBeGreaterThan(0);
          // What ends is over: late answers change nothing.
          expect(takeAck(one, { v: 1, id: 'cmd', session: 's', status: 'done' })).toBeNull();
          expect(nextStep(one, sending, now)).toEqual({ do: 'nothing' });
        },
      ),
      { seed: 6, numRuns: process.env['LONG'] ? 5_000 : 300 },
    );
  });

  it('that a device took and never finished has failed, and says so', () => {
    const taken = { ...command(1_000), status: 'accepted' as const };
    const untilMs = 1_000 + limit.COMMAND_OUTCOME_MS_MAX;
    expect(nextStep(taken, { sends: 1, nextAtMs: 9 }, untilMs - 1)).toEqual({ do: 'wait', untilMs });
    expect(nextStep(taken, { sends: 1, nextAtMs: 9 }, untilMs)).toMatchObject({
      do: 'end',
      status: 'failed',
    });
  });
});
