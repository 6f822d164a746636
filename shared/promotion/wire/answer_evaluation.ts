import type { CompiledPromotions } from '../compile.ts';
import { evaluate } from '../evaluate.ts';
import { explain } from '../explain/explain.ts';
import { suggest } from '../suggest/suggest.ts';
import type { EvaluateRequest } from './evaluate_request.ts';
import type { EvaluateResponse } from './evaluate_response.ts';
import { renderEvaluation } from './render_evaluation.ts';
import type { EvaluationInput } from './to_evaluation.ts';

export interface Catalogue {
  compiled: CompiledPromotions;
  /** Of the stored promotions; null: the request brought its own. */
  version: number | null;
  /** The store's wall clock, unless the request says what time it is; absent: every schedule is open. */
  now_local: string | undefined;
}

/** Evaluates what was asked, with suggestions and explanation where they are wanted. */
export function answerEvaluation(
  request: EvaluateRequest,
  { basket, context }: Pick<EvaluationInput, 'basket' | 'context'>,
  { compiled, version, now_local }: Catalogue,
): EvaluateResponse {
  const at = { ...context, now_local: context.now_local ?? now_local };
  const evaluation = evaluate(compiled, basket, at);
  return renderEvaluation(request, {
    evaluation,
    catalog_version: version,
    suggestions: request.include_suggestions ? suggest(compiled, basket, at, evaluation) : null,
    explanation: request.include_explanation ? explain(compiled, basket, at, evaluation) : null,
  });
}
