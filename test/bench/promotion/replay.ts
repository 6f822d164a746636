import { readFileSync } from 'node:fs';
import { compile } from '../../../shared/promotion/compile.ts';
import { evaluate } from '../../../shared/promotion/evaluate.ts';
import { parsePromotion } from '../../../shared/promotion/parse.ts';
import { unwrap } from '../../../shared/result.ts';
import { CaseFile } from './case_file.ts';
import { breachesOf } from './check_answer.ts';
import { spreadOf } from './figures.ts';
import { gapOf } from './measure_cell.ts';
import { timeEach } from './timing.ts';

/** Measures a basket that `--save` wrote; under `node --cpu-prof` it shows where the time goes. */
export function replay(path: string): string {
  const { promotions, basket } = CaseFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  const compiled = compile(promotions.map((document) => unwrap(parsePromotion(document))));
  const { p50, p99, max, n } = spreadOf(
    timeEach(1, () => evaluate(compiled, basket), { rounds: 200, seconds: 5 }).samples,
  );
  const evaluation = evaluate(compiled, basket);
  const { optimality, discount_total, applied } = evaluation;
  return [
    `${promotions.length} promotions, ${basket.lines.length} lines: ${applied.length} apply and save ${discount_total}, ${optimality.status}`,
    ...(optimality.status === 'proved' ? [] : [`gap ${(100 * gapOf(evaluation)).toFixed(2)} %`]),
    ...breachesOf(evaluation, basket.lines).map((breach) => `does not add up: ${breach}`),
    `microseconds, n ${n}: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)}`,
  ].join('\n');
}
