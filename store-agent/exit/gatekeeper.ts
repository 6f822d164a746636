import type { TagRead } from '../../hardware/port.ts';
import { Answers } from './answers.ts';
import type { GateDecision, Judge } from './judge.ts';
import { Latch } from './latch.ts';

export type { GateDecision } from './judge.ts';

export const DECISION_LATCH_MS = 2_000;
const LATCHED_TAGS_MAX = 20_000;
const ANSWERS_KEPT_MS = 10_000;
const ANSWERS_MAX = 5_000;
const ASKED_EPCS_MAX = 10;
/** The edge is not asked about the same tag again so soon: a tag in the lane is read many times a second. */
const ASK_AGAIN_MS = 2_000;

export type DecisionSource = 'mqtt' | 'http' | 'reader' | 'pass';

/** One sight of one tag, as far as the gate tells. */
export type GateRead = Pick<TagRead, 'epc'> & {
  antenna?: number | undefined;
  rssi?: number | null | undefined;
};

/** A message of a gate, or a report of its reader. */
export interface GateMessage {
  id: string;
  reads: readonly GateRead[];
}

export interface DecisionNews extends GateDecision {
  gate_id: string | null;
  source: DecisionSource;
  took_us: number;
  /** Whether this is news, or the same tags again within the latch. */
  fresh: boolean;
}

export interface GatekeeperContext {
  judge: Judge;
  now(): number;
  /** A clock that only runs forward, in milliseconds with fractions. */
  monotonicMs(): number;
  /** Has the edge asked about tags within a time; whatever it knew is in memory when this resolves. */
  ask(epcs: string[], withinMs: number, traceparent?: string): Promise<void>;
}

/** Answers gates from memory; has the edge asked once before an alarm where the policy grants the time. */
export class Gatekeeper {
  readonly #context: GatekeeperContext;
  readonly #answers = new Answers<Promise<GateDecision>>(ANSWERS_KEPT_MS, ANSWERS_MAX);
  readonly #latch = new Latch(DECISION_LATCH_MS, LATCHED_TAGS_MAX);
  readonly #asked = new Latch(ASK_AGAIN_MS, LATCHED_TAGS_MAX);
  readonly #asking = new Map<string, Promise<void>>();
  readonly #listeners: ((news: DecisionNews) => void)[] = [];

  constructor(context: GatekeeperContext) {
    this.#context = context;
  }

  /** Listeners hear of a decision before whoever asked: the first of them moves the barrier. */
  onDecision(listener: (news: DecisionNews) => void): void {
    this.#listeners.push(listener);
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
    let decision = judge.judge(epcs);
    const withinMs = judge.config.policies.ask_edge_ms;
    if (decision.decision === 'alarm' && withinMs > 0 && judge.linked) {
      const learned = await this.#ask(decision.alarming, withinMs, traceparent);
      // The feed may have spoken meanwhile, so the memory is judged anew in any case.
      if (learned) decision = judge.judge(epcs);
    }
    const answer = judge.dated({ id: message.id, ...decision });
    this.#tell(answer, gateId, source, startedMs);
    return answer;
  }

  #tell(answer: GateDecision, gateId: string, source: DecisionSource, startedMs: number): void {
    const { now, monotonicMs } = this.#context;
    let fresh = false;
    for (const { epc, status } of answer.epcs) {
      if (this.#latch.isNew(`${gateId} ${epc} ${status} ${answer.decision}`, now())) fresh = true;
    }
    const took_us = Math.round((monotonicMs() - startedMs) * 1000);
    const news: DecisionNews = { ...answer, gate_id: gateId, source, took_us, fresh };
    for (const listener of this.#listeners) listener(news);
  }

  /** Answers whether the edge was asked, now or by a read a moment before whose answer is still out. */
  async #ask(epcs: readonly string[], withinMs: number, traceparent?: string): Promise<boolean> {
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
    await Promise.all(waits);
    return waits.size > 0;
  }
}
