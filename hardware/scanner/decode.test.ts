import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODE_BYTES_MAX } from './code.ts';
import { EvdevDecoder } from './evdev_decode.ts';
import { keyMap, type Layout } from './key_maps.ts';
import { SerialDecoder } from './serial_decode.ts';
import { inputEvent, typeKeys } from './type_keys.ts';

const RUNS = process.env['LONG'] === undefined ? 100 : 5_000;
const LAYOUTS = ['us', 'de', 'fr'] as const;
const GS1 = ']d20109521234567899\x1d10A-7/b';

/** Pushes the bytes in pieces of these sizes. */
function inPieces<T>(bytes: Uint8Array, sizes: Iterator<number>, push: (chunk: Uint8Array) => T[]): T[] {
  const got: T[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = sizes.next().value ?? 1;
    got.push(...push(bytes.subarray(at, at + size)));
    at += size;
  }
  return got;
}

/** Every character that a code may hold and this layout can type. */
const typable = (layout: Layout) => {
  const map = keyMap(layout);
  const all = [...map.plain.values(), ...map.shift.values(), ...map.alt_gr.values(), '\x1d'];
  return [...new Set(all)].filter((character) => character.length === 1);
};

describe.each(LAYOUTS)('a wedge scanner in the %s layout', (layout) => {
  test('gives the typed codes, however the events are cut', () => {
    const code = fc.string({ unit: fc.constantFrom(...typable(layout)), minLength: 1, maxLength: 40 });
    const text = code.filter((one) => !one.startsWith(']'));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.constantFrom('enter' as const, 'tab' as const)), { maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
        (codes, sizes) => {
          const bytes = Buffer.concat(
            codes.map(([one, end], index) => typeKeys(one, layout, end, index * 50)),
          );
          const decoder = new EvdevDecoder({ layout });
          const got = inPieces(bytes, sizes, (chunk) => decoder.push(chunk));
          expect(got).toEqual(codes.map(([raw]) => ({ raw, aim: null })));
        },
      ),
      { seed: 13, numRuns: RUNS },
    );
  });

  test('keeps the separator of GS1 codes and takes the identifier off', () => {
    expect(new EvdevDecoder({ layout }).push(typeKeys(GS1, layout))).toEqual([
      { raw: '0109521234567899\x1d10A-7/b', aim: ']d2' },
    ]);
  });

  test('types all of printable ASCII', () => {
    const missing = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter(
      (character) => !typable(layout).includes(character),
    );
    expect(missing).toEqual([]);
  });
});

describe('a wedge scanner', () => {
  test('ends a code only with the keys it was told', () => {
    const decoder = new EvdevDecoder({ terminators: ['enter'] });
    expect(decoder.push(typeKeys('12', 'us', 'tab'))).toEqual([]);
    expect(decoder.push(typeKeys('34', 'us', 'enter'))).toEqual([{ raw: '1234', aim: null }]);
  });

  test('throws a code away when the kernel dropped a part of it, and reads the next', () => {
    const decoder = new EvdevDecoder();
    const bytes = typeKeys('9521234567899', 'us');
    decoder.push(bytes.subarray(0, 24 * 20));
    decoder.push(inputEvent(0, 0, 3, 0));
    expect(decoder.push(bytes.subarray(24 * 40))).toEqual([]);
    expect(decoder.dropped).toBe(1);
    expect(decoder.push(typeKeys('42', 'us'))).toEqual([{ raw: '42', aim: null }]);
  });

  test('does not stay in capitals when a release was dropped', () => {
    const decoder = new EvdevDecoder();
    decoder.push(inputEvent(0, 1, 42, 1));
    decoder.push(inputEvent(0, 0, 3, 0));
    decoder.push(typeKeys('x', 'us'));
    expect(decoder.push(typeKeys('abc', 'us'))).toEqual([{ raw: 'abc', aim: null }]);
  });

  test('forgets what was half typed long before', () => {
    const decoder = new EvdevDecoder();
    const half = typeKeys('99', 'us');
    decoder.push(half.subarray(0, half.length - 24 * 6));
    expect(decoder.push(typeKeys('42', 'us', 'enter', 5_000))).toEqual([{ raw: '42', aim: null }]);
    expect(decoder.dropped).toBe(0);
  });

  test('drops a code beyond every symbol whole', () => {
    const decoder = new EvdevDecoder();
    expect(decoder.push(typeKeys('7'.repeat(CODE_BYTES_MAX + 1), 'us'))).toEqual([]);
    expect(decoder.push(typeKeys('7'.repeat(CODE_BYTES_MAX), 'us'))).toHaveLength(1);
    expect(decoder.dropped).toBe(1);
  });

  test('no bytes at all make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        for (const { raw } of new EvdevDecoder().push(bytes)) expect(raw).not.toBe('');
      }),
      { seed: 17, numRuns: RUNS },
    );
  });
});

describe('a serial scanner', () => {
  test('gives the codes, however the bytes are cut', () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((one) => String.fromCharCode(one)),
      minLength: 1,
    });
    const text = ascii.filter((one) => !one.startsWith(']'));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.constantFrom('\r', '\n', '\r\n', '\t')), { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (codes, sizes) => {
          const decoder = new SerialDecoder();
          const bytes = Buffer.from(codes.map(([one, end]) => one + end).join(''), 'latin1');
          const got = inPieces(bytes, sizes, (chunk) => decoder.push(chunk));
          expect(got).toEqual(codes.map(([raw]) => ({ raw, aim: null })));
        },
      ),
      { seed: 19, numRuns: RUNS },
    );
  });

  test('keeps the separator, takes the identifier off, and drops what is too long', () => {
    const decoder = new SerialDecoder(['enter']);
    expect(decoder.push(Buffer.from(`${GS1}\r`))).toEqual([
      { raw: '0109521234567899\x1d10A-7/b', aim: ']d2' },
    ]);
    expect(decoder.push(Buffer.from(`${'7'.repeat(CODE_BYTES_MAX + 1)}\r42\r`))).toEqual([
      { raw: '42', aim: null },
    ]);
    expect(decoder.dropped).toBe(1);
  });
});
