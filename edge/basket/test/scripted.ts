import { env, runInDurableObject } from 'cloudflare:test';
import type { CreatePayment, Payment } from '../../../shared/api/order.ts';
import type { PaymentChannel } from '../../../shared/payment/account.ts';
import type { Result } from '../../../shared/result.ts';
import type { Attempt, Gateway, GatewayAbilities, Outcome } from '../../payment/gateway.ts';
import { vaultOf } from '../../payment/vault.ts';
import type { Sql } from '../../store/sql.ts';
import { type Memory, memoryOf } from '../idempotency.ts';
import { pay } from '../pay.ts';
import type { Refusal } from '../port.ts';
import { storePort } from '../store_port.ts';
import type { Trip } from '../trip.ts';
import { ORIGIN, objectOf, type Walk } from './fixture.ts';

type Operation = 'create' | 'get' | 'continue' | 'capture' | 'void';

/** A provider whose every answer a test writes down beforehand; without one it does as it is asked. */
export interface Script {
  id?: string;
  can?: Partial<GatewayAbilities>;
  says?: Partial<Record<Operation, Outcome[]>>;
}

export interface ScriptedGateway extends Gateway {
  readonly calls: { operation: Operation; attempt: Attempt; key?: string; amount?: number }[];
  readonly said: Partial<Record<Operation, Outcome[]>>;
}

const ABLE: GatewayAbilities = {
  authorize: true,
  capture: 'partial',
  void_open: true,
  void_captured: true,
  refund: 'partial',
  refund_async: false,
  saved_cards: true,
  ask: 'query',
  webhooks: 'signed',
  channels: ['web', 'kiosk', 'cashier'],
};

export function scripted({ id = 'scripted', can = {}, says = {} }: Script = {}): ScriptedGateway {
  const calls: ScriptedGateway['calls'] = [];
  const reference = (attempt: Attempt) => attempt.reference ?? `ref_${attempt.request.payment_id}`;
  const answer = (call: (typeof calls)[number], otherwise: Outcome): Outcome => {
    calls.push(call);
    return says[call.operation]?.shift() ?? otherwise;
  };
  const now = (attempt: Attempt): Outcome => {
    const known = { reference: reference(attempt) };
    if (attempt.captured > 0) return { s: 'captured', amount: attempt.captured, ...known };
    if (attempt.authorized > 0) return { s: 'authorized', amount: attempt.authorized, ...known };
    return { s: 'pending', ...known };
  };
  return {
    id,
    calls,
    said: says,
    can: { ...ABLE, ...can },
    createAttempt: async (request) => {
      const attempt = { request, reference: null, refs: {}, authorized: 0, captured: 0 };
      const s = request.capture === 'manual' ? 'authorized' : 'captured';
      return answer(
        { operation: 'create', attempt },
        { s, amount: request.amount, reference: reference(attempt) },
      );
    },
    getAttempt: async (attempt) => answer({ operation: 'get', attempt }, now(attempt)),
    continueAttempt: async (attempt) => answer({ operation: 'continue', attempt }, now(attempt)),
    capture: async (attempt, { amount, key }) =>
      answer(
        { operation: 'capture', attempt, key, amount },
        { s: 'captured', amount, reference: reference(attempt) },
      ),
    void: async (attempt, key) =>
      answer({ operation: 'void', attempt, key }, { s: 'voided', reference: reference(attempt) }),
    refund: async () => ({ s: 'succeeded', reference: null }),
    getRefund: async () => ({ s: 'not_found' }),
    verifyWebhook: async () => ({ ok: false, error: { code: 'invalid' } }),
  };
}

export interface ScriptedTrip extends Trip {
  /** Moves this trip's clock on, in milliseconds. */
  wait(ms: number): void;
}

/** Runs on the trip's own tables and its real store, with these providers in place of the deployment's. */
export function onTrip<T>(
  w: Walk,
  gateways: readonly Gateway[],
  run: (trip: ScriptedTrip) => Promise<T>,
): Promise<T> {
  return runInDurableObject(objectOf(w), async (_, { storage }) => {
    let ahead = 0;
    const sql: Sql = {
      exec: (query, ...bindings) => storage.sql.exec<never>(query, ...bindings).toArray(),
    };
    return run({
      sql,
      store: storePort(env, w.shop.store_id),
      vault: vaultOf(env.VAULT_KEY),
      gateway: (account) => gateways.find(({ id }) => id === account.gateway) ?? null,
      shopper: (id) => env.SHOPPER.getByName(id),
      now: () => Date.now() + ahead,
      newUuid: () => crypto.randomUUID(),
      write: (change) => storage.transactionSync(change),
      wait: (ms) => {
        ahead += ms;
      },
    });
  });
}

/** A call without an idempotency key. */
export const unremembered = (trip: Trip): Memory =>
  memoryOf(trip.sql, undefined, { found: 'nothing' }, trip.now());

export const payOn = (
  trip: Trip,
  request: Partial<CreatePayment> & { gateway?: string },
  channel: PaymentChannel = 'web',
): Promise<Result<Payment, Refusal>> =>
  pay(
    trip,
    { origin: ORIGIN, channel },
    { gateway: 'scripted', method: 'card', ...request },
    unremembered(trip),
  );

/** Gateways of a shop whose providers are scripted. */
export const scriptedAccounts = (
  ...accounts: {
    gateway: string;
    methods?: string[];
    capture?: 'auto' | 'manual';
    channels?: PaymentChannel[];
  }[]
) => ({
  gateways: accounts.map((account) => ({
    account_key: `${account.gateway}.0123456789abcdef`,
    environment: 'test',
    methods: ['card', 'card_terminal'],
    ...account,
  })),
});
