import Tds from 'epc-tds';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { decodeEpc, segmentsOf } from '../../shared/catalog/epc/decode.ts';
import { canonicalEpc, decodeSgtin96, Epc, encodeSgtin96, encodeSgtin198 } from '../../shared/catalog/epc.ts';
import { unwrap } from '../../shared/result.ts';

const VECTORS: string = '../vectors/epc.json';
const vectors = z
  .object({
    published: z.array(z.object({ scheme: z.string(), hex: z.string(), path: z.string() })),
    unread: z.array(z.string()),
  })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

// A busy machine is not a failure.
vi.setConfig({ testTimeout: 600_000 });

const RUNS = process.env['LONG'] === undefined ? 200 : 20_000;
// epc-tds is CommonJS: its default export is one level down.
const tds: typeof Tds = 'default' in Tds ? (Tds as unknown as { default: typeof Tds }).default : Tds;

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));
const words = (hex: string) => Epc.parse(hex.padEnd(Math.ceil(hex.length / 4) * 4, '0'));
const CSET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const text = (max: number) => fc.string({ unit: fc.constantFrom(...CSET_82), minLength: 1, maxLength: max });

describe('a tag of every scheme', () => {
  it.each(vectors.published)('$scheme: $hex', ({ scheme, hex, path }) => {
    const decoded = unwrap(decodeEpc(Epc.parse(hex)));
    expect(decoded).toMatchObject({ scheme, digital_link: `https://id.gs1.org${path}` });
  });

  it.each(vectors.unread)('that we do not read says so: %s', (hex) => {
    expect(decodeEpc(words(hex))).toEqual({ ok: false, error: { code: 'unsupported_scheme' } });
  });

  it('shows the date before the key of a DSGTIN+, and every bit in its place', () => {
    const epc = Epc.parse('FB342CDE795211411234538566CB0AFC4000');
    expect(decodeEpc(epc)).toMatchObject({ value: { date: { ai: '17', yymmdd: '220630' }, filter: 3 } });
    for (const { hex } of vectors.published) {
      const segments = segmentsOf(Epc.parse(hex));
      expect(segments.reduce((at, { from, bits }) => (from === at ? at + bits : -1), 0)).toBe(hex.length * 4);
    }
  });

  it.each([
    ['partition', '307C257BF46DB64000001A85'],
    ['company_prefix', '3077FFFFFFC6DB64000001A8'],
    ['length', '3074257BF46DB64000001A850001'],
    ['length', 'F73795211411234538566CB0'],
    ['length', '3674257BF6B7A659B2C2BF10'],
    ['serial', '3674257BF6B7A6000000000000000000000000000000000000000'.slice(0, 52)],
    ['length', '311BA1B300CE0A6A83000001'],
    ['check_digit', 'F90095201234567891236000'],
    ['item_reference', 'F9009520123456789123A000'],
    ['serial', 'F7379521141123453D566CB0AFC4'],
    ['date', 'FB3F2CDE795211411234538566CB0AFC4000'],
  ])('is refused for its %s: %s', (code, hex) => {
    expect(decodeEpc(Epc.parse(hex))).toEqual({ ok: false, error: { code } });
  });

  it('cut short anywhere, or with any bits, is read or refused, and nothing throws', () => {
    const header = fc.constantFrom(...vectors.published.map(({ hex }) => hex.slice(0, 2)));
    const any = fc
      .tuple(header, fc.integer({ min: 6, max: 20 }))
      .chain(([first, count]) =>
        fc.stringMatching(new RegExp(`^[0-9A-F]{${count * 4 - 2}}$`)).map((rest) => first + rest),
      );
    fc.assert(
      fc.property(any, (hex) => {
        const epc = Epc.parse(hex);
        const decoded = decodeEpc(epc);
        if (decoded.ok && decoded.value.scheme === 'sgtin-96')
          expect(decodeSgtin96(epc)).toMatchObject({ ok: true, value: { gtin14: decoded.value.key.value } });
        expect(segmentsOf(epc).length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS * 5, seed: 3 },
    );
  });
});

describe('beside an independent codec', () => {
  const common = { filter: fc.nat(7), partition: fc.nat(6) };
  const same = (hex: string, uris: { tag: string; id: string }) => {
    const decoded = unwrap(decodeEpc(words(hex)));
    expect(decoded).toMatchObject({ tag_uri: uris.tag, uri: uris.id });
    return decoded;
  };
  const uris = (tag: { toTagURI(): string; toIdURI(): string }) => ({
    tag: tag.toTagURI(),
    id: tag.toIdURI(),
  });

  it('SGTIN-96 is the same both ways', () => {
    fc.assert(
      fc.property(fc.record({ ...common, gtin: digits(13), serial: fc.nat(2 ** 31 - 1) }), (f) => {
        const tag = new tds.Sgtin96()
          .setFilter(f.filter)
          .setPartition(f.partition)
          .setGtin(`${f.gtin}0`)
          .setSerial(f.serial);
        const hex = tag.toHexString().toUpperCase();
        const decoded = same(hex, uris(tag));
        expect(decoded.key.value.slice(0, 13)).toBe(f.gtin);
        const own = unwrap(decodeSgtin96(Epc.parse(hex)));
        expect(encodeSgtin96(own)).toEqual({ ok: true, value: hex });
        expect(canonicalEpc(tag.toTagURI())).toEqual({ ok: true, value: hex });
      }),
      { numRuns: RUNS, seed: 4 },
    );
  });

  it('SGTIN-198 keeps any serial', () => {
    fc.assert(
      fc.property(fc.record({ ...common, gtin: digits(13), serial: text(20) }), (f) => {
        const tag = new tds.Sgtin198()
          .setFilter(f.filter)
          .setPartition(f.partition)
          .setGtin(`${f.gtin}0`)
          .setSerial(f.serial);
        const decoded = unwrap(decodeEpc(words(tag.toHexString().toUpperCase())));
        expect(decoded).toMatchObject({ serial: f.serial, filter: f.filter, scheme: 'sgtin-198' });
        const companyPrefix = decoded.company_prefix ?? '';
        const itemReference = `${f.gtin.slice(0, 1)}${f.gtin.slice(1 + companyPrefix.length)}`;
        const encoded = unwrap(
          encodeSgtin198({ filter: f.filter, companyPrefix, itemReference, serial: f.serial }),
        );
        expect(encoded).toBe(words(tag.toHexString().toUpperCase()));
        expect(canonicalEpc(decoded.tag_uri ?? '')).toEqual({ ok: true, value: encoded });
      }),
      { numRuns: RUNS, seed: 5 },
    );
  });

  it('SSCC, SGLN, GRAI, GIAI, GSRN and GDTI in 96 bits', () => {
    const fields = fc.record({
      ...common,
      key: digits(17),
      serial: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    });
    fc.assert(
      fc.property(fields, ({ filter, partition, key, serial }) => {
        const gln = `${key.slice(0, 12)}0`;
        const tags = [
          new tds.Sscc96().setFilter(filter).setPartition(partition).setSscc(`${key}0`),
          new tds.Sgln96().setFilter(filter).setPartition(partition).setGln(gln).setExtension(serial),
          new tds.Grai96().setFilter(filter).setPartition(partition).setGrai(`0${gln}${serial}`),
          new tds.Giai96()
            .setFilter(filter)
            .setPartition(partition)
            .setGiai(`${key.slice(0, 12)}${serial}`),
          new tds.Gsrn96().setFilter(filter).setPartition(partition).setGsrn(`${key}0`),
          new tds.Gdti96().setFilter(filter).setPartition(partition).setGdti(`${gln}${serial}`),
        ];
        for (const tag of tags) {
          // Behind a prefix of twelve digits a place has no digits left, and a service keeps its leading zeros;
          // the other codec writes a zero for the first and drops the second.
          const places = (uri: string) => (partition === 0 ? uri.replace(/\.0\.([0-9]+)$/, '..$1') : uri);
          const services = (uri: string) =>
            uri.replace(/[0-9]+$/, (reference) => reference.padStart(5 + partition, '0'));
          const written = uris(tag);
          const mend = /gsrn/.test(written.id)
            ? services
            : /sgln|grai|gdti/.test(written.id)
              ? places
              : String;
          const [tagUri, id] = [mend(written.tag), mend(written.id)];
          same(tag.toHexString().toUpperCase(), { tag: tagUri, id });
        }
      }),
      { numRuns: RUNS, seed: 6 },
    );
  });
});
