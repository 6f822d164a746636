import { z } from 'zod';
import { currencyExponent } from '../../money/currency.ts';
import { formatDecimal } from '../import/decimal.ts';
import { type EvaluateResponse, evaluateResponse } from './evaluate_response.ts';

/** For callers that ask for it: the same answer with every amount as decimal text, `"12.50"`. */
export const DECIMAL_MEDIA_TYPE = 'application/vnd.sesame.promotions.v1+json';

export const DecimalEvaluateResponse = evaluateResponse(
  z
    .string()
    .regex(/^\d+(?:\.\d+)?$/)
    .describe('Decimal text with the digits of the currency’s minor unit'),
);
export type DecimalEvaluateResponse = z.infer<typeof DecimalEvaluateResponse>;

const written = (digits: number) =>
  evaluateResponse(z.number().transform((minor) => formatDecimal(minor, digits)));
/** By the digits of a currency: making one takes longer than its use. */
const writers = new Map<number, ReturnType<typeof written>>();

/** The answer with its amounts in decimals of the currency: JPY "15", GBP "0.15", KWD "0.015". */
export function inDecimals(response: EvaluateResponse): DecimalEvaluateResponse {
  const digits = currencyExponent(response.currency);
  const writer = writers.get(digits) ?? written(digits);
  writers.set(digits, writer);
  return writer.parse(response);
}
