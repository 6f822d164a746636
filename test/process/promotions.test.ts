import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../shared/promotion/compile.ts';
import { answerEvaluation } from '../../shared/promotion/wire/answer_evaluation.ts';
import { EvaluateRequest } from '../../shared/promotion/wire/evaluate_request.ts';
import { EvaluateResponse } from '../../shared/promotion/wire/evaluate_response.ts';
import { GoldenCases, observed, requestOf } from '../../shared/promotion/wire/golden_cases.fixture.ts';
import { anyRequest } from '../../shared/promotion/wire/requests.fixture.ts';
import { toEvaluation } from '../../shared/promotion/wire/to_evaluation.ts';
import { unwrap } from '../../shared/result.ts';
import { call, expectJson, expectProblem, type Reply, Shopper } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, sleep, startSesame } from '../support/sesame.ts';

const BASKETS = process.env['LONG'] ? 5_000 : 300;
const cases = GoldenCases.parse(JSON.parse(readFileSync('test/vectors/promotions.json', 'utf8')));

let sesame: Sesame;
const data = freshDataDir();

beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

/** The service limits what one address may ask in a second. */
async function ask(body: unknown, token = sesame.tokens.service): Promise<Reply> {
  for (;;) {
    const reply = await call(sesame.edge, 'POST', '/v1/promotions/evaluate', { token, body });
    if (reply.status !== 429) return reply;
    await sleep(1_000 * Number(reply.headers.get('retry-after') ?? 1));
  }
}

/** The same question, answered in this process. */
function answerHere(body: unknown): unknown {
  const request = EvaluateRequest.parse(body);
  const input = unwrap(toEvaluation(request));
  const compiled = compile(input.promotions ?? []);
  return JSON.parse(
    JSON.stringify(answerEvaluation(request, input, { compiled, version: null, now_local: undefined })),
  );
}

describe('the evaluation API of the running store', () => {
  it.each(cases)('answers the golden case $id to the unit', async (one) => {
    const answer = await expectJson(EvaluateResponse, 200, ask(requestOf(one)));
    expect(observed(answer)).toEqual(one.expected);
  });

  it('answers on workerd exactly what Node answers', async () => {
    let applied = 0;
    for (const request of fc.sample(anyRequest, { seed: 77, numRuns: BASKETS })) {
      const reply = await ask(request);
      expect(reply.status, reply.text).toBe(200);
      expect(reply.json).toEqual(answerHere(request));
      applied += EvaluateResponse.parse(reply.json).applied_promotions.length;
    }
    expect(applied).toBeGreaterThan(BASKETS / 2);
  });

  it('evaluates what the store has published, for systems and for shoppers', async () => {
    const body = {
      store_id: sesame.store_id,
      currency: sesame.currency,
      basket: {
        items: [
          {
            line_id: 'L',
            sku: 'X',
            quantity: 2,
            unit_price: 250,
            categories: [{ name: 'c1', value: 'Tea & Coffee' }],
          },
        ],
      },
    };
    const answer = await expectJson(EvaluateResponse, 200, ask(body));
    expect(answer).toMatchObject({ status: true, discount_total: 100 });
    expect(answer.basket.items[0]?.unit_discounts).toEqual([50, 50]);
    const { token } = await Shopper.enter(sesame);
    expect(await expectJson(EvaluateResponse, 200, ask(body, token))).toEqual(answer);
    expect(await expectProblem(403, ask({ ...body, promotions: [] }, token))).toBe('forbidden');
    expect(await expectProblem(422, ask({ ...body, currency: 'JPY' }))).toBe('invalid');
  });

  it('explains a shopper’s basket and says what is missing for more', async () => {
    const shopper = await Shopper.enter(sesame);
    const { id } = await shopper.openBasket();
    const basket = await shopper.scan(id, { code: sesame.samples.promoted_codes[0] ?? '' });
    const [promotion] = basket.promotions;
    const reply = await shopper.call('GET', `/v1/baskets/${id}?include=explanation`);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      discount: basket.discount,
      explanation: {
        text: expect.arrayContaining([expect.stringContaining(promotion?.title ?? 'no promotion')]),
        lines: [{ line_id: basket.lines[0]?.id }],
      },
    });
    expect(await expectProblem(422, shopper.call('GET', `/v1/baskets/${id}?include=everything`))).toBe(
      'invalid',
    );
  });
});
