import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type PollingPrinter,
  startDirectPrinter,
  startStarPrinter,
} from '../../hardware/cloudprnt/simulator.ts';
import { call, expectJson, Shopper } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

/** Printers that no agent drives: they fetch their jobs from the edge, over HTTP, with a secret of their own. */
let sesame: Sesame;
const data = freshDataDir();
const printers = new Map<'cloudprnt' | 'direct_print', { id: string; printer: PollingPrinter }>();
const Job = z.looseObject({ id: z.string(), status: z.string(), copy: z.boolean() });

beforeAll(async () => {
  sesame = await startSesame({ data });
  const { cloud, edge, store_id, tokens } = sesame;
  const asAdmin = { token: tokens.admin };
  for (const [way, start] of [
    ['cloudprnt', startStarPrinter],
    ['direct_print', startDirectPrinter],
  ] as const) {
    const device = await expectJson(
      z.looseObject({ id: z.string(), username: z.string(), secret: z.string() }),
      201,
      call(cloud, 'POST', '/v1/devices', { ...asAdmin, body: { store_id, kind: 'printer', name: way } }),
    );
    const url = `${edge}/v1/stores/${store_id}/cloud_printers/${device.id}/${way}`;
    const access = { url, username: device.username, password: device.secret, everyMs: 50 };
    printers.set(way, { id: device.id, printer: start(access) });
  }
  const published = await call(cloud, 'POST', `/v1/stores/${store_id}/publications`, {
    ...asAdmin,
    body: {},
  });
  expect(published.status, published.text).toBeLessThan(300);
  for (const { printer } of printers.values())
    await until('the printer polls', async () => printer.polls() > 0);
});
afterAll(async () => {
  for (const { printer } of printers.values()) await printer.stop();
  await sesame?.stop();
  removeDataDir(data);
});

async function paidOrder(): Promise<{ id: string; number: string }> {
  const shopper = await Shopper.enter(sesame);
  const basket = await shopper.openBasket();
  await shopper.scan(basket.id, { code: sesame.samples.codes[0] ?? '' });
  const order = await shopper.openOrder(basket.id);
  await shopper.pay(order.id);
  await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
  return order;
}

describe.each(['cloudprnt', 'direct_print'] as const)('%s', (way) => {
  const at = () => {
    const found = printers.get(way);
    if (found === undefined) throw new Error('no printer');
    return found;
  };
  const path = () => `/v1/stores/${sesame.store_id}/cloud_print_jobs`;
  const ask = (order_id: string, more: Record<string, unknown> = {}) =>
    expectJson(
      Job,
      202,
      call(sesame.edge, 'POST', path(), {
        token: sesame.tokens.cashier,
        body: { order_id, printer_id: at().id, ...more },
      }),
    );
  const statusOf = async (id: string): Promise<string> =>
    (
      await expectJson(
        Job,
        200,
        call(sesame.edge, 'GET', `${path()}/${id}`, { token: sesame.tokens.cashier }),
      )
    ).status;

  it('prints an order once, and a copy only for the asking', async () => {
    const { printer } = at();
    const order = await paidOrder();
    const holds = (paper: string): boolean => paper.includes(order.number);
    const job = await ask(order.id);
    await until('printed', async () => (await statusOf(job.id)) === 'printed');
    expect((await ask(order.id)).id).toBe(job.id);
    const copy = await ask(order.id, { copy: true });
    await until('printed', async () => (await statusOf(copy.id)) === 'printed');
    const papers = printer.papers().filter(holds);
    expect(papers).toHaveLength(2);
    expect(papers.map((paper) => paper.includes('COPY'))).toEqual([false, true]);
    expect(printer.findings().filter((one) => !one.includes('401'))).toEqual([]);
  });

  it('leaves a doubt where the printer’s word is lost, and prints nothing again by itself', async () => {
    const { printer } = at();
    const order = await paidOrder();
    printer.loseNextWord();
    const job = await ask(order.id);
    await until('the paper', async () => printer.papers().some((one) => one.includes(order.number)));
    const polls = printer.polls();
    await until('more polls', async () => printer.polls() > polls + 5);
    expect(await statusOf(job.id)).toBe('sent');
    expect(printer.papers().filter((paper) => paper.includes(order.number))).toHaveLength(1);
    expect((await ask(order.id)).id).toBe(job.id);
  });
});
