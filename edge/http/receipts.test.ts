import { beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../shared/api/order.ts';
import { ReceiptDocument } from '../../shared/receipt/index.ts';
import { openShop, type Shop, shirt } from '../basket/test/fixture.ts';
import {
  buy,
  cloudToken,
  codeOf,
  enter,
  expectJson,
  type Guest,
  openBasket,
  orderOf,
} from './test/fixture.ts';

let shop: Shop;
let guest: Guest;
let order: Order;
beforeAll(async () => {
  shop = await openShop();
  guest = await enter(shop);
  order = await buy(guest, { code: 'COLA' }, { code: 'COLA' }, { epc: shirt(1) });
});

const read = (query = '', token = guest.token) =>
  guest.call('GET', `/v1/orders/${order.id}/receipt${query}`, { token });

describe('the receipt', () => {
  it.each([
    ['html', 'text/html; charset=UTF-8'],
    ['text', 'text/plain; charset=utf-8'],
    ['svg', 'image/svg+xml'],
    ['escpos', 'application/octet-stream'],
    ['json', 'application/json'],
  ])('comes as %s, with its type, and is kept by no cache', async (format, type) => {
    const reply = await read(`?format=${format}`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe(type);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('content-security-policy')).toBe(
      format === 'html' || format === 'svg'
        ? "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        : null,
    );
  });

  it.each(['html', 'text', 'svg', 'json'])('says as %s what was bought', async (format) => {
    const { text } = await read(`?format=${format}`);
    for (const said of [order.number, 'High Street', 'Item COLA', 'Thank you', 'Two colas for less'])
      expect(text).toContain(said);
  });

  it('is a page without a script, a drawing, plain lines, or the bytes of a printer', async () => {
    const html = (await read('?format=html')).text;
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect((await read('?format=svg')).text).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    for (const line of (await read('?format=text')).text.split('\n'))
      expect(line.length).toBeLessThanOrEqual(48);
    const { bytes } = await read('?format=escpos');
    expect([...bytes.slice(0, 2)]).toEqual([0x1b, 0x40]);
    expect(new TextDecoder('latin1').decode(bytes)).toContain(order.number);
  });

  it('is a page where no format is asked for', async () => {
    expect((await read()).text).toBe((await read('?format=html')).text);
  });

  it('agrees with the order to the penny', async () => {
    const receipt = await expectJson(ReceiptDocument, 200, read('?format=json'));
    expect(receipt.order).toMatchObject({ id: order.id, number: order.number });
    expect(receipt.total).toBe(order.total);
    expect(receipt.discount).toBe(100);
    expect(receipt.lines.map(({ epc }) => epc)).toContain(shirt(1));
    expect(receipt.payments.map(({ amount }) => amount)).toEqual([order.total]);
  });

  it('is where the order says', async () => {
    for (const format of ['html', 'text', 'svg', 'escpos'] as const) {
      const { pathname, search } = new URL(order.receipt?.[format] ?? '', 'https://edge.test');
      const reply = await guest.call('GET', pathname + search);
      expect(reply.bytes).toEqual((await read(`?format=${format}`)).bytes);
    }
  });

  it('is the same for the staff and devices of the store', async () => {
    const { text } = await read();
    for (const role of ['admin', 'manager', 'cashier', 'kiosk', 'agent'] as const)
      expect((await read('', await cloudToken(role, { store: shop.store_id }))).text, role).toBe(text);
  });

  it('is not there before the money, nor before the order', async () => {
    const unpaid = await orderOf(guest, { code: 'COLA' });
    expect(await codeOf(409, guest.call('GET', `/v1/orders/${unpaid.id}/receipt`))).toBe('not_paid');
    const { id } = await openBasket(guest);
    const path = `/v1/orders/${id.replace('bsk', 'ord')}/receipt`;
    expect(await codeOf(404, guest.call('GET', path))).toBe('not_found');
  });
});
