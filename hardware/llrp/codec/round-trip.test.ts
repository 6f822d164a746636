import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import { MESSAGE_NAMES, messageOf, PARAMETER_NAMES, parameterOf } from './arbitrary.ts';
import { decode, encode, fromJson, toJson } from './index.ts';
import { decodeParameters, encodeParameters } from './parameter.ts';

const RUNS = process.env['LONG'] ? 2_000 : 25;
const PATIENCE = { timeout: process.env['LONG'] ? 3_600_000 : 60_000 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('every parameter of the tables', PATIENCE, () => {
  it.each(PARAMETER_NAMES)('%s comes back as it was, to the value and to the byte', (name) => {
    fc.assert(
      fc.property(parameterOf(name), (one) => {
        const bytes = encodeParameters([one]);
        const [again, ...more] = unwrap(decodeParameters(bytes));
        expect(more).toEqual([]);
        expect(again).toStrictEqual(one);
        expect(hex(encodeParameters([again ?? one]))).toBe(hex(bytes));
      }),
      { seed: 1_011, numRuns: RUNS },
    );
  });
});

describe('every message of the tables', PATIENCE, () => {
  it.each(MESSAGE_NAMES)('%s comes back as it was, as bytes and as JSON', (name) => {
    fc.assert(
      fc.property(messageOf(name), (one) => {
        const bytes = encode(one);
        const again = unwrap(decode(bytes));
        expect(again).toStrictEqual(one);
        expect(hex(encode(again))).toBe(hex(bytes));
        const json = JSON.parse(JSON.stringify(toJson(one)));
        expect(unwrap(fromJson(json))).toStrictEqual(one);
      }),
      { seed: 1_012, numRuns: RUNS },
    );
  });

  it.each(MESSAGE_NAMES)('%s with any reserved bits is written as it came', (name) => {
    fc.assert(
      fc.property(messageOf(name), fc.nat(), fc.nat(7), (one, at, bit) => {
        // Any bit at all is turned: what can still be read, reserved bit or not, must not lose it.
        const bytes = encode(one);
        const where = at % bytes.length;
        bytes[where] = (bytes[where] ?? 0) ^ (1 << bit);
        const again = decode(bytes);
        if (again.ok) expect(hex(encode(again.value))).toBe(hex(bytes));
      }),
      { seed: 1_013, numRuns: RUNS },
    );
  });
});
