import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ourEpc } from '../testing/fixtures.ts';
import { KEONN_EPCS_MAX, keonnAnswer, readKeonn } from './keonn.ts';

const SOLD = ourEpc(1);
const UNSOLD = ourEpc(2);
const ask = (epcs: unknown) => {
  const question = readKeonn(JSON.stringify({ epcs }));
  return question.ok ? keonnAnswer(question.value, new Set([SOLD])) : question.error;
};

describe('the Keonn-compatible answer', () => {
  it('is 200 where all are sold and 400 otherwise, byte for byte', () => {
    expect(ask([SOLD])).toEqual({ status: 200, body: `{"${SOLD}":"1"}` });
    expect(ask([SOLD, UNSOLD])).toEqual({ status: 400, body: `{"${SOLD}":"1","${UNSOLD}":"0"}` });
    expect(ask([])).toEqual({ status: 200, body: '{}' });
  });

  it('echoes spelling and order, once each, also of what is no EPC', () => {
    const lower = SOLD.toLowerCase();
    expect(ask([lower, ` ${SOLD} `, '17', 'EPC001ABC123DEF456', '2', lower, '"\\'])).toEqual({
      status: 400,
      body: `{"${lower}":"1"," ${SOLD} ":"1","17":"0","EPC001ABC123DEF456":"0","2":"0","\\"\\\\":"0"}`,
    });
  });

  it('tells garbage from theft', () => {
    for (const text of [
      '',
      '[]',
      'null',
      '7',
      '{}',
      '{"epcs":{}}',
      '{"epcs":"x"}',
      '{"epcs":[1]}',
      '{"epcs":[null]}',
    ])
      expect(readKeonn(text)).toMatchObject({ ok: false, error: { status: 422 } });
    expect(ask(Array.from({ length: KEONN_EPCS_MAX + 1 }, (_, n) => String(n)))).toMatchObject({
      status: 422,
    });
    expect(ask(Array.from({ length: KEONN_EPCS_MAX }, (_, n) => String(n))).status).toBe(400);
  });

  it('is JSON that says of each name what is so, and 200 exactly when all are "1"', () => {
    const name = fc.oneof(fc.constantFrom(SOLD, UNSOLD, SOLD.toLowerCase()), fc.string({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), (names) => {
        const answer = ask(names);
        const marks = new Map(Object.entries(JSON.parse(answer.body)));
        expect(new Set(marks.keys())).toEqual(new Set(names));
        for (const [spelt, mark] of marks) expect(mark).toBe(spelt.trim().toUpperCase() === SOLD ? '1' : '0');
        expect(answer.status).toBe([...marks.values()].every((mark) => mark === '1') ? 200 : 400);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
