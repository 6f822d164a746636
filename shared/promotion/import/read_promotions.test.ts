import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect_format.ts';
import { type ImportFormat, MESSAGE_CHARACTERS_MAX, PROBLEMS_MAX } from './entry.ts';
import {
  CSV,
  type Imported,
  importAll,
  importText,
  inPieces,
  JSON_ARRAY,
  JSON_LINES,
  JSON_WRAPPED,
  OPTIONS,
  PROMOFULL,
  utf8,
  utf16le,
} from './import.fixture.ts';
import { readPromotions } from './read_promotions.ts';

declare const process: { env: Record<string, string | undefined> };

const CUTS = process.env['LONG'] ? 20_000 : 300;
const MUTATIONS = process.env['LONG'] ? 200_000 : 2_800;
const PATIENCE_MS = process.env['LONG'] ? 900_000 : 60_000;

const FILES: [string, ImportFormat, Uint8Array][] = [
  ['a line each', 'json', utf8(JSON_LINES)],
  ['a JSON array', 'json', utf8(`\ufeff${JSON_ARRAY}`)],
  ['a wrapped JSON array', 'json', utf16le(JSON_WRAPPED)],
  ['CSV', 'csv', utf8(CSV)],
  ['CSV in UTF-16', 'csv', utf16le(CSV)],
  ['XML', 'promofull', utf8(PROMOFULL)],
  ['XML in UTF-16', 'promofull', utf16le(PROMOFULL.slice(1).replace('utf-8', 'utf-16'))],
];

describe('readPromotions', () => {
  it.each(FILES)(
    'reads %s the same wherever it is cut',
    async (_, format, bytes) => {
      const whole = await importAll(format, inPieces(bytes));
      expect(whole.summary.accepted).toBe(2);
      expect(await importAll(format, inPieces(bytes, [1]))).toEqual(whole);
      for (let at = 1; at < bytes.length; at += 1 + Math.floor(bytes.length / 400))
        expect(await importAll(format, inPieces(bytes, [at, bytes.length]))).toEqual(whole);
    },
    PATIENCE_MS,
  );

  it.each(FILES)(
    'reads %s the same in pieces of any sizes',
    async (_, format, bytes) => {
      const whole = await importAll(format, inPieces(bytes));
      const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 });
      await fc.assert(
        fc.asyncProperty(sizes, async (cuts) => {
          expect(await importAll(format, inPieces(bytes, cuts))).toEqual(whole);
        }),
        { numRuns: Math.ceil(CUTS / FILES.length), seed: 13 },
      );
    },
    PATIENCE_MS,
  );

  it.each(FILES)(
    'answers damage to %s with problems, never with an exception',
    async (_, format, bytes) => {
      const damage = fc.array(
        fc.record({
          at: fc.nat({ max: bytes.length }),
          drop: fc.nat({ max: 40 }),
          put: fc.uint8Array({ maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 3 },
      );
      const syntax = fc.array(
        fc.record({
          at: fc.nat({ max: bytes.length }),
          drop: fc.nat({ max: 2 }),
          put: fc
            .constantFrom('"', '<', '>', '&', ',', '\n', '{', ']', ';', '|', '0', '-', '</Item>', '\\')
            .map(utf8),
        }),
        { minLength: 1, maxLength: 3 },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(damage, syntax),
          fc.integer({ min: 1, max: 5_000 }),
          async (changes, size) => {
            let damaged = [...bytes];
            for (const { at, drop, put } of changes)
              damaged = [...damaged.slice(0, at), ...put, ...damaged.slice(at + drop)];
            const imported = await importAll(format, inPieces(Uint8Array.from(damaged), [size]));
            expectSound(imported);
            const whole = await importAll(format, inPieces(Uint8Array.from(damaged)));
            expect(whole.entries).toEqual(imported.entries);
            // The XML parser may name the next line where a piece ends in a text that must not be there.
            expect(whole.summary.file_problem?.code).toBe(imported.summary.file_problem?.code);
          },
        ),
        { numRuns: Math.ceil(MUTATIONS / FILES.length), seed: 14 },
      );
    },
    PATIENCE_MS,
  );

  it.each(['json', 'csv', 'promofull'] as const)(
    'takes any bytes for %s',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
          expectSound(await importAll(format, inPieces(bytes, [7])));
        }),
        { numRuns: 300, seed: 15 },
      );
    },
    PATIENCE_MS,
  );

  it(
    'gives out an entry before it asks for more than the next one',
    async () => {
      let given = 0;
      const file = bigFile((bytes) => {
        given += bytes;
      });
      const reading = readPromotions('promofull', file, OPTIONS);
      let entries = 0;
      let largestLead = 0;
      let step = await reading.next();
      for (; !step.done; step = await reading.next()) {
        entries += 1;
        expect(step.value).toMatchObject({ key: String(entries), result: { ok: true }, notes: [] });
        largestLead = Math.max(largestLead, given - entries * BYTES_A_PROMOTION);
      }
      expect(step.value).toEqual({
        entries: 2_000,
        accepted: 2_000,
        refused: 0,
        notes: 0,
        file_problem: null,
      });
      // A promotion is given out when its successor has begun, since rows of one promotion may follow one another.
      expect(largestLead).toBeLessThan(3 * CHUNK_BYTES);
      expect(given).toBeGreaterThan(100 * CHUNK_BYTES);
    },
    PATIENCE_MS,
  );

  it('stops asking once the file is known to be broken', async () => {
    let asked = 0;
    async function* broken(): AsyncGenerator<Uint8Array> {
      for (; asked < 10; asked++) yield utf8(asked === 1 ? '</wrong>' : '<a>');
    }
    const { summary } = await importAll('promofull', broken());
    expect(summary.file_problem?.code).toBe('bad_xml');
    expect(asked).toBe(1);
  });

  it('lets an error of the source through', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield utf8('[');
      throw new Error('the line is cut');
    }
    await expect(importAll('json', failing())).rejects.toThrow('the line is cut');
  });

  it('gives the same promotions when the same file is read twice', async () => {
    for (const [, format, bytes] of FILES)
      expect(await importAll(format, inPieces(bytes))).toEqual(await importAll(format, inPieces(bytes)));
  });

  it('asks for an id by key and stores', async () => {
    const asked: unknown[] = [];
    const idOf = (key: string, stores: readonly string[] | null) => {
      asked.push([key, stores]);
      return OPTIONS.idOf(key, stores);
    };
    await importAll('json', inPieces(utf8(JSON_LINES)), { ...OPTIONS, idOf });
    expect(asked).toEqual([
      ['R-1', ['001', '014']],
      ['R-2', null],
    ]);
  });

  it('keeps problems and messages short', async () => {
    const groups = Array.from({ length: 60 }, (_, i) => ({ name: `g${i}`, minimum: -1, nodes: [] }));
    const long = 'x'.repeat(10_000);
    const { entries } = await importText(
      'json',
      JSON.stringify({ retailer_promotion_id: 'A', groups, [long]: 1 }),
    );
    const [entry] = entries;
    expect(entry?.result.ok === false && entry.result.error).toHaveLength(PROBLEMS_MAX + 1);
    expect(entry?.result.ok === false && entry.result.error.at(-1)?.code).toBe('more_problems');
    expect(entry?.notes[0]?.message).toHaveLength(MESSAGE_CHARACTERS_MAX);
  });
});

describe('detectFormat', () => {
  it.each(FILES)('knows %s', (_, format, bytes) => {
    expect(detectFormat(bytes)).toBe(format);
    expect(detectFormat(bytes.subarray(0, 201))).toBe(format);
  });

  it.each(['', 'title;items', 'PK\u0003\u0004', '\u0000\u0001'])('does not know %j', (text) => {
    expect(detectFormat(utf8(text))).toBeNull();
  });

  it('knows no text that is neither UTF-8 nor UTF-16', () => {
    expect(detectFormat(Uint8Array.of(0x3c, 0xf9, 0xec, 0xe5, 0xed))).toBeNull();
  });
});

/** What holds of every import, however bad the file. */
function expectSound({ entries, summary }: Imported): void {
  const accepted = entries.filter((entry) => entry.result.ok).length;
  expect(summary).toMatchObject({ entries: entries.length, accepted, refused: entries.length - accepted });
  expect(entries.every((entry) => entry.result.ok || entry.result.error.length > 0)).toBe(true);
  expect(entries.every((entry, i) => entry.line >= (entries[i - 1]?.line ?? 1))).toBe(true);
  expect(summary.notes).toBe(entries.reduce((sum, entry) => sum + entry.notes.length, 0));
}

const CHUNK_BYTES = 16 * 1024;
const BYTES_A_PROMOTION = 2_000;

/** 2,000 promotions over 7,500 items, each of the same length, made chunk by chunk as they are asked for. */
async function* bigFile(onGiven: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let text = '<Root><StoreId>001</StoreId><Promotions>';
  for (let n = 1; n <= 2_000; n++) {
    const codes = Array.from({ length: 10 }, (_, i) => 7_290_000_000_000 + ((n * 10 + i * 701) % 7_500));
    const items = codes
      .map((code) => `<Item><ItemCode>${code}</ItemCode><IsGiftItem>0</IsGiftItem></Item>`)
      .join('');
    const promotion = `<Promotion><PromotionId>${n}</PromotionId><RewardType>1</RewardType><MinQty>2</MinQty><DiscountedPrice>10.00</DiscountedPrice><PromotionItems>${items}</PromotionItems></Promotion>`;
    text += promotion.padEnd(BYTES_A_PROMOTION);
    for (; text.length >= CHUNK_BYTES; text = text.slice(CHUNK_BYTES)) {
      onGiven(CHUNK_BYTES);
      yield utf8(text.slice(0, CHUNK_BYTES));
    }
  }
  onGiven(text.length);
  yield utf8(`${text}</Promotions></Root>`);
}
