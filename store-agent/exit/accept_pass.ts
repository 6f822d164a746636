import type { ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { AgentState, JwksDocument, Tables } from '../state/agent_state.ts';
import type { TagChange } from '../state/tag_book.ts';
import type { EpcVerdict } from './decide.ts';
import type { DecisionNews } from './gatekeeper.ts';
import type { GateDecision, Judge } from './judge.ts';
import { type PassRefusal, verifyPass } from './pass.ts';

export type PassFailure =
  | { code: 'bad_pass'; detail: PassRefusal }
  | { code: 'disk_full' }
  | { code: 'no_keys' };

export interface PassContext {
  state: AgentState;
  judge: Judge;
  /** Hears of a pass that was taken: the gate opens, and the floor shows it. */
  onPass(news: DecisionNews): void;
  storeId: string;
  /** Our best idea of the edge's clock, in milliseconds: the pass's expiry is on that clock. */
  edgeNow(): number;
  now(): number;
  monotonicMs(): number;
  /** Fetches the edge's keys once more, where it can be reached: a key may be newer than our copy. */
  refreshKeys(): Promise<boolean>;
}

/** What a decision is that no read led to. */
export const BY_HAND = {
  fresh: true,
  act: 'open',
  event: true,
  acting: [],
  held: [],
  entered: [],
  sights: 0,
} satisfies Partial<DecisionNews>;

/**
 * Takes an exit pass, with or without a line to the edge: verified, used once, its tags sold from the
 * revisions it names upward, all in one transaction. `commit` runs inside it with the decision.
 */
export async function acceptPass(
  context: PassContext,
  request: { pass: string; gateId: string | null },
  commit: (tables: Tables, answer: GateDecision) => void = () => {},
): Promise<Result<GateDecision, PassFailure>> {
  const { state, judge } = context;
  const startedMs = context.monotonicMs();
  const verified = await verifyWithFreshKeys(context, request.pass);
  if (!verified.ok) return refuse(context, verified.error, null);
  const claims = verified.value;
  if (state.tables.passes.used(claims.jti))
    return refuse(context, { code: 'bad_pass', detail: 'used' }, claims.jti);

  const changes: TagChange[] = [];
  for (const [text, rev] of claims.epcs) {
    const epc = canonicalEpc(text);
    if (!epc.ok) return refuse(context, { code: 'bad_pass', detail: 'malformed' }, claims.jti);
    changes.push({ epc: epc.value, status: 'sold', rev, order_id: claims.order });
  }
  const judged = judge.judge(
    changes.map((change) => change.epc),
    request.gateId,
    changes,
  );
  if (claims.verify === 'staff') return ok(waits(context, claims, judged.epcs));
  // A trip without a tag on anything has nothing to free, and may go.
  const decision = changes.length === 0 ? 'open' : judged.decision;
  const answer = judge.dated({ id: claims.jti, decision, epcs: judged.epcs });
  const written = state.write((tables) => {
    tables.passes.use(
      { jti: claims.jti, order_id: claims.order, epcs: claims.epcs },
      state.epoch,
      context.now(),
    );
    tables.tags.apply(changes);
    tables.journal.append(context.now(), 'exit_pass.accepted', {
      jti: claims.jti,
      order_id: claims.order,
      number: claims.number,
      decision,
      epcs: claims.epcs.slice(0, 50),
      epc_count: claims.epcs.length,
      ...(request.gateId === null ? {} : { gate_id: request.gateId }),
    });
    commit(tables, answer);
  });
  if (!written.ok) return written;
  state.book.apply(changes);
  state.reportsChanged();
  const took_us = Math.round((context.monotonicMs() - startedMs) * 1000);
  const act = decision === 'ignore' ? 'none' : decision;
  context.onPass({ ...answer, gate_id: request.gateId, source: 'pass', took_us, ...BY_HAND, act });
  return ok(answer);
}

/**
 * Staff must look into the bag first. The pass is neither used nor believed: nothing is sold by it here, no output
 * moves, and it stays good for the case that the look is what is missing.
 */
function waits(
  { state, judge }: PassContext,
  { jti, order, number }: ExitPassClaims,
  epcs: EpcVerdict[],
): GateDecision {
  const reason = 'verification_pending';
  state.record('exit_pass.refused', { reason, jti, order_id: order, number });
  return { ...judge.dated({ id: jti, decision: 'alarm', epcs }), reason };
}

async function verifyWithFreshKeys(context: PassContext, pass: string) {
  const first = await verifyWith(context, context.state.jwks, pass);
  if (first.ok || (first.error.code !== 'no_keys' && first.error.detail !== 'signature')) return first;
  return (await context.refreshKeys()) ? verifyWith(context, context.state.jwks, pass) : first;
}

type KeyFailure = { code: 'bad_pass'; detail: PassRefusal } | { code: 'no_keys'; detail?: undefined };

async function verifyWith(context: PassContext, jwks: JwksDocument | null, pass: string) {
  if (jwks === null) return err<KeyFailure>({ code: 'no_keys' });
  const verified = await verifyPass(pass, jwks, context.storeId, context.edgeNow());
  return verified.ok ? verified : err<KeyFailure>({ code: 'bad_pass', detail: verified.error });
}

function refuse(
  context: PassContext,
  failure: KeyFailure,
  jti: string | null,
): { ok: false; error: PassFailure } {
  if (failure.code === 'no_keys') return err({ code: 'no_keys' });
  context.state.record('exit_pass.refused', { reason: failure.detail, ...(jti === null ? {} : { jti }) });
  return err(failure);
}
