import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { call, expectJson, expectProblem, Shopper } from '../support/client.ts';
import { Gate } from '../support/gate.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

/** The line between shop and internet is cut, and healed again. */
const Sync = z.looseObject({ link: z.string(), backlog: z.number(), cursor: z.number() });
const Tags = z.looseObject({
  data: z.array(z.looseObject({ epc: z.string(), status: z.string() })),
  has_more: z.boolean(),
});
const TagAnswer = z.looseObject({ status: z.string(), order_id: z.string().optional() });
const PassAnswer = z.looseObject({ decision: z.string() });

let sesame: Sesame;
let gate: Gate;
const data = freshDataDir();

beforeAll(async () => {
  sesame = await startSesame({ data });
  gate = await Gate.connect(sesame);
});
afterAll(async () => {
  await gate?.close();
  await sesame?.stop();
  removeDataDir(data);
});

async function setLine(state: 'up' | 'cut'): Promise<void> {
  const reply = await call(sesame.floor, 'POST', '/demo/line', { body: { state } });
  if (reply.status >= 300) throw new Error(`the line did not obey: ${reply.status} ${reply.text}`);
  await until(`the link to be ${state}`, async () => {
    const sync = await expectJson(Sync, 200, call(sesame.agent, 'GET', '/syncz'));
    return (sync.link === 'up') === (state === 'up') && (state === 'cut' || sync.backlog === 0);
  });
}

const showPass = (pass: string) =>
  call(sesame.agent, 'POST', '/v1/exit_passes', { token: sesame.tokens.kiosk, body: { pass } });

async function ledger(): Promise<Map<string, string>> {
  const tags = new Map<string, string>();
  let after = '';
  for (;;) {
    const page = await expectJson(
      Tags,
      200,
      call(sesame.edge, 'GET', `/v1/stores/${sesame.store_id}/tags?limit=100${after}`, {
        token: sesame.tokens.manager,
      }),
    );
    for (const tag of page.data) tags.set(tag.epc, tag.status === 'sold' ? 'sold' : 'unsold');
    if (!page.has_more) return tags;
    after = `&starting_after=${page.data.at(-1)?.epc}`;
  }
}

it('paid while the line is cut: the pass opens the gate once, and both sides agree when it is healed', async () => {
  const [epc = '', unpaid = ''] = sesame.samples.epcs;
  const shopper = await Shopper.enter(sesame);
  const basket = await shopper.openBasket();
  await shopper.scan(basket.id, { epc });
  await setLine('cut');
  const order = await shopper.openOrder(basket.id);
  await shopper.pay(order.id);
  const paid = await shopper.orderWhen(order.id, (o) => o.payment_status === 'captured');
  const pass = paid.exit_pass?.pass ?? '';

  expect((await gate.walk(epc)).decision).toBe('alarm');
  expect(await expectProblem(422, showPass(`${pass.slice(0, -4)}AAAA`))).toBe('bad_pass');
  expect(await expectJson(PassAnswer, 200, showPass(pass))).toMatchObject({ decision: 'open' });
  expect((await gate.walk(epc)).decision).toBe('open');
  expect((await gate.walk(unpaid)).decision).toBe('alarm');
  expect(await expectProblem(422, showPass(pass))).toBe('bad_pass');

  await setLine('up');
  const tag = await expectJson(
    TagAnswer,
    200,
    call(sesame.agent, 'GET', `/v1/tags/${epc}`, { token: sesame.tokens.kiosk }),
  );
  expect(tag).toMatchObject({ status: 'sold', order_id: paid.id });
  expect((await ledger()).get(epc)).toBe('sold');
  expect((await gate.walk(epc)).decision).toBe('open');
});

it('sales while the line drops and the agent dies at random: at the end its tags equal the ledger', async () => {
  const rounds = process.env['LONG'] ? 40 : 6;
  const epcs = sesame.samples.epcs.slice(2, 18);
  for (let round = 0; round < rounds; round++) {
    const epc = epcs.shift();
    if (round % 3 === 0) await call(sesame.floor, 'POST', '/demo/line', { body: { state: 'cut' } });
    if (round % 4 === 1) await sesame.kill('agent');
    await (await Shopper.enter(sesame)).buy([
      { code: sesame.samples.codes[round % 20] ?? '' },
      ...(epc === undefined ? [] : [{ epc }]),
    ]);
    if (round % 3 === 1) await call(sesame.floor, 'POST', '/demo/line', { body: { state: 'up' } });
  }
  await call(sesame.floor, 'POST', '/demo/line', { body: { state: 'up' } });
  const truth = await ledger();
  expect([...truth.values()].filter((s) => s === 'sold').length).toBeGreaterThanOrEqual(Math.min(rounds, 16));
  for (const [epc, status] of truth) {
    await until(`${epc} to be ${status} at the agent`, async () => {
      const tag = await expectJson(
        TagAnswer,
        200,
        call(sesame.agent, 'GET', `/v1/tags/${epc}`, { token: sesame.tokens.kiosk }),
      );
      return tag.status === status;
    });
  }
}, 300_000);
