import type { PaymentChannel } from '../../shared/payment/account.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Call, Refusal } from './port.ts';
import { refuse } from './trip.ts';

/**
 * Where the payer of a call stands: a shopper pays her own order, cashiers and kiosks take money for every order of their
 * store. Other devices and services handle no payments.
 */
export function channelOf(call: Call): Result<PaymentChannel, Refusal> {
  if (call.caller.kind === 'shopper') return ok('web');
  return call.channel === undefined ? refuse('forbidden') : ok(call.channel);
}
