import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrap } from '../result.ts';
import { canonicalEpc, decodeSgtin96, Epc, encodeSgtin96, sgtinOfGtin, sgtinUri } from './epc.ts';
import { Gtin14 } from './gtin.ts';

const VECTORS: string = '../../test/vectors/store.json';
const vectors = z
  .object({
    sgtin: z.array(
      z.object({
        gtin14: z.string(),
        cpl: z.number(),
        serial: z.number(),
        filter: z.number(),
        hex: z.string(),
        uri: z.string(),
      }),
    ),
    sgtin_published: z.object({
      gtin14: z.string(),
      serial: z.number(),
      cp: z.string(),
      ir: z.string(),
      hex: z.string(),
    }),
    sgtin_six_digit_prefix: z.object({ gtin14: z.string(), hex: z.string(), uri: z.string() }),
    sgtin_upc: z.object({ hex: z.string(), uri: z.string() }),
    sgtin198: z.object({ hex: z.string(), uri: z.string() }),
    epc_unknown_header: z.string(),
    serial_38bit_max: z.number(),
  })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

/** The 96 bits of a tag put together one by one, as the standard's table shows them. */
function tag(fields: {
  partition: number;
  company: bigint;
  companyBits: number;
  item: bigint;
  serial: bigint;
}): string {
  const bits = (value: bigint, width: number) => value.toString(2).padStart(width, '0');
  const all = [
    bits(0x30n, 8),
    bits(1n, 3),
    bits(BigInt(fields.partition), 3),
    bits(fields.company, fields.companyBits),
    bits(fields.item, 44 - fields.companyBits),
    bits(fields.serial, 38),
  ].join('');
  return BigInt(`0b${all}`).toString(16).toUpperCase().padStart(24, '0');
}

const failure = (code: string) => ({ ok: false, error: { code } });

describe('SGTIN-96', () => {
  it.each(vectors.sgtin)('$hex is $uri', ({ hex, uri, gtin14, cpl, serial, filter }) => {
    const decoded = unwrap(decodeSgtin96(Epc.parse(hex)));
    expect(decoded).toMatchObject({ gtin14, serial, filter });
    expect(decoded.companyPrefix).toHaveLength(cpl);
    expect(sgtinUri(decoded)).toBe(uri);
    expect(encodeSgtin96(sgtinOfGtin(Gtin14.parse(gtin14), cpl, serial, filter))).toEqual({
      ok: true,
      value: hex,
    });
  });

  it('decodes what the standard publishes', () => {
    const { hex, gtin14, serial, cp, ir } = vectors.sgtin_published;
    const decoded = decodeSgtin96(Epc.parse(hex));
    expect(decoded).toMatchObject({
      ok: true,
      value: { gtin14, serial, companyPrefix: cp, itemReference: ir, filter: 3 },
    });
    expect(sgtinUri(unwrap(decodeSgtin96(Epc.parse(vectors.sgtin_upc.hex))))).toBe(vectors.sgtin_upc.uri);
  });

  it('decodes a six-digit prefix with a serial near its end', () => {
    const { hex, gtin14, uri } = vectors.sgtin_six_digit_prefix;
    const decoded = unwrap(decodeSgtin96(Epc.parse(hex)));
    expect(decoded.gtin14).toBe(gtin14);
    expect(sgtinUri(decoded)).toBe(uri);
  });

  it('encodes and decodes every field, as the bits of the standard stand', () => {
    const field = (digits: number) => fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n });
    const anyTag = fc.integer({ min: 0, max: 6 }).chain((partition) =>
      fc.record({
        partition: fc.constant(partition),
        company: field(12 - partition),
        item: field(1 + partition),
        serial: fc.bigInt({ min: 0n, max: BigInt(vectors.serial_38bit_max) }),
      }),
    );
    const bits = [40, 37, 34, 30, 27, 24, 20];
    fc.assert(
      fc.property(anyTag, ({ partition, company, item, serial }) => {
        const hex = tag({ partition, company, companyBits: bits[partition] ?? 0, item, serial });
        const decoded = unwrap(decodeSgtin96(unwrap(canonicalEpc(hex.toLowerCase()))));
        expect(decoded).toMatchObject({
          filter: 1,
          companyPrefix: company.toString().padStart(12 - partition, '0'),
          itemReference: item.toString().padStart(1 + partition, '0'),
          serial: Number(serial),
        });
        expect(Gtin14.safeParse(decoded.gtin14).success).toBe(true);
        expect(encodeSgtin96(decoded)).toEqual({ ok: true, value: hex });
        expect(canonicalEpc(sgtinUri(decoded))).toEqual({ ok: true, value: hex });
      }),
      { numRuns: 300, seed: 96 },
    );
  });

  it.each([
    ['partition', tag({ partition: 7, company: 1n, companyBits: 24, item: 1n, serial: 1n })],
    ['company_prefix', tag({ partition: 5, company: 10_000_000n, companyBits: 24, item: 1n, serial: 1n })],
    ['item_reference', tag({ partition: 5, company: 1n, companyBits: 24, item: 1_000_000n, serial: 1n })],
    ['unsupported_scheme', vectors.epc_unknown_header],
    ['unsupported_scheme', vectors.sgtin198.hex],
    ['length', `${vectors.sgtin_published.hex}0000`],
  ])('refuses a tag for its %s: %s', (code, hex) => {
    expect(decodeSgtin96(Epc.parse(hex))).toEqual(failure(code));
  });

  it.each([
    ['serial', { serial: vectors.serial_38bit_max + 1 }],
    ['serial', { serial: -1 }],
    ['serial', { serial: 1.5 }],
    ['filter', { filter: 8 }],
    ['company_prefix', { companyPrefix: '95212' }],
    ['company_prefix', { companyPrefix: '952123x' }],
    ['item_reference', { itemReference: '01234' }],
    ['item_reference', { itemReference: '01234x' }],
  ])('refuses to encode a bad %s', (code, change) => {
    const good = { filter: 1, companyPrefix: '9521234', itemReference: '012345', serial: 7 };
    expect(encodeSgtin96(good).ok).toBe(true);
    expect(encodeSgtin96({ ...good, ...change })).toEqual(failure(code));
  });
});

describe('the canonical form', () => {
  const [first] = vectors.sgtin;

  it('is upper-case hex, from hex in any case and from URIs in any case', () => {
    expect(canonicalEpc('3074257bf46db64000001a85')).toEqual({ ok: true, value: first?.hex });
    expect(canonicalEpc('urn:epc:tag:sgtin-96:3.0614141.112345.6789')).toEqual({
      ok: true,
      value: first?.hex,
    });
    expect(canonicalEpc('URN:EPC:TAG:SGTIN-96:3.0614141.112345.6789')).toEqual({
      ok: true,
      value: first?.hex,
    });
    expect(canonicalEpc(vectors.epc_unknown_header.toLowerCase())).toEqual({
      ok: true,
      value: vectors.epc_unknown_header,
    });
  });

  it('gives a pure identity the filter of point-of-sale items', () => {
    const epc = unwrap(canonicalEpc('urn:epc:id:sgtin:5901234.012345.6789'));
    expect(epc).toBe('3035682EC80C0E4000001A85');
  });

  it.each([
    ['not_hex', '3074257BF46DB64000001A8G'],
    ['not_hex', '0x3074257BF46DB64000001A85'],
    ['not_hex', '3074-257B-F46D-B640-0000-1A85'],
    ['length', '3074257BF46DB64000001A8'],
    ['length', '3074257BF46DB640'],
    ['length', '3074'.repeat(32)],
    ['uri', 'urn:epc:nonsense'],
    ['uri', 'urn:epc:id:sgtin:0614141.112345'],
    ['uri', 'urn:epc:id:sgtin:0614141.11x345.1'],
    ['unsupported_scheme', 'urn:epc:id:sscc:0614141.1234567890'],
    ['serial', 'urn:epc:tag:sgtin-96:1.0614141.112345.0012'],
    ['serial', 'urn:epc:tag:sgtin-96:1.0614141.112345.274877906944'],
    ['serial', 'urn:epc:id:sgtin:0614141.112345.123456789012345678901'],
    ['serial', 'urn:epc:id:sgtin:0614141.112345.a b'],
    ['uri', 'urn:epc:id:sgtin:0614141.112345.a%2'],
    ['item_reference', 'urn:epc:id:sgtin:0614141.12345.1'],
    ['company_prefix', 'urn:epc:id:sgtin:06141.11234567.1'],
    ['filter', 'urn:epc:tag:sgtin-96:8.0614141.112345.1'],
  ])('refuses (%s) %s', (code, text) => {
    expect(canonicalEpc(text)).toEqual(failure(code));
  });

  it('takes 198 bits for a serial that 96 cannot hold', () => {
    const { uri, hex } = vectors.sgtin198;
    expect(canonicalEpc(uri.replace('urn:epc:id:sgtin:', 'urn:epc:tag:sgtin-198:3.'))).toEqual({
      ok: true,
      value: hex,
    });
    expect(unwrap(canonicalEpc('urn:epc:id:sgtin:0614141.112345.0012'))).toMatch(/^36/);
    expect(unwrap(canonicalEpc('urn:epc:id:sgtin:0614141.112345.274877906944'))).toMatch(/^36/);
    expect(unwrap(canonicalEpc('urn:epc:id:sgtin:0614141.112345.a.b:c'))).toMatch(/^36/);
  });
});
