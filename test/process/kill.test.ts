import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import { call, expectJson, Shopper } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, sleep, startSesame, until } from '../support/sesame.ts';

/**
 * kill -9 of the agent and of workerd in the middle of traffic: nothing acknowledged is lost, nothing is
 * charged or printed twice. `LONG=1` runs 20 kills of each.
 */
const KILLS = process.env['LONG'] ? 20 : 3;
const TagAnswer = z.looseObject({ status: z.string() });
const PrintJob = z.looseObject({ id: z.string(), status: z.string() });

let sesame: Sesame;
let paper: Awaited<ReturnType<typeof startEscposSimulator>>;
/** Every slip that ever came out: the printer itself remembers the last ones only. */
const slips: string[] = [];
const data = freshDataDir();

beforeAll(async () => {
  paper = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
  paper.onReceipt((slip) => slips.push(slip.text));
  sesame = await startSesame({ data, args: ['--printer', `tcp://127.0.0.1:${paper.port}`] });
});
afterAll(async () => {
  await sesame?.stop();
  await paper?.close();
  removeDataDir(data);
});

/** A small generator (mulberry32): the moments of the kills repeat with the seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

it.each(['agent', 'workerd'] as const)(
  `survives kill -9 of %s, ${KILLS} times in the middle of the journey`,
  async (victim) => {
    const random = randomOf(victim === 'agent' ? 11 : 23);
    const free = sesame.samples.epcs.slice(victim === 'agent' ? 3 : 10, victim === 'agent' ? 10 : 17);
    const paid: {
      id: string;
      number: string;
      total: number;
      shopper: Shopper;
      epc: string | undefined;
      job: string | undefined;
    }[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      let over = false;
      const buy = async (code: string) => {
        while (!over) {
          try {
            const shopper = await Shopper.enter(sesame);
            const basket = await shopper.openBasket();
            await shopper.scan(basket.id, { code });
            const epc = kill % 2 === 0 ? free.shift() : undefined;
            if (epc !== undefined) await shopper.scan(basket.id, { epc });
            const order = await shopper.openOrder(basket.id);
            const payment = await shopper.pay(order.id);
            if (payment.status !== 'captured') continue;
            const record = {
              id: order.id,
              number: order.number,
              total: order.total,
              shopper,
              epc,
              job: undefined as string | undefined,
            };
            paid.push(record);
            const job = await expectJson(
              PrintJob,
              202,
              call(sesame.agent, 'POST', '/v1/print_jobs', {
                token: sesame.tokens.kiosk,
                body: { order_id: order.id },
              }),
            );
            record.job = job.id;
          } catch {
            // The victim is down: what was not acknowledged does not count.
            await sleep(20);
          }
        }
      };
      const traffic = [buy(sesame.samples.codes[0] ?? ''), buy(sesame.samples.codes[1] ?? '')];
      await sleep(300 + random() * 700);
      const before = await sesame.kill(victim);
      await sleep(random() * 200);
      over = true;
      await Promise.all(traffic);
      await until(`${victim} to be started again`, async () => {
        const now = sesame.pidNow(victim);
        if (now === before || now === null) return false;
        const [edge, agent] = await Promise.all([
          call(sesame.edge, 'GET', '/readyz'),
          call(sesame.agent, 'GET', '/readyz'),
        ]);
        return edge.status === 200 && agent.status === 200;
      });
    }

    expect(paid.length).toBeGreaterThan(KILLS);
    expect(new Set(paid.map((p) => p.number)).size).toBe(paid.length);
    for (const p of paid) {
      const order = await p.shopper.orderWhen(p.id, (o) => o.payment_status === 'captured');
      expect(order).toMatchObject({ number: p.number, total: p.total, captured: p.total });
      expect(
        order.payments.filter((one) => one.status === 'captured').reduce((sum, one) => sum + one.amount, 0),
      ).toBe(p.total);
      if (p.epc !== undefined) {
        const epc = p.epc;
        await until(`${epc} to be sold at the agent`, async () => {
          const tag = await expectJson(
            TagAnswer,
            200,
            call(sesame.agent, 'GET', `/v1/tags/${epc}`, { token: sesame.tokens.kiosk }),
          );
          return tag.status === 'sold';
        });
      }
    }
    const unsold = await expectJson(
      TagAnswer,
      200,
      call(sesame.agent, 'GET', `/v1/tags/${sesame.samples.epcs.at(-1)}`, { token: sesame.tokens.kiosk }),
    );
    expect(unsold.status).toBe('unsold');

    for (const p of paid.filter((one) => one.job !== undefined)) {
      const settled = await until('the print to be settled', async () => {
        const job = await expectJson(
          PrintJob,
          200,
          call(sesame.agent, 'GET', `/v1/print_jobs/${p.job}`, { token: sesame.tokens.kiosk }),
        );
        return (job.status === 'printed' || job.status === 'doubtful') && job;
      });
      const originals = slips.filter((text) => text.includes(p.number) && !text.includes('COPY'));
      expect(originals.length, `order ${p.number}, job ${settled.status}`).toBeLessThanOrEqual(1);
      if (settled.status === 'printed') expect(originals).toHaveLength(1);
    }
  },
  600_000,
);
