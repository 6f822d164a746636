import { err, ok, type Result } from '../../shared/result.ts';
import { Status, statusName } from './codec/enumerations.ts';
import type { AnyMessage } from './codec/message.ts';
import { findParameter } from './codec/parameter.ts';

/** Why a request has no good answer. `refused`: the reader answered with a status other than success. */
export interface RequestFailure {
  code: 'closed' | 'timeout' | 'refused' | 'malformed';
  detail: string;
  /** The status of a refusal. */
  status?: number;
}

export const timeout = (what: string, ms: number): RequestFailure => ({
  code: 'timeout',
  detail: `The reader did not send ${what} within ${ms} ms.`,
});

/** A response, or the ERROR_MESSAGE in its place, by its LLRPStatus. A vendor's answer has none that we know. */
export function judge(answer: AnyMessage): Result<AnyMessage, RequestFailure> {
  if (answer.name === 'raw') return err({ code: 'malformed', detail: 'The answer has an unknown type.' });
  if (answer.name === 'CustomMessage') return ok(answer);
  const status = findParameter(answer.parameters, 'LLRPStatus');
  if (status === undefined) return err({ code: 'malformed', detail: `${answer.name} has no LLRPStatus.` });
  const { Status: code, ErrorDescription: why } = status.fields;
  if (code !== Status.M_Success || answer.name === 'ErrorMessage') {
    const detail = `The reader refused (${answer.name}: ${statusName(code)}${why ? `, ${why}` : ''}).`;
    return err({ code: 'refused', detail, status: code });
  }
  return ok(answer);
}
