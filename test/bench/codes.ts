import { decodeEpc } from '../../shared/catalog/epc/decode.ts';
import { decodeSgtin96, Epc } from '../../shared/catalog/epc.ts';
import type { CodeLookup, ItemRef, ScanRules } from '../../shared/catalog/resolution.ts';
import { resolve } from '../../shared/catalog/resolve.ts';
import type { ScanInput } from '../../shared/catalog/scan.ts';
import { DEFAULT_SCAN_POLICY } from '../../shared/config/scan_policy.ts';

const ROUNDS = 11;
const TAGS = 4_096;
const REPEATS = 64;
const GOAL_SGTIN_96_US = 0.6;

/** What reading one code costs. The shelf is a map in memory: the store's own lookups are measured elsewhere. */
export async function measureCodes(): Promise<void> {
  const tags = Array.from({ length: TAGS }, (_, n) =>
    Epc.parse(`3035682EC80C0E40${(n * 1_000_003).toString(16).toUpperCase().padStart(8, '0')}`),
  );
  const plus = tags.map((_, n) =>
    Epc.parse(`F73795211411234530${n.toString(16).toUpperCase().padStart(4, '0')}00`),
  );
  const rows: [string, number, string][] = [
    ['floor: the 24 digits of a tag as two numbers', perTag(tags, asNumbers), ''],
    [
      'SGTIN-96 decoded',
      perTag(tags, (tag) => Number(decodeSgtin96(tag).ok)),
      `goal ≤ ${GOAL_SGTIN_96_US} µs`,
    ],
    [
      'any scheme, an SGTIN-96',
      perTag(tags, (tag) => Number(decodeEpc(tag).ok)),
      'with URIs and every field',
    ],
    ['any scheme, an SGTIN+', perTag(plus, (tag) => Number(decodeEpc(tag).ok)), 'with URIs and every field'],
    ...SCANS.map(([what, input]): [string, number, string] => [what, perScan(input), 'resolved']),
  ];
  console.log(`\n${'codes, microseconds each'.padEnd(58)} ${'median'.padStart(9)}`);
  for (const [what, us, note] of rows)
    console.log(`${what.padEnd(58)} ${us.toFixed(3).padStart(9)}  ${note}`);
}

const SCANS: readonly (readonly [string, ScanInput])[] = [
  ['an EAN-13', { raw: '5901234123457', source: 'camera' }],
  ['a markdown label', { raw: 'MP105901234123457A0001509', source: 'camera' }],
  ['a label with its weight', { raw: '2812345012505', source: 'camera' }],
  [
    'an element string of four AIs',
    { raw: ']e00105901234123457310300125039220749\u001d15270131', source: 'camera' },
  ],
  ['a Digital Link', { raw: 'https://shop.example/01/05901234123457/10/AB12?17=270131', source: 'camera' }],
  ['a tag', { raw: '3035682EC80C0E4000001A85', source: 'rfid' }],
];

function asNumbers(tag: Epc): number {
  return Number.parseInt(tag.slice(2, 14), 16) + Number.parseInt(tag.slice(14), 16);
}

function perTag(tags: readonly Epc[], decode: (tag: Epc) => number): number {
  return median(() => {
    let sum = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) for (const tag of tags) sum += decode(tag);
    return { done: TAGS * REPEATS, sum };
  });
}

const tea: ItemRef = { id: 'tea' };
const shelf: CodeLookup = {
  byCode: () => [],
  byGtin14: (gtin) => (gtin === '05901234123457' || gtin === '02812345000007' ? [tea] : []),
  byEpc: () => null,
  bySku: () => [],
};
const rules: ScanRules = {
  policy: { ...DEFAULT_SCAN_POLICY, embedded_templates: ['28IIIIIWWWWWC'] },
  currency: 'GBP',
  now_local: '2026-11-28T13:00:00',
};

function perScan(input: ScanInput): number {
  const sample = resolve(input, shelf, rules);
  if (!sample.ok) throw new Error(`${input.raw}: ${JSON.stringify(sample.error)}`);
  return median(() => {
    let sum = 0;
    for (let n = 0; n < TAGS; n++) sum += Number(resolve(input, shelf, rules).ok);
    return { done: TAGS, sum };
  });
}

/** Microseconds of one call; what was computed is used, so that nothing of it can be left out. */
function median(round: () => { done: number; sum: number }): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    const { done, sum } = round();
    const us = ((performance.now() - began) * 1_000) / done;
    return sum < 0 ? Number.NaN : us;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}
