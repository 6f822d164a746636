import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import { call, expectJson, Shopper } from '../support/client.ts';
import { Gate } from '../support/gate.ts';
import { freshDataDir, removeDataDir, type Sesame, sleep, startSesame, until } from '../support/sesame.ts';

/** The way of one trip over real processes, through the public interface only. */
const PrintJob = z.looseObject({ id: z.string(), status: z.string() });

let sesame: Sesame;
let paper: Awaited<ReturnType<typeof startEscposSimulator>>;
let gate: Gate;
const data = freshDataDir();

beforeAll(async () => {
  paper = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
  sesame = await startSesame({ data, args: ['--printer', `tcp://127.0.0.1:${paper.port}`] });
  gate = await Gate.connect(sesame);
});

afterAll(async () => {
  await gate?.close();
  await sesame?.stop();
  await paper?.close();
  removeDataDir(data);
});

describe('a shopper pays and the gate opens', () => {
  it('scans two barcodes and a tag, sees a promotion, orders, pays, and walks out with a printed receipt', async () => {
    const [code = '', promoted = '', epc = '', other = '', foreign = ''] = [
      sesame.samples.codes[0],
      sesame.samples.promoted_codes[0],
      sesame.samples.epcs[0],
      sesame.samples.epcs[1],
      sesame.samples.foreign_epcs[0],
    ];
    const shopper = await Shopper.enter(sesame);
    expect((await gate.walk(epc)).decision).toBe('alarm');

    const basket = await shopper.openBasket();
    expect(basket).toMatchObject({ lines: [], total: 0, status: 'open', currency: sesame.currency });
    await shopper.scan(basket.id, { code });
    await shopper.scan(basket.id, { code: promoted });
    const full = await shopper.scan(basket.id, { epc: epc.toLowerCase() });
    expect(full.lines).toHaveLength(3);
    expect(full.lines[2]?.epc).toBe(epc);
    expect(full.discount).toBeGreaterThan(0);
    expect(full.promotions.reduce((sum, p) => sum + p.discount, 0)).toBe(full.discount);
    expect(full.subtotal).toBe(full.lines.reduce((sum, l) => sum + l.unit_price * l.quantity, 0));
    expect(full.total).toBe(full.subtotal - full.discount);

    const created = await shopper.openOrder(basket.id);
    expect(created).toMatchObject({
      status: 'created',
      payment_status: 'waiting',
      total: full.total,
      receipt: null,
      exit_pass: null,
    });
    const payment = await shopper.pay(created.id);
    expect(payment).toMatchObject({ status: 'captured', amount: full.total });
    const paid = await shopper.orderWhen(created.id, (o) => o.payment_status === 'captured');
    expect(paid).toMatchObject({ number: created.number, status: 'completed', captured: full.total });
    expect(paid.exit_pass?.epcs).toEqual([epc]);

    const receipts = new Map<string, string>();
    for (const format of ['html', 'text', 'svg', 'escpos']) {
      const reply = await shopper.call('GET', `/v1/orders/${paid.id}/receipt?format=${format}`);
      expect(reply.status).toBe(200);
      expect(reply.text).toContain(paid.number);
      receipts.set(format, reply.text);
    }
    expect(receipts.get('svg')).toMatch(/^<svg|^<\?xml/);

    const opened = await until('the gate to know', async () => {
      const decision = await gate.walk(epc);
      return decision.decision === 'open' && decision;
    });
    expect(opened.epcs).toEqual([expect.objectContaining({ epc, status: 'sold', order_id: paid.id })]);
    const alarmed = await gate.walk(epc, other);
    expect(alarmed.decision).toBe('alarm');
    expect(alarmed.epcs.find((e) => e.epc === other)?.['name']).toBeTypeOf('string');
    expect((await gate.walk(foreign)).decision).toBe('ignore');

    const job = await expectJson(
      PrintJob,
      202,
      call(sesame.agent, 'POST', '/v1/print_jobs', {
        token: sesame.tokens.kiosk,
        body: { order_id: paid.id },
      }),
    );
    await until('the print', async () => {
      const now = await expectJson(
        PrintJob,
        200,
        call(sesame.agent, 'GET', `/v1/print_jobs/${job.id}`, { token: sesame.tokens.kiosk }),
      );
      return now.status === 'printed';
    });
    await sleep(500);
    expect(paper.receipts()).toHaveLength(1);
    expect(paper.receipts()[0]?.text).toContain(paid.number);
    expect(paper.receipts()[0]?.text).not.toContain('COPY');
    expect([...gate.answers.values()].every((n) => n === 1)).toBe(true);
  });

  it('shows the order to central staff', async () => {
    const [code = ''] = sesame.samples.codes;
    const order = await (await Shopper.enter(sesame)).buy([{ code }]);
    const Listed = z.looseObject({
      data: z.array(z.looseObject({ id: z.string(), number: z.string(), payment_status: z.string() })),
    });
    const row = await until('the order in the list', async () => {
      const list = await expectJson(
        Listed,
        200,
        call(sesame.cloud, 'GET', '/v1/orders?limit=100', { token: sesame.tokens.manager }),
      );
      return list.data.find((o) => o.id === order.id && o.payment_status === 'captured');
    });
    expect(row.number).toBe(order.number);
  });

  it('numbers orders without gaps, also the ones that are never paid', async () => {
    const [code = ''] = sesame.samples.codes;
    const numbers: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const shopper = await Shopper.enter(sesame);
        const basket = await shopper.openBasket();
        await shopper.scan(basket.id, { code });
        const order = await shopper.openOrder(basket.id);
        numbers.push(Number(/\d+$/.exec(order.number)?.[0]));
      }),
    );
    numbers.sort((a, b) => a - b);
    expect(new Set(numbers).size).toBe(20);
    expect((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)).toBe(19);
  });
});

describe('every method of the test gateway', () => {
  const order = async () => {
    const shopper = await Shopper.enter(sesame);
    const basket = await shopper.openBasket();
    await shopper.scan(basket.id, { code: sesame.samples.codes[1] ?? '' });
    return { shopper, order: await shopper.openOrder(basket.id) };
  };

  it('card_declined is rejected and another card may be tried', async () => {
    const { shopper, order: o } = await order();
    expect((await shopper.pay(o.id, 'card_declined')).status).toBe('rejected');
    expect((await shopper.order(o.id)).status).toBe('created');
    expect((await shopper.pay(o.id, 'card')).status).toBe('captured');
    const paid = await shopper.orderWhen(o.id, (now) => now.payment_status === 'captured');
    expect(paid.payments.map((p) => p.status)).toEqual(['rejected', 'captured']);
  });

  it('card_3ds asks for a redirect and captures when the shopper comes back', async () => {
    const { shopper, order: o } = await order();
    const payment = await shopper.pay(o.id, 'card_3ds');
    expect(payment).toMatchObject({ status: 'action_required', next_action: { type: 'redirect' } });
    expect((await shopper.order(o.id)).payment_status).toBe('action_required');
    const page = await fetch(payment.next_action?.url ?? '');
    expect(page.status).toBe(200);
    const approved = await fetch(payment.next_action?.url ?? '', {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ decision: 'approve' }),
    });
    expect(approved.status).toBe(303);
    expect((await shopper.call('POST', `/v1/payments/${payment.id}/confirm`, { body: {} })).status).toBe(200);
    await shopper.orderWhen(o.id, (now) => now.payment_status === 'captured');
  });

  it('card_pending is captured by its webhook', async () => {
    const { shopper, order: o } = await order();
    expect((await shopper.pay(o.id, 'card_pending')).status).toBe('pending');
    await shopper.orderWhen(o.id, (now) => now.payment_status === 'captured');
  });

  it('card_timeout charges, never answers, and is found out by asking: one charge', async () => {
    const { shopper, order: o } = await order();
    expect((await shopper.pay(o.id, 'card_timeout')).status).toBe('pending');
    const paid = await shopper.orderWhen(o.id, (now) => now.payment_status === 'captured');
    expect(paid.payments).toHaveLength(1);
    expect(paid.captured).toBe(paid.total);
  });
});
