import { createRoute } from '@hono/zod-openapi';
import { pointerOf } from '../../../shared/http/problem.ts';
import { compile } from '../../../shared/promotion/compile.ts';
import { promotionsOf } from '../../../shared/promotion/recommend/promotions_of.ts';
import { recommend } from '../../../shared/promotion/recommend/recommend.ts';
import { answerEvaluation, type Catalogue } from '../../../shared/promotion/wire/answer_evaluation.ts';
import { breachesOf } from '../../../shared/promotion/wire/breaches.ts';
import {
  RecommendationsRequest,
  RecommendationsResponse,
  renderPromotion,
  renderRecommendation,
  SuggestionsRequest,
  SuggestionsResponse,
  toNode,
} from '../../../shared/promotion/wire/browse.ts';
import {
  DECIMAL_MEDIA_TYPE,
  DecimalEvaluateResponse,
  inDecimals,
} from '../../../shared/promotion/wire/decimal_response.ts';
import { EVALUATE_BODY_BYTES_MAX, EvaluateRequest } from '../../../shared/promotion/wire/evaluate_request.ts';
import { EvaluateResponse } from '../../../shared/promotion/wire/evaluate_response.ts';
import { asWritten } from '../../../shared/promotion/wire/field_names.ts';
import { toEvaluation } from '../../../shared/promotion/wire/to_evaluation.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Refusal } from '../../basket/port.ts';
import { refused } from '../answer.ts';
import type { App, Ctx } from '../context.ts';
import { jsonAnswer, jsonBody, WRITE_REFUSALS } from '../describe.ts';
import { logError } from '../log.ts';
import { type FitsAnyRoute, fitsAnyRoute, refuse } from '../refuse.ts';
import { forRoles, forRolesWithBody } from '../require_role.ts';
import { storedPromotions } from '../stored_promotions.ts';

const ERRORS_SHOWN_MAX = 100;
const ROLES = ['shopper', 'admin', 'manager', 'cashier', 'service', 'kiosk'] as const;
const tags = ['Promotions'];

const evaluateRoute = createRoute({
  method: 'post',
  tags,
  ...forRolesWithBody(EVALUATE_BODY_BYTES_MAX, ...ROLES),
  path: '/v1/promotions/evaluate',
  summary: 'What the promotions take off a basket that another system holds',
  description:
    'Changes nothing: it may be asked again at will. `promotions`, `settings`, `now_local` and `special_promos` are for service tokens. Bodies up to 8 MiB.',
  request: { body: jsonBody(EvaluateRequest) },
  responses: {
    200: {
      description: `Amounts in minor units; as decimal text for callers that accept \`${DECIMAL_MEDIA_TYPE}\``,
      content: {
        'application/json': { schema: EvaluateResponse },
        [DECIMAL_MEDIA_TYPE]: { schema: DecimalEvaluateResponse },
      },
    },
    ...WRITE_REFUSALS,
  },
});

const suggestionsRoute = createRoute({
  method: 'post',
  tags,
  ...forRoles(...ROLES),
  path: '/v1/promotions/suggestions',
  summary: 'The open promotions that items or categories take part in',
  request: { body: jsonBody(SuggestionsRequest) },
  responses: { 200: jsonAnswer(SuggestionsResponse, 'The promotions'), ...WRITE_REFUSALS },
});

const recommendationsRoute = createRoute({
  method: 'post',
  tags,
  ...forRoles(...ROLES),
  path: '/v1/promotions/item_recommendations',
  summary: 'What items go with in promotions of several groups',
  request: { body: jsonBody(RecommendationsRequest) },
  responses: { 200: jsonAnswer(RecommendationsResponse, 'Items and categories'), ...WRITE_REFUSALS },
});

/** Promotions for other systems. The engine is the one that prices the shoppers' baskets. */
export function promotions(app: App): void {
  app.openapi(
    evaluateRoute,
    async (c) => {
      const request = c.req.valid('json');
      const { role } = c.get('claims');
      if (role !== 'service' && needsServiceToken(request))
        return refuse(c, 'forbidden', {
          detail: 'promotions, settings, now_local and special_promos need a service token',
        });
      // It names the promotions that are only for holders of a code; a basket explains itself without them.
      if (role === 'shopper' && request.include_explanation)
        return refuse(c, 'forbidden', { detail: 'include_explanation is not for shoppers' });
      const input = toEvaluation(request);
      if (!input.ok) return refuseFields(c, input.error);
      const { promotions: inline } = input.value;
      const catalogue = inline === null ? await storedFor(c, request) : ok(inlineCatalogue(inline));
      if (!catalogue.ok) return refused(c, catalogue.error);
      return answer(c, answerEvaluation(request, input.value, catalogue.value));
    },
    (result, c) => (result.success ? undefined : refuseFields(c, result.error.issues)),
  );

  app.openapi(suggestionsRoute, async (c) => {
    const request = c.req.valid('json');
    const stored = await storedPromotions(c, request);
    if (!stored.ok) return refused(c, stored.error);
    const { compiled, version, now_local } = stored.value;
    const found = promotionsOf(compiled, request.nodes.map(toNode), { now_local });
    return c.json({ catalog_version: version, promotions: found.map(renderPromotion) }, 200);
  });

  app.openapi(recommendationsRoute, async (c) => {
    const { items, limit, ...request } = c.req.valid('json');
    const stored = await storedPromotions(c, request);
    if (!stored.ok) return refused(c, stored.error);
    const { compiled, version, now_local } = stored.value;
    const found = recommend(compiled, items, { now_local, limit });
    return c.json({ catalog_version: version, recommendations: found.map(renderRecommendation) }, 200);
  });
}

const needsServiceToken = ({ promotions, settings, now_local, special_promos }: EvaluateRequest): boolean =>
  promotions !== undefined ||
  now_local !== undefined ||
  special_promos.length > 0 ||
  Object.keys(settings).length > 0;

const inlineCatalogue = (inline: Parameters<typeof compile>[0]): Catalogue => ({
  compiled: compile(inline),
  version: null,
  now_local: undefined,
});

async function storedFor(c: Ctx, request: EvaluateRequest): Promise<Result<Catalogue, Refusal>> {
  const stored = await storedPromotions(c, request);
  if (!stored.ok) return stored;
  const { currency } = stored.value.config;
  if (currency === request.currency) return stored;
  const message = `the store’s currency is ${currency}`;
  return err({ code: 'invalid', errors: [{ path: '/currency', code: 'custom', message }] });
}

/** An answer that contradicts itself says so and is logged: nobody must charge by it. */
function answer(c: Ctx, rendered: EvaluateResponse): FitsAnyRoute {
  const breaches = breachesOf(rendered);
  if (breaches.length > 0)
    logError('an evaluation contradicts itself', {
      request_id: c.get('requestId'),
      error: breaches.join('; '),
    });
  const response: EvaluateResponse =
    breaches.length === 0
      ? rendered
      : { ...rendered, status: false, status_msg: 'the evaluation contradicts itself' };
  if (!(c.req.header('accept') ?? '').includes(DECIMAL_MEDIA_TYPE))
    return fitsAnyRoute(c.json(response, 200));
  const headers = { 'content-type': DECIMAL_MEDIA_TYPE };
  return fitsAnyRoute(c.body(JSON.stringify(inDecimals(response)), 200, headers));
}

interface Fault {
  path: PropertyKey[];
  code?: string | undefined;
  message: string;
}

/** What is wrong with the fields, under the names that the caller gave them. */
async function refuseFields(c: Ctx, faults: readonly Fault[]): Promise<FitsAnyRoute> {
  const text = await c.req.text();
  const body: unknown = text === '' ? null : JSON.parse(text);
  const errors = faults.slice(0, ERRORS_SHOWN_MAX).map(({ path, code = 'custom', message }) => ({
    path: pointerOf(asWritten(body, path)),
    code,
    message,
  }));
  return refuse(c, 'invalid', { errors });
}
