import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFrame } from './batch.ts';
import { Feed, FRAME_BYTES_MAX, FRAME_ENTRIES_MAX, UNACKNOWLEDGED_ENTRIES_MAX } from './frames.ts';

interface Entry {
  seq: number;
  json: string;
}

const AT = '2026-07-01T10:00:00.000Z';
const entry = (seq: number, text = ''): Entry => ({
  seq,
  json: JSON.stringify({ seq, at: AT, type: 'note', text }),
});
const logOf = (count: number, text = ''): Entry[] =>
  Array.from({ length: count }, (_, i) => entry(i + 1, text));
/** What the store's log answers: entries after a cursor, oldest first, never more than a frame may hold. */
const entriesAfter = (log: readonly Entry[], cursor: number): Entry[] =>
  log.filter(({ seq }) => seq > cursor).slice(0, FRAME_ENTRIES_MAX);
/** Bytes of a text in UTF-8 (RFC 3629, section 3). */
function bytesOf(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at++;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

describe('the next frame', () => {
  it('is there only where something is to be sent', () => {
    expect(nextFrame({ sent: 3, acked: 0 }, [])).toBeNull();
    expect(nextFrame({ sent: 3, acked: 0 }, [entry(4)])).toEqual({
      frame: `{"type":"feed","after":3,"entries":[${entry(4).json}]}`,
      upTo: 4,
    });
  });

  it('carries its entries as they are stored, byte for byte', () => {
    const odd = { seq: 1, json: `{"seq":1, "at":"${AT}", "type":"x","n":1.0e2}` };
    expect(nextFrame({ sent: 0, acked: 0 }, [odd])?.frame).toContain(odd.json);
  });

  it('holds so many entries and no more', () => {
    const next = nextFrame({ sent: 0, acked: 0 }, logOf(FRAME_ENTRIES_MAX + 1));
    expect(next?.upTo).toBe(FRAME_ENTRIES_MAX);
  });

  it('waits while too much is unacknowledged', () => {
    const log = logOf(UNACKNOWLEDGED_ENTRIES_MAX + 50);
    const at = (acked: number) =>
      nextFrame({ sent: UNACKNOWLEDGED_ENTRIES_MAX, acked }, entriesAfter(log, UNACKNOWLEDGED_ENTRIES_MAX));
    expect(at(0)).toBeNull();
    expect(at(1)?.upTo).toBe(UNACKNOWLEDGED_ENTRIES_MAX + 1);
    expect(at(7)?.upTo).toBe(UNACKNOWLEDGED_ENTRIES_MAX + 7);
  });

  it('lets an entry that is too large for any frame go alone', () => {
    const huge = 'x'.repeat(FRAME_BYTES_MAX);
    const log = [entry(1), entry(2, huge), entry(3)];
    const cursors = [0, 1, 2].map((sent) => nextFrame({ sent, acked: 0 }, entriesAfter(log, sent))?.upTo);
    expect(cursors).toEqual([1, 2, 3]);
    expect(bytesOf(nextFrame({ sent: 1, acked: 1 }, entriesAfter(log, 1))?.frame ?? '')).toBeGreaterThan(
      FRAME_BYTES_MAX,
    );
  });

  it('counts bytes as they are sent, not characters', () => {
    const wide = '€'.repeat(FRAME_BYTES_MAX / 6);
    const log = [entry(1, wide), entry(2, wide), entry(3, wide)];
    const next = nextFrame({ sent: 0, acked: 0 }, log);
    expect(next?.upTo).toBe(1);
    expect(bytesOf(next?.frame ?? '')).toBeLessThanOrEqual(FRAME_BYTES_MAX);
  });
});

it('frames one after the other replay the log without a gap, within all limits, however late the agent is', () => {
  const size = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 3, arbitrary: fc.integer({ min: 5_000, max: 60_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 80_000, max: 300_000 }) },
  );
  const text = fc.tuple(size, fc.constantFrom('x', 'é', '€', '\u{1F6D2}', '"', '\u0001'));
  const log = fc.array(text, { maxLength: 400, size: 'max' });
  /** How far behind what was sent the agent's next acknowledgement is, in entries. */
  const lags = fc.array(fc.integer({ min: 0, max: UNACKNOWLEDGED_ENTRIES_MAX }), {
    minLength: 1,
    maxLength: 20,
  });
  let waits = 0;
  fc.assert(
    fc.property(log, lags, (texts, late) => {
      const entries = texts.map(([length, character], i) => entry(i + 1, character.repeat(length)));
      const replayed: number[] = [];
      let [sent, acked] = [0, 0];
      for (let turn = 0; sent < entries.length; turn++) {
        const next = nextFrame({ sent, acked }, entriesAfter(entries, sent));
        if (next === null) {
          // Nothing goes out only while the window is full; then the agent must catch up.
          expect(sent - acked).toBe(UNACKNOWLEDGED_ENTRIES_MAX);
          waits++;
          acked = Math.max(acked + 1, sent - (late[turn % late.length] ?? 0));
          continue;
        }
        const frame = Feed.parse(JSON.parse(next.frame));
        expect(frame.after).toBe(sent);
        expect(frame.entries.length).toBeLessThanOrEqual(FRAME_ENTRIES_MAX);
        if (frame.entries.length > 1) expect(bytesOf(next.frame)).toBeLessThanOrEqual(FRAME_BYTES_MAX);
        replayed.push(...frame.entries.map(({ seq }) => seq));
        expect(frame.entries.map((one) => JSON.stringify(one))).toEqual(
          entries.slice(sent, next.upTo).map(({ json }) => json),
        );
        sent = next.upTo;
        expect(sent - acked).toBeLessThanOrEqual(UNACKNOWLEDGED_ENTRIES_MAX);
      }
      expect(replayed).toEqual(entries.map(({ seq }) => seq));
    }),
    // Shrinking would repeat megabytes some hundred times; the seed alone repeats a failure.
    { seed: 20260701, numRuns: 20, endOnFailure: true },
  );
  expect(waits).toBeGreaterThan(0);
});
