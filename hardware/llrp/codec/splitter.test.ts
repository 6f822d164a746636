import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FRAME_BYTES_MAX, HEADER_BYTES } from './frame.ts';
import { GOLDEN, goldenBody } from './golden.ts';
import { FrameSplitter } from './splitter.ts';
import { MESSAGES } from './tables.generated.ts';

interface Seen {
  type: number;
  id: number;
  payload: string;
}

/** Pushes every chunk and tells which frames came out, and the failure, if one did. */
function run(chunks: Iterable<Uint8Array>): {
  frames: Seen[];
  failure: string | null;
  splitter: FrameSplitter;
} {
  const splitter = new FrameSplitter();
  const frames: Seen[] = [];
  let failure: string | null = null;
  for (const chunk of chunks) {
    for (const one of splitter.push(chunk)) {
      if (!one.ok) failure = one.error.code;
      else {
        const { type, id, payload } = one.value;
        frames.push({ type, id, payload: Buffer.from(payload).toString('hex') });
      }
    }
  }
  return { frames, failure, splitter };
}

function cut(bytes: Uint8Array, at: number[]): Uint8Array[] {
  const marks = [...new Set([0, ...at.map((one) => one % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return marks.slice(1).map((end, i) => bytes.subarray(marks[i], end));
}

const bodies = GOLDEN.map(({ file, name }) => ({ type: MESSAGES[name].type, payload: goldenBody(file) }));
const keepAlive = { type: MESSAGES.KeepAlive.type, payload: new Uint8Array(0) };

describe('FrameSplitter', () => {
  it('finds the same frames however the stream is segmented or coalesced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...bodies, keepAlive), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(40_000), { maxLength: 40 }),
        (list, marks) => {
          const stream = Buffer.concat(list.map((one, id) => encodeFrame({ version: 1, id, ...one })));
          const wanted = list.map((one, id) => ({
            type: one.type,
            id,
            payload: Buffer.from(one.payload).toString('hex'),
          }));
          const { frames, failure, splitter } = run(cut(stream, marks));
          expect(frames).toEqual(wanted);
          expect(failure).toBeNull();
          expect(splitter.end()).toBeNull();
        },
      ),
      { seed: 5084, numRuns: 150 },
    );
  });

  it('gives each frame with its last byte, one byte at a time', () => {
    const stream = Buffer.concat(bodies.map((one, id) => encodeFrame({ version: 1, id, ...one })));
    const ends: number[] = [];
    const splitter = new FrameSplitter();
    stream.forEach((byte, i) => {
      for (const one of splitter.push(Uint8Array.of(byte))) if (one.ok) ends.push(i + 1);
    });
    let end = 0;
    expect(ends).toEqual(bodies.map((one) => (end += HEADER_BYTES + one.payload.length)));
  });

  it('gives the good frames before a failure, and the failure for ever after', () => {
    const good = encodeFrame({ version: 1, id: 9, ...keepAlive });
    const bad = Uint8Array.of(0x04, 62, 0, 0, 0, 3, 0, 0, 0, 1);
    const { frames, failure, splitter } = run([Buffer.concat([good, bad, good])]);
    expect(frames.map((one) => one.id)).toEqual([9]);
    expect(failure).toBe('bad_length');
    expect(splitter.push(good)).toMatchObject([{ ok: false, error: { code: 'bad_length' } }]);
    expect(splitter.end()).toMatchObject({ code: 'bad_length' });
  });

  it('refuses by the header alone, before a byte of the body came', () => {
    const bytes = encodeFrame({ version: 1, id: 1, ...keepAlive });
    new DataView(bytes.buffer).setUint32(2, FRAME_BYTES_MAX + 1);
    expect(run([bytes.subarray(0, 4), bytes.subarray(4)]).failure).toBe('frame_too_large');
  });

  it('takes a frame of the greatest size in pieces', () => {
    const payload = new Uint8Array(FRAME_BYTES_MAX - HEADER_BYTES).fill(0xa5);
    const bytes = encodeFrame({ version: 1, type: 61, id: 3, payload });
    const chunks = Array.from({ length: 17 }, (_, i) => bytes.subarray(i * 65_000, (i + 1) * 65_000));
    const splitter = new FrameSplitter();
    const out = chunks.flatMap((chunk) => splitter.push(chunk));
    expect(out.length).toBe(1);
    const [frame] = out;
    expect(frame?.ok && Buffer.from(frame.value.payload).equals(payload)).toBe(true);
  });

  it('tells that the stream ended inside a message', () => {
    const bytes = encodeFrame({ version: 1, id: 1, ...keepAlive });
    const { splitter } = run([bytes.subarray(0, 6)]);
    expect(splitter.end()).toMatchObject({ code: 'truncated' });
  });
});
