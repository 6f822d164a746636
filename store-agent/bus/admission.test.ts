import { describe, expect, it } from 'vitest';
import { Admission, type Admitted } from './admission.ts';
import * as limit from './limits.ts';
import { limitsFor, PublishRate } from './publish_rate.ts';

const admitted = (answer: Admitted | string): Admitted => {
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
};

describe('Admission', () => {
  it('bounds strangers and connections of an address, and all of them; whoever goes makes room', () => {
    const door = new Admission(() => 0);
    const strangers = Array.from({ length: limit.STRANGERS_PER_ADDRESS_MAX }, () =>
      admitted(door.admit('a')),
    );
    expect(door.admit('a')).toBe('strangers');
    for (const one of strangers) one.known();
    while (typeof door.admit('b') !== 'string');
    const rest = limit.CONNECTIONS_PER_ADDRESS_MAX - limit.STRANGERS_PER_ADDRESS_MAX;
    for (let n = 0; n < rest; n++) admitted(door.admit('a')).known();
    expect(door.admit('a')).toBe('address_full');
    strangers[0]?.ended();
    strangers[0]?.ended();
    admitted(door.admit('a')).known();
    expect(door.admit('a')).toBe('address_full');
    for (let address = 0; door.open < limit.CONNECTIONS_MAX; address++)
      for (let n = 0; n < 10; n++) door.admit(`c${address}`);
    expect(door.admit('new')).toBe('full');
  });

  it('lets an address that guesses wait, and nobody else', () => {
    let nowMs = 0;
    const door = new Admission(() => nowMs);
    for (let n = 0; n < limit.REFUSED_SIGN_INS_BURST; n++) {
      const one = admitted(door.admit('a'));
      door.refused('a');
      one.ended();
    }
    expect(door.admit('a')).toBe('guessing');
    admitted(door.admit('b'));
    nowMs = 1_000 / limit.REFUSED_SIGN_INS_PER_S;
    admitted(door.admit('a'));
  });
});

describe('PublishRate', () => {
  it('lets a burst and then the rate pass, by count and by bytes, and cuts who does not stop', () => {
    let nowMs = 0;
    const rate = new PublishRate(limitsFor('kiosk'));
    for (let n = 0; n < limit.MESSAGES_BURST_MAX; n++) expect(rate.take(nowMs, 10)).toBe('pass');
    expect(rate.take(nowMs, 10)).toBe('drop');
    nowMs = 1_000;
    for (let n = 0; n < limit.MESSAGES_PER_S_MAX; n++) expect(rate.take(nowMs, 10)).toBe('pass');
    for (let n = 1; n < limit.DROPS_BEFORE_CUT_MAX; n++) expect(rate.take(nowMs, 10)).toBe('drop');
    expect(rate.take(nowMs, 10)).toBe('cut');
    nowMs += limit.DROPS_WINDOW_MS;
    expect(rate.take(nowMs, 10)).toBe('pass');

    const heavy = new PublishRate(limitsFor('kiosk'));
    expect(heavy.take(0, limit.MESSAGE_BYTES_BURST_MAX)).toBe('pass');
    expect(heavy.take(0, 1)).toBe('drop');
    expect(heavy.take(1_000, limit.MESSAGE_BYTES_PER_S_MAX)).toBe('pass');
  });
});
