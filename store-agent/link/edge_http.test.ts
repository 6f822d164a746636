import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestEdge } from '../testing/edge.ts';
import { orderId, ourEpc, receiptOf, STORE, tempFolder } from '../testing/fixtures.ts';
import { EdgeHttp } from './edge_http.ts';

let edge: TestEdge;
let folder: ReturnType<typeof tempFolder>;
let http: EdgeHttp;

beforeEach(async () => {
  edge = await new TestEdge().start();
  folder = tempFolder();
  writeFileSync(join(folder.path, 'token'), `${await edge.token('agent')}\n`);
  http = new EdgeHttp({ edgeUrl: edge.url, storeId: STORE, tokenFile: join(folder.path, 'token') });
});
afterEach(async () => {
  await edge.stop();
  folder.remove();
});

describe('asking about tags', () => {
  it('answers what the ledger knows, and nothing about the rest', async () => {
    edge.stock([ourEpc(1), ourEpc(2)]);
    edge.sell(orderId(1), [ourEpc(1)]);
    const { changes: learned } = await http.ask([ourEpc(1), ourEpc(2), ourEpc(3)], 20_000);
    expect(learned).toEqual([
      { epc: ourEpc(1), status: 'sold', rev: 3, order_id: orderId(1) },
      { epc: ourEpc(2), status: 'unsold', rev: 2, order_id: undefined },
    ]);
  });

  it('ends with what came in time when the edge does not answer', async () => {
    edge.stock([ourEpc(1)]);
    edge.httpHangs = true;
    expect(await http.ask([ourEpc(1)], 20)).toEqual({ changes: [], paying: [] });
  });

  it('is empty without a token or an edge', async () => {
    writeFileSync(join(folder.path, 'token'), ' ');
    expect(await http.ask([ourEpc(1)], 20_000)).toEqual({ changes: [], paying: [] });
    await expect(http.token()).rejects.toThrow('no token');
    await edge.stop();
    expect(await http.ask([ourEpc(1)], 20_000)).toEqual({ changes: [], paying: [] });
    await edge.start();
  });
});

describe('fetching a receipt', () => {
  it('tells apart what will not come, what may come and what cannot be read', async () => {
    edge.receipts.set(orderId(1), receiptOf(orderId(1), 'EX-1'));
    edge.receipts.set(orderId(2), receiptOf(orderId(3), 'EX-3'));
    expect(await http.receipt(orderId(1))).toMatchObject({ ok: true, value: { order: { number: 'EX-1' } } });
    expect(await http.receipt(orderId(2))).toEqual({ ok: false, error: 'unreadable' });
    expect(await http.receipt(orderId(4))).toEqual({ ok: false, error: 'not_yet' });
    for (const status of [401, 429, 503]) {
      edge.httpFault = () => status;
      expect(await http.receipt(orderId(1))).toEqual({ ok: false, error: 'unreachable' });
    }
    edge.httpFault = () => 409;
    expect(await http.receipt(orderId(1))).toEqual({ ok: false, error: 'not_yet' });
  });
});
