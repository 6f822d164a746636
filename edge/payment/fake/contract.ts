import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Attempt, AttemptRequest, Gateway, Http, Outcome, RawWebhook, Returned } from '../gateway.ts';
import { attemptOf, claimed, refundClaimed, refundOf, verified } from './contract_parts.ts';
import type { Behaviour, FakeGateway } from './control.ts';

/** One adapter in front of its own fake provider. */
export interface GatewayUnderTest {
  gateway: Gateway;
  /** The same account with other secrets for its webhooks. */
  stranger: Gateway;
  fake: FakeGateway;
  /** An attempt as this adapter takes it; a new `payment_id` every time. */
  request(over?: Partial<AttemptRequest>): AttemptRequest;
  /** The payer does what a `challenge` asks, and comes back with this. */
  payerActs?(attempt: Attempt): Promise<Returned>;
  /** A `pending` attempt is paid now, a `refund_pending` refund is settled now. */
  settle?(reference: string): void;
  /** Every message that the provider has sent so far, signed. */
  deliveries?(): Promise<RawWebhook[]>;
  /** The message says another amount now, its signature is still the old one. */
  tampered?(raw: RawWebhook): RawWebhook;
  /** Signatures are only good for a time. */
  signs_time?: boolean;
  /** What the wire format cannot hold. */
  unholdable?: readonly Partial<AttemptRequest>[];
  /** What must never be seen: keys, tokens, telephone numbers. */
  secrets: readonly string[];
  /** Behaviours that this provider's protocol has no words for. */
  lacks?: readonly Behaviour[];
}

/**
 * What every payment adapter must do, whatever its provider is like. `make` puts the adapter in front of a new
 * fake through `wire`, which sees every request.
 */
export function describeGateway(
  name: string,
  make: (wire: (fake: FakeGateway) => Http) => GatewayUnderTest,
): void {
  describe(`${name} as a payment gateway`, () => {
    let sent: string[] = [];
    let said: unknown[] = [];
    let refusals = 0;
    let under: GatewayUnderTest;
    const wire = (fake: FakeGateway) => (request: Request) => {
      sent.push(`${request.method} ${request.url}`);
      return fake.fetch(request);
    };
    beforeEach(() => {
      [sent, said, refusals] = [[], [], 0];
      for (const level of ['log', 'info', 'warn', 'error'] as const) {
        vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void said.push(words));
      }
      under = make(wire);
    });
    // No test ends without this: the provider found no fault with what we sent, and nothing secret got out.
    afterEach(() => {
      vi.restoreAllMocks();
      expect(under.fake.ctl.refusals.slice(refusals)).toEqual([]);
      const seen = JSON.stringify([sent, said]);
      for (const secret of under.secrets) expect(seen).not.toContain(secret);
    });
    const heard = <T>(outcome: T): T => {
      said.push(outcome);
      return outcome;
    };
    const knows = (...behaviours: Behaviour[]) =>
      behaviours.every((one) => make(wire).lacks?.includes(one) !== true);
    const can = make(wire).gateway.can;
    const has = (part: 'payerActs' | 'settle' | 'deliveries') => make(wire)[part] !== undefined;

    const create = async (over: Partial<AttemptRequest>, ...behaviours: Behaviour[]) => {
      const request = under.request(over);
      under.fake.ctl.next(...behaviours);
      const outcome = heard(await under.gateway.createAttempt(request));
      return { request, outcome, attempt: attemptOf(request, outcome) };
    };
    const unanswered = (request: AttemptRequest): Attempt => ({
      request,
      reference: null,
      refs: {},
      authorized: 0,
      captured: 0,
    });
    /** What became of it: asked, or told where the provider cannot be asked. */
    const became = async (attempt: Attempt): Promise<Outcome> =>
      heard(
        can.ask === 'repeat' && under.deliveries !== undefined
          ? await claimed(under, attempt.request.payment_id)
          : await under.gateway.getAttempt(attempt),
      );
    const final = async (attempt: Attempt, outcome: Outcome): Promise<Outcome> =>
      ['pending', 'capture_pending', 'void_pending'].includes(heard(outcome).s) ? became(attempt) : outcome;

    it('charges once, however often it is asked to', async () => {
      const { request, outcome } = await create({});
      expect(outcome).toMatchObject({ s: 'captured', amount: request.amount });
      expect(await under.gateway.createAttempt(request)).toEqual(outcome);
      expect(under.fake.ctl.charges(request.payment_id)).toEqual([
        expect.objectContaining({ amount: request.amount, currency: request.currency }),
      ]);
    });

    it.runIf(knows('commit_then_drop'))('finds the one charge whose answer was lost', async () => {
      const { request, outcome } = await create({}, 'commit_then_drop');
      expect(outcome).toEqual({ s: 'unknown', reason: 'unavailable' });
      const found = heard(await under.gateway.getAttempt(unanswered(request)));
      expect(found).toMatchObject({ s: 'captured', amount: request.amount });
      expect(under.fake.ctl.charges(request.payment_id)).toHaveLength(1);
    });

    it.runIf(knows('fail_after_commit'))('finds the one charge that a 5xx denied', async () => {
      const { request, outcome } = await create({}, 'fail_after_commit');
      expect(outcome).toMatchObject({ s: 'unknown' });
      const found = heard(await under.gateway.getAttempt(unanswered(request)));
      expect(found).toMatchObject({ s: 'captured', amount: request.amount });
      expect(under.fake.ctl.charges(request.payment_id)).toHaveLength(1);
    });

    for (const failure of ['fail_before_commit', 'drop_before_commit', 'rate_limited'] as const) {
      it.runIf(knows(failure))(`charges once when it is repeated after ${failure}`, async () => {
        const { request, outcome } = await create({}, failure);
        expect(outcome.s === 'unknown' || outcome.s === 'error').toBe(true);
        expect(under.fake.ctl.charges(request.payment_id)).toEqual([]);
        const looked = heard(await under.gateway.getAttempt(unanswered(request)));
        expect(['not_found', 'captured']).toContain(looked.s);
        const again = heard(await under.gateway.createAttempt(request));
        expect(again).toMatchObject({ s: 'captured', amount: request.amount });
        expect(under.fake.ctl.charges(request.payment_id)).toHaveLength(1);
      });
    }

    for (const refusal of ['decline', 'decline_soft'] as const) {
      it.runIf(knows(refusal))(`says ${refusal} with the provider's code, and takes nothing`, async () => {
        const { request, outcome } = await create({}, refusal);
        expect(outcome.s).toBe('declined');
        if (outcome.s !== 'declined') return;
        expect(outcome.code).not.toBe('');
        expect(outcome.soft ?? false).toBe(refusal === 'decline_soft');
        expect(under.fake.ctl.charges(request.payment_id)).toEqual([]);
      });
    }

    it.runIf(knows('challenge') && has('payerActs'))('lets the payer act, then captures', async () => {
      const { request, outcome, attempt } = await create({}, 'challenge');
      expect(outcome.s).toBe('action_required');
      const returned = (await under.payerActs?.(attempt)) ?? {};
      const continued = heard(await under.gateway.continueAttempt(attempt, returned));
      expect(await final(attempt, continued)).toMatchObject({ s: 'captured', amount: request.amount });
      expect(under.fake.ctl.charges(request.payment_id)).toHaveLength(1);
    });

    it.runIf(knows('pending') && has('settle'))('waits, and hears of the capture later', async () => {
      const { request, outcome, attempt } = await create({}, 'pending');
      expect(['pending', 'action_required']).toContain(outcome.s);
      expect(under.fake.ctl.charges(request.payment_id)).toEqual([]);
      under.settle?.(request.payment_id);
      expect(await became(attempt)).toMatchObject({ s: 'captured', amount: request.amount });
      expect(under.fake.ctl.charges(request.payment_id)).toHaveLength(1);
    });

    for (const lie of ['wrong_amount', 'wrong_currency', 'partial'] as const) {
      it.runIf(knows(lie))(`passes on ${lie} as the provider says it`, async () => {
        const { request, outcome, attempt } = await create({}, lie);
        const said = await final(attempt, outcome);
        if (said.s !== 'captured') throw new Error(`captured, and not ${said.s}`);
        if (lie === 'wrong_currency') expect(said.currency).not.toBe(request.currency);
        else expect(said.amount).not.toBe(request.amount);
      });
    }

    it.runIf(can.authorize && can.capture !== 'none')('reserves, then takes', async () => {
      const { request, outcome, attempt } = await create({ capture: 'manual' });
      expect(outcome).toMatchObject({ s: 'authorized', amount: request.amount });
      expect(under.fake.ctl.charges(request.payment_id)).toEqual([]);
      const amount = can.capture === 'partial' ? request.amount - 100 : request.amount;
      const capture = { amount, key: `${request.payment_id}.capture.1` };
      const first = await under.gateway.capture(attempt, capture);
      expect(await final(attempt, first)).toMatchObject({ s: 'captured', amount });
      await under.gateway.capture(attempt, capture);
      expect(under.fake.ctl.charges(request.payment_id)).toEqual([expect.objectContaining({ amount })]);
    });

    it.runIf(can.authorize)('releases what is reserved', async () => {
      const { request, attempt } = await create({ capture: 'manual' });
      const first = await under.gateway.void(attempt, `${request.payment_id}.void.1`);
      expect(['voided', 'cancelled']).toContain((await final(attempt, first)).s);
      const moved = under.fake.ctl.movements.filter((one) => one.reference === request.payment_id);
      expect(moved.map((one) => one.kind)).toEqual(['authorization', 'void']);
    });

    const refund = async (of: number | null, ...behaviours: Behaviour[]) => {
      const { request, attempt } = await create({});
      const asked = refundOf(request, of ?? request.amount);
      under.fake.ctl.next(...behaviours);
      const first = heard(await under.gateway.refund({ ...attempt, captured: request.amount }, asked));
      const known = { ...asked, reference: 'reference' in first ? (first.reference ?? null) : null };
      const later = async () =>
        heard(
          can.ask === 'repeat' && under.deliveries !== undefined
            ? await refundClaimed(under, asked.refund_id)
            : await under.gateway.getRefund({ ...attempt, captured: request.amount }, known),
        );
      const moved = () => under.fake.ctl.movements.filter((one) => one.reference === asked.refund_id);
      return { request, attempt: { ...attempt, captured: request.amount }, asked, first, later, moved };
    };

    it.runIf(can.refund !== 'none')('gives the whole back, once a refund', async () => {
      const { request, attempt, asked, first, later, moved } = await refund(null);
      expect(first.s === 'pending' ? await later() : first).toMatchObject({ s: 'succeeded' });
      await under.gateway.refund(attempt, asked);
      expect(moved()).toEqual([expect.objectContaining({ kind: 'refund', amount: request.amount })]);
    });

    it.runIf(can.refund === 'partial')('gives a part back', async () => {
      const { first, later, moved } = await refund(300);
      expect(first.s === 'pending' ? await later() : first).toMatchObject({ s: 'succeeded' });
      expect(moved()).toEqual([expect.objectContaining({ amount: 300 })]);
    });

    it.runIf(can.refund !== 'none' && can.refund_async && knows('refund_pending') && has('settle'))(
      'waits for a refund',
      async () => {
        const { asked, first, later, moved } = await refund(null, 'refund_pending');
        expect(first).toMatchObject({ s: 'pending' });
        expect(moved()).toEqual([]);
        under.settle?.(asked.refund_id);
        expect(await later()).toMatchObject({ s: 'succeeded' });
        expect(moved()).toHaveLength(1);
      },
    );

    it.runIf(can.refund !== 'none' && knows('refund_fails'))('hears that a refund failed', async () => {
      const { first, later, moved } = await refund(null, 'refund_fails');
      const end = first.s === 'pending' ? await later() : first;
      expect(end.s).toBe('failed');
      if (end.s === 'failed') expect(end.code).not.toBe('');
      expect(moved()).toEqual([]);
    });

    it.runIf(can.refund !== 'none' && knows('commit_then_drop'))(
      'gives money back once though the answer was lost',
      async () => {
        const { attempt, asked, first, moved } = await refund(null, 'commit_then_drop');
        expect(first).toMatchObject({ s: 'unknown' });
        const found = heard(await under.gateway.getRefund(attempt, asked));
        expect(['succeeded', 'pending', 'not_found', 'unknown']).toContain(found.s);
        const again = heard(await under.gateway.refund(attempt, asked));
        expect(['succeeded', 'pending']).toContain(again.s);
        expect(moved()).toHaveLength(1);
      },
    );

    it('refuses an amount that the format cannot hold before any call', async () => {
      for (const over of under.unholdable ?? [{ amount: 0 }]) {
        const outcome = await under.gateway.createAttempt(under.request(over));
        expect(outcome).toMatchObject({ s: 'error', code: 'invalid_amount' });
      }
      expect(sent).toEqual([]);
    });

    it.runIf(has('deliveries'))('reads signed messages, the same one as the same event', async () => {
      const { request } = await create({});
      const events = await verified(under);
      expect(events.filter((one) => one.payment_id === request.payment_id)).not.toEqual([]);
      expect(new Set(events.map((one) => one.event_id)).size).toBe(events.length);
      expect((await verified(under)).map((one) => one.event_id)).toEqual(events.map((one) => one.event_id));
    });

    it.runIf(can.webhooks === 'signed' && has('deliveries'))('believes no other message', async () => {
      const { request } = await create({});
      const invalid = { ok: false, error: { code: 'invalid_signature' } };
      for (const raw of (await under.deliveries?.()) ?? []) {
        const tampered = under.tampered?.(raw) ?? {
          ...raw,
          body: raw.body.replaceAll(`${request.amount}`, `${request.amount + 1}`),
        };
        expect(tampered).not.toEqual(raw);
        expect(await under.gateway.verifyWebhook(tampered)).toEqual(invalid);
        expect(await under.stranger.verifyWebhook(raw)).toEqual(invalid);
        expect((await under.gateway.verifyWebhook({ ...raw, headers: new Headers(), body: '{}' })).ok).toBe(
          false,
        );
        if (under.signs_time !== true) continue;
        const late = { ...raw, now_ms: raw.now_ms + 301_000 };
        expect(await under.gateway.verifyWebhook(late)).toEqual({ ok: false, error: { code: 'stale' } });
      }
    });
  });
}
