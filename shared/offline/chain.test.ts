import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { CHAIN_START, type ChainRow, digestOf, firstFault } from './chain.ts';
import { faultsOfSale, paidOf } from './check_sale.ts';
import type { OfflineDocument } from './document.ts';
import { sealedSale, sealedVoid } from './sale.fixture.ts';

const RUNS = { numRuns: 100, seed: 952 };
const START = { device_seq: 0, digest: CHAIN_START };

function rowOf({ digest, ...document }: OfflineDocument): ChainRow {
  const { device_seq, previous } = document;
  return { device_seq, previous, digest, body: canonicalJson(document) };
}

function chainOf(length: number): ChainRow[] {
  const rows: ChainRow[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const previous = rows.at(-1)?.digest ?? CHAIN_START;
    rows.push(rowOf(seq % 4 === 0 ? sealedVoid(seq, previous, seq, seq + 3) : sealedSale(seq, previous)));
  }
  return rows;
}

const CHAIN = chainOf(9);

describe('the chain of a device', () => {
  it('holds as it was written', () => {
    expect(firstFault(CHAIN, START)).toBeNull();
    expect(firstFault(CHAIN.slice(4), { device_seq: 4, digest: CHAIN[3]?.digest ?? '' })).toBeNull();
  });

  it('names the row in which any one character was changed', () => {
    const place = fc.record({
      row: fc.nat(CHAIN.length - 1),
      column: fc.constantFrom('body' as const, 'digest' as const, 'previous' as const),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 127 }),
    });
    fc.assert(
      fc.property(place, ({ row, column, at, by }) => {
        const rows = CHAIN.map((one, i) =>
          i === row ? { ...one, [column]: changed(one[column], at, by) } : one,
        );
        expect(firstFault(rows, START)?.device_seq).toBe(row + 1);
      }),
      RUNS,
    );
  });

  it('names the row that is missing, and one that was sealed again by somebody', () => {
    expect(firstFault(CHAIN.toSpliced(3, 1), START)).toEqual({ device_seq: 4, fault: 'gap' });
    const again = rowOf(sealedSale(3, CHAIN[1]?.digest, { started_at: '2026-06-14T09:00:59.000Z' }));
    expect(firstFault(CHAIN.with(2, again), START)).toEqual({ device_seq: 4, fault: 'broken_link' });
  });

  it('names a row whose columns say something else than its text', () => {
    const [first, second] = [CHAIN[0], CHAIN[1]];
    if (first === undefined || second === undefined) throw new Error('no rows');
    const swapped = [{ ...second, device_seq: 1, previous: CHAIN_START }];
    expect(firstFault(swapped, START)).toEqual({ device_seq: 1, fault: 'body' });
  });
});

function changed(text: string, at: number, by: number): string {
  const place = at % text.length;
  const other = String.fromCharCode((text.charCodeAt(place) + by) % 128);
  return text.slice(0, place) + other + text.slice(place + 1);
}

describe('a sale', () => {
  it('bears the digest of what it says', () => {
    const sale = sealedSale(1);
    expect(digestOf(sale)).toBe(sale.digest);
    expect(digestOf({ ...sale, totals: { ...sale.totals, total: 1049 } })).not.toBe(sale.digest);
  });

  it('adds up, or says where it does not', () => {
    const sale = sealedSale(1);
    expect(faultsOfSale(sale)).toEqual([]);
    expect(paidOf(sale.payments)).toBe(1048);
    const wrong = { ...sale, totals: { ...sale.totals, total: 1049 } };
    expect(faultsOfSale(wrong)).toEqual([
      'the total is 1049, not 1048',
      'the sum of the payments is 1048, not 1049',
    ]);
    const [cash] = sale.payments;
    const short = { ...sale, payments: cash === undefined ? [] : [{ ...cash, change: 951 }] };
    expect(faultsOfSale(short)).toEqual(['the cash that stays is 1049, not 1050']);
  });
});
