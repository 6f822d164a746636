import { describe, expect, it } from 'vitest';
import { CHAIN_START } from './chain.ts';
import { sealedSale, sealedVoid } from './sale.fixture.ts';
import {
  LeasedNumbers,
  LeaseNumbers,
  ShelfPage,
  ShelfQuery,
  UPLOAD_BYTES_MAX,
  UPLOAD_DOCUMENTS_MAX,
  UploadAnswer,
  UploadDocuments,
} from './wire.ts';

const sale = sealedSale(1);

describe('what agent and edge say about selling without a line', () => {
  it('takes sales and voids in one batch, and no more than a batch holds', () => {
    const both = { transactions: [sale, sealedVoid(2, sale.digest, 5, 9)] };
    expect(UploadDocuments.parse(JSON.parse(JSON.stringify(both)))).toEqual(both);
    const many = { transactions: Array.from({ length: UPLOAD_DOCUMENTS_MAX + 1 }, () => sale) };
    expect(UploadDocuments.safeParse(many).success).toBe(false);
    expect(UploadDocuments.safeParse({ transactions: [] }).success).toBe(false);
    expect(JSON.stringify(sale).length * UPLOAD_DOCUMENTS_MAX).toBeLessThan(UPLOAD_BYTES_MAX);
  });

  it.each([
    ['a field that nobody knows', { ...sale, discount_code: 'X' }],
    ['half a minor unit', { ...sale, totals: { ...sale.totals, total: 10.5 } }],
    ['no line', { ...sale, lines: [] }],
    ['no digest', { ...sale, digest: CHAIN_START.slice(1) }],
    ['a number beyond the series', { ...sale, number: { ...sale.number, value: 1_000_000 } }],
  ])('refuses a sale with %s', (_, document) => {
    expect(UploadDocuments.safeParse({ transactions: [document] }).success).toBe(false);
  });

  it('reads the answers', () => {
    const { tx_id, device_id, device_seq, order_id } = sale;
    const result = { tx_id, device_id, device_seq, status: 'accepted', order_id, missing: [] };
    expect(UploadAnswer.parse({ results: [result] })).toEqual({ results: [result] });
    const lease = { lease_id: 'lse_1', device_id, register: 1, epoch: 0, from: 1, to: 50 };
    expect(LeasedNumbers.parse({ ...lease, last_seq: 0, last_digest: null })).toMatchObject(lease);
    expect(LeaseNumbers.safeParse({ device_id, count: 0 }).success).toBe(false);
    expect(ShelfQuery.parse({ version: '3' })).toEqual({ version: 3, limit: 500 });
    const page = { version: 3, catalog_version: 2, items: [], promotions: [{ id: 'p' }], next: null };
    expect(ShelfPage.parse(page)).toEqual(page);
  });
});
