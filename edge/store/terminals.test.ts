import { describe, expect, it } from 'vitest';
import { BasketId, PaymentId } from '../../shared/ids/index.ts';
import { TERMINAL_LEASE_MS } from '../../shared/rpc/payment.ts';
import { raisePaymentIncident } from './incidents.ts';
import { single } from './sql.ts';
import { freeTerminal, leaseTerminal } from './terminals.ts';
import { onBench } from './test/fixture.ts';

const uuid = () => crypto.randomUUID();
const trip = (id = uuid()) => ({
  basket_id: BasketId.parse(`bsk_${id}`),
  payment: (n: number) => PaymentId.parse(`pay_${id}_${n}`),
});
const busy = { ok: false, error: { code: 'terminal_busy' } };

describe('a terminal', () => {
  it('is one trip’s until its payment frees it, or forgets it for a quarter of an hour', () =>
    onBench((bench) => {
      const [one, two] = [trip(), trip()];
      const lease = ({ basket_id, payment }: ReturnType<typeof trip>, n = 1) =>
        bench.run((scope) => leaseTerminal(scope, { terminal_id: 'T1', payment_id: payment(n), basket_id }));
      const free = ({ payment }: ReturnType<typeof trip>, n = 1) =>
        bench.run((scope) => freeTerminal(scope, { terminal_id: 'T1', payment_id: payment(n) }));
      expect(lease(one).ok).toBe(true);
      expect(lease(two)).toEqual(busy);
      free(two);
      expect(lease(two)).toEqual(busy);
      // Declined: the same trip tries again before the terminal was freed, and the late word frees nothing.
      expect(lease(one, 2).ok).toBe(true);
      free(one, 1);
      expect(lease(two)).toEqual(busy);
      free(one, 2);
      expect(lease(two).ok).toBe(true);
      expect(lease(one)).toEqual(busy);
      bench.sql.exec('UPDATE terminal_lease SET until = until - ?', TERMINAL_LEASE_MS + 1);
      expect(lease(one).ok).toBe(true);
    }));
});

it('an incident of a payment is raised once a key, whatever it says the second time', () =>
  onBench((bench) => {
    const raise = (key: string, amount: string) =>
      bench.run((scope) => raisePaymentIncident(scope, { key, kind: 'over_captured', detail: { amount } }));
    raise('a', '1');
    raise('a', '2');
    raise('b', '1');
    expect(single<{ n: number }>(bench.sql, 'SELECT count(*) AS n FROM incident').n).toBe(2);
  }));
