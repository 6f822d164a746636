import { Answers } from './answers.ts';
import type { ExitDecision } from './decide.ts';
import type { GateDecision, Judge } from './judge.ts';
import { Latch } from './latch.ts';
import { type Direction, type Effect, type GateRead, GateWatch } from './watch.ts';

export type { GateDecision } from './judge.ts';

export const DECISION_LATCH_MS = 2_000;
const LATCHED_TAGS_MAX = 20_000;
const ANSWERS_KEPT_MS = 10_000;
const ANSWERS_MAX = 5_000;
const ASKED_EPCS_MAX = 10;
/** The edge is not asked about the same tag again so soon: a tag in the lane is read many times a second. */
const ASK_AGAIN_MS = 2_000;
/** How often the memory is looked at while a payment is awaited. */
const GRACE_LOOK_MS = 5;

export type DecisionSource = 'mqtt' | 'http' | 'reader' | 'pass' | 'override';

/** A message of a gate, or a report of its reader. */
export interface GateMessage {
  id: string;
  reads: readonly GateRead[];
  /** Where a gate that can tell says people are going. */
  direction?: Direction | undefined;
  /** Sights behind the reads, where a reader folded several into one. */
  sights?: number;
}

export interface DecisionNews extends GateDecision {
  gate_id: string | null;
  source: DecisionSource;
  took_us: number;
  /** Whether this is news to look at, or the same tags again within the latch. */
  fresh: boolean;
  /** What the gate does about it, which filters may hold back; `event`: it is to be recorded. */
  act: Effect['act'];
  event: boolean;
  /** The tags behind the act, each with the revision that it was judged by. */
  acting: { epc: string; rev: number }[];
  held: Effect['held'];
  entered: string[];
  /** Sights of tags that led to it. */
  sights: number;
}

export interface GatekeeperContext {
  judge: Judge;
  now(): number;
  /** A clock that only runs forward, in milliseconds with fractions. */
  monotonicMs(): number;
  /**
   * Has the edge asked about tags within a time; whatever it knew is in memory when this resolves. Answers
   * the tags whose basket is being paid for at this moment.
   */
  ask(epcs: string[], withinMs: number, traceparent?: string): Promise<readonly string[]>;
  /** Moves the outputs of a gate: called before the answer is even put into words. */
  act?(gateId: string, act: 'alarm' | 'open'): void;
}

/**
 * Answers gates from memory; has the edge asked once before an alarm where the policy grants the time, and
 * waits for a payment under way where it grants that. Filters act on what the gate does, never on the answer.
 */
export class Gatekeeper {
  readonly #context: GatekeeperContext;
  readonly #answers = new Answers<Promise<GateDecision>>(ANSWERS_KEPT_MS, ANSWERS_MAX);
  readonly #latch = new Latch(DECISION_LATCH_MS, LATCHED_TAGS_MAX);
  readonly #asked = new Latch(ASK_AGAIN_MS, LATCHED_TAGS_MAX);
  readonly #asking = new Map<string, Promise<readonly string[]>>();
  /** Until when a tag's payment is awaited; one that took longer than the grace is not waited for again. */
  readonly #paying = new Map<string, number>();
  readonly #watches = new Map<string, GateWatch>();
  #mutes: Readonly<Record<string, number>> = {};
  readonly #listeners: ((news: DecisionNews) => void)[] = [];

  constructor(context: GatekeeperContext) {
    this.#context = context;
  }

  /** Listeners hear of a decision before whoever asked: the first of them moves the barrier. */
  onDecision(listener: (news: DecisionNews) => void): void {
    this.#listeners.push(listener);
  }

  /** Gates that raise no alarm until a time, because staff fill shelves beside them. */
  mute(mutes: Readonly<Record<string, number>>): void {
    this.#mutes = mutes;
  }

  /** The decision about one message of a gate. The same message again gets the same answer. */
  answer(
    gateId: string,
    message: GateMessage,
    source: DecisionSource,
    traceparent?: string,
  ): Promise<GateDecision> {
    const key = `${gateId} ${message.id} ${message.reads.map((read) => read.epc).join(' ')}`;
    const now = this.#context.now();
    const given = this.#answers.get(key, now);
    if (given !== undefined) return given;
    const answer = this.decide(gateId, message, source, traceparent);
    this.#answers.keep(key, answer, now);
    return answer;
  }

  /** The decision about reads that nobody will repeat: a reader's own. Without a question it is made at once. */
  async decide(
    gateId: string,
    message: GateMessage,
    source: DecisionSource,
    traceparent?: string,
  ): Promise<GateDecision> {
    const { judge, monotonicMs } = this.#context;
    const startedMs = monotonicMs();
    const epcs = message.reads.map((read) => read.epc);
    let decision = judge.judge(epcs, gateId);
    const withinMs = judge.config.policies.ask_edge_ms;
    if (decision.decision === 'alarm' && withinMs > 0 && judge.linked) {
      const learned = await this.#ask(decision.alarming, withinMs, judge.graceMs(gateId), traceparent);
      // The feed may have spoken meanwhile, so the memory is judged anew in any case.
      if (learned) decision = judge.judge(epcs, gateId);
      if (decision.decision === 'alarm') decision = await this.#awaitPayment(decision, epcs, gateId);
    }
    const nowMs = this.#context.now();
    const effect = this.#watchOf(gateId).weigh(message, decision, judge.gate(gateId), {
      ms: nowMs,
      muted: (this.#mutes[gateId] ?? 0) > nowMs,
    });
    if (effect.act !== 'none' && this.#context.act !== undefined) {
      this.#context.act(gateId, effect.act);
      // An output's command may wait for its turn, which comes now: the wire goes before words and records.
      await null;
    }
    const answer = judge.dated({ id: message.id, ...decision });
    const sights = message.sights ?? message.reads.length;
    this.#tell(answer, decision, effect, { gateId, source, startedMs, sights });
    return answer;
  }

  #watchOf(gateId: string): GateWatch {
    const watch = this.#watches.get(gateId) ?? new GateWatch();
    this.#watches.set(gateId, watch);
    return watch;
  }

  #tell(
    answer: GateDecision,
    decision: ExitDecision,
    effect: Effect,
    about: { gateId: string; source: DecisionSource; startedMs: number; sights: number },
  ): void {
    const { now, monotonicMs } = this.#context;
    const { gateId, source, startedMs, sights } = about;
    const nowMs = now();
    let fresh = false;
    const behind = new Set(effect.epcs);
    const acting: DecisionNews['acting'] = [];
    answer.epcs.forEach(({ epc, status }, at) => {
      const rev = decision.revs[at] ?? 0;
      if (this.#latch.isNew(`${gateId} ${epc} ${rev} ${status} ${answer.decision}`, nowMs)) fresh = true;
      if (behind.has(epc)) acting.push({ epc, rev });
    });
    const { act, held, entered } = effect;
    const took_us = Math.round((monotonicMs() - startedMs) * 1000);
    const news: DecisionNews = {
      ...answer,
      gate_id: gateId,
      source,
      took_us,
      fresh,
      act,
      event: effect.fresh,
      acting,
      held,
      entered,
      sights,
    };
    for (const listener of this.#listeners) listener(news);
  }

  /** Answers whether the edge was asked, now or by a read a moment before whose answer is still out. */
  async #ask(
    epcs: readonly string[],
    withinMs: number,
    graceMs: number,
    traceparent?: string,
  ): Promise<boolean> {
    const nowMs = this.#context.now();
    const open = epcs
      .filter((epc) => !this.#asking.has(epc) && this.#asked.isNew(epc, nowMs))
      .slice(0, ASKED_EPCS_MAX);
    if (open.length > 0) {
      const asking = this.#context.ask(open, withinMs, traceparent).finally(() => {
        for (const epc of open) this.#asking.delete(epc);
      });
      for (const epc of open) this.#asking.set(epc, asking);
    }
    const waits = new Set(epcs.flatMap((epc) => this.#asking.get(epc) ?? []));
    const paying = await Promise.all(waits);
    const untilMs = this.#context.now() + graceMs;
    for (const epc of paying.flat()) if (!this.#paying.has(epc)) this.#paying.set(epc, untilMs);
    return waits.size > 0;
  }

  /** Waits while every tag behind an alarm is being paid for, and no longer than the grace of each. */
  async #awaitPayment(first: ExitDecision, epcs: readonly string[], gateId: string): Promise<ExitDecision> {
    let decision = first;
    const { judge, now } = this.#context;
    if (this.#paying.size > LATCHED_TAGS_MAX) this.#paying.clear();
    while (
      decision.decision === 'alarm' &&
      decision.alarming.every((epc) => (this.#paying.get(epc) ?? 0) > now())
    ) {
      await new Promise((resolve) => setTimeout(resolve, GRACE_LOOK_MS));
      decision = judge.judge(epcs, gateId);
    }
    return decision;
  }
}
