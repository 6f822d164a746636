import type { ProblemCode } from '../../shared/http/problem.ts';
import { err } from '../../shared/result.ts';

/** Why a till does not do something: a code of the interface, and a sentence where the code does not say it all. */
export interface Refusal {
  code: ProblemCode;
  detail?: string;
}

export const refuse = (code: ProblemCode, detail?: string): { ok: false; error: Refusal } =>
  err(detail === undefined ? { code } : { code, detail });
