import { type Behaviour, Dropped, type FakeControl } from './control.ts';

/** How a provider says that it is at fault, and that there are too many requests. */
export interface Faults {
  serverError(): Response;
  tooMany(): Response;
}

/** Does one piece of work as the fake was told to: before it, after it, or not at all. */
export async function behave(
  ctl: FakeControl,
  faults: Faults,
  work: (behaviour: Behaviour) => Response | Promise<Response>,
  behaviour: Behaviour = ctl.behaviour(),
): Promise<Response> {
  if (behaviour === 'drop_before_commit') throw new Dropped();
  if (behaviour === 'fail_before_commit') return faults.serverError();
  if (behaviour === 'rate_limited') return faults.tooMany();
  const answer = await work(behaviour);
  if (behaviour === 'commit_then_drop') throw new Dropped();
  return behaviour === 'fail_after_commit' ? faults.serverError() : answer;
}

/** What the provider really takes of `amount`, in which currency. */
export function taken(
  behaviour: Behaviour,
  amount: number,
  currency: string,
): { amount: number; currency: string } {
  if (behaviour === 'wrong_amount') return { amount: amount + 1, currency };
  if (behaviour === 'partial') return { amount: Math.floor(amount / 2), currency };
  return {
    amount,
    currency: behaviour === 'wrong_currency' ? (currency === 'EUR' ? 'USD' : 'EUR') : currency,
  };
}
