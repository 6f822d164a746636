import { Status } from '../codec/enumerations.ts';
import { type AnyParameter, parameter } from '../codec/parameter.ts';

/** Why the simulated reader does not do what it was asked. */
export interface Refusal {
  status: number;
  description: string;
  /** FieldError or ParameterError, where the standard wants the culprit named. */
  errors: AnyParameter[];
}

export const success = (): AnyParameter =>
  parameter('LLRPStatus', { Status: Status.M_Success, ErrorDescription: '' });

export const statusOf = (refusal: Refusal): AnyParameter =>
  parameter('LLRPStatus', { Status: refusal.status, ErrorDescription: refusal.description }, refusal.errors);

export const refuse = (status: number, description: string): Refusal => ({ status, description, errors: [] });

/** Field number `index` of the message has a value that cannot be. */
export const badField = (index: number, description: string): Refusal => ({
  status: Status.M_FieldError,
  description,
  errors: [parameter('FieldError', { FieldIndex: index, ErrorCode: Status.A_Invalid })],
});

/** Field number `index` of the parameter `type` has a value that cannot be. */
export const badParameterField = (type: number, index: number, description: string): Refusal => ({
  status: Status.M_ParameterError,
  description,
  errors: [
    parameter('ParameterError', { ParameterType: type, ErrorCode: Status.P_FieldError }, [
      parameter('FieldError', { FieldIndex: index, ErrorCode: Status.A_OutOfRange }),
    ]),
  ],
});

/** The parameter `type` is missing, not supported or too much, as `code` says. */
export const badParameter = (type: number, code: number, description: string): Refusal => ({
  status: Status.M_ParameterError,
  description,
  errors: [parameter('ParameterError', { ParameterType: type, ErrorCode: code })],
});
