import type { StorePolicies } from '../../shared/config/store_config.ts';
import type { AgentState } from '../state/agent_state.ts';
import { mergeTag, type TagChange } from '../state/tag_book.ts';
import { Answers } from './answers.ts';
import { decideExit, type EpcVerdict, type ExitDecision, type GateVerdict } from './decide.ts';
import { Latch } from './latch.ts';

export const DECISION_LATCH_MS = 2_000;
const LATCHED_TAGS_MAX = 20_000;
const ANSWERS_KEPT_MS = 10_000;
const ANSWERS_MAX = 5_000;
const ASKED_EPCS_MAX = 10;
/** The edge is not asked about the same tag again so soon: a tag in the lane is read many times a second. */
const ASK_AGAIN_MS = 2_000;
const REPORTED_EPCS_MAX = 50;
const DEFAULT_POLICIES: Pick<StorePolicies, 'unknown_tag' | 'offline_unsold' | 'ask_edge_ms'> = {
  unknown_tag: 'alarm',
  offline_unsold: 'alarm',
  ask_edge_ms: 0,
};

export type DecisionSource = 'mqtt' | 'http' | 'reader' | 'pass';

/** The answer to a gate. `as_of` is when the edge was last heard: what happened there since is unknown here. */
export interface GateDecision {
  id: string;
  decision: GateVerdict;
  epcs: EpcVerdict[];
  at: string;
  as_of?: string;
}

export interface DecisionNews extends GateDecision {
  gate_id: string | null;
  source: DecisionSource;
  took_us: number;
  /** Whether this is news, or the same tags again within the latch. */
  fresh: boolean;
}

export interface GatekeeperContext {
  state: AgentState;
  now(): number;
  /** A clock that only runs forward, in milliseconds with fractions. */
  monotonicMs(): number;
  link: { linked(): boolean; heardAtMs(): number | null };
  /** Asks the edge about tags within a time; answers only what it learned. */
  ask(epcs: string[], withinMs: number, traceparent?: string): Promise<TagChange[]>;
}

/** Answers gates from memory; asks the edge once before an alarm where the policy grants the time; records. */
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

  onDecision(listener: (news: DecisionNews) => void): void {
    this.#listeners.push(listener);
  }

  /** The decision about one message of a gate. The same message again gets the same answer. */
  answer(
    gateId: string,
    message: { id: string; epcs: readonly string[] },
    source: DecisionSource,
    traceparent?: string,
  ): Promise<GateDecision> {
    const key = `${gateId} ${message.id} ${message.epcs.join(' ')}`;
    const now = this.#context.now();
    const given = this.#answers.get(key, now);
    if (given !== undefined) return given;
    const answer = this.decide(gateId, message, source, traceparent);
    this.#answers.keep(key, answer, now);
    return answer;
  }

  /** The decision as things stand in memory (with changes laid over it), without asking, recording or telling. */
  judge(epcs: readonly string[], over: readonly TagChange[] = []): ExitDecision {
    const { state, link } = this.#context;
    const changes = new Map(over.map((change) => [change.epc, change]));
    return decideExit(
      epcs,
      (epc) => {
        const known = state.book.get(epc);
        const change = changes.get(epc);
        return change === undefined ? known : (mergeTag(known, change) ?? known);
      },
      {
        companyPrefixes: state.config?.company_prefixes ?? [],
        policies: state.config?.policies ?? DEFAULT_POLICIES,
        linked: link.linked(),
      },
    );
  }

  /** A decision with its time and the age of the knowledge behind it. */
  dated(decision: { id: string; decision: GateVerdict; epcs: EpcVerdict[] }): GateDecision {
    const heard = this.#context.link.heardAtMs();
    return {
      id: decision.id,
      decision: decision.decision,
      epcs: decision.epcs,
      at: new Date(this.#context.now()).toISOString(),
      ...(heard === null ? {} : { as_of: new Date(heard).toISOString() }),
    };
  }

  /** Tells the listeners of a decision and journals it where it is news (a pass is journalled by its own hand). */
  tell(
    answer: GateDecision,
    about: { gate_id: string | null; source: DecisionSource; startedMs: number },
  ): void {
    const { now, monotonicMs } = this.#context;
    let fresh = about.source === 'pass';
    for (const { epc, status } of answer.epcs) {
      if (this.#latch.isNew(`${about.gate_id} ${epc} ${status} ${answer.decision}`, now())) fresh = true;
    }
    const took_us = Math.round((monotonicMs() - about.startedMs) * 1000);
    const news: DecisionNews = { ...answer, gate_id: about.gate_id, source: about.source, took_us, fresh };
    if (fresh && about.source !== 'pass') this.#record(news);
    for (const listener of this.#listeners) listener(news);
  }

  /** The decision about reads that nobody will repeat: a reader's own. */
  async decide(
    gateId: string,
    message: { id: string; epcs: readonly string[] },
    source: DecisionSource,
    traceparent?: string,
  ): Promise<GateDecision> {
    const { state, link, monotonicMs } = this.#context;
    const startedMs = monotonicMs();
    let decision = this.judge(message.epcs);
    const withinMs = (state.config?.policies ?? DEFAULT_POLICIES).ask_edge_ms;
    if (decision.decision === 'alarm' && withinMs > 0 && link.linked()) {
      const learned = await this.#ask(decision.alarming, withinMs, traceparent);
      // The feed may have spoken meanwhile, so the memory is judged anew in any case.
      if (learned) decision = this.judge(message.epcs);
    }
    const answer = this.dated({ id: message.id, ...decision });
    this.tell(answer, { gate_id: gateId, source, startedMs });
    return answer;
  }

  /** Answers whether the edge was asked, now or by a read a moment before whose answer is still out. */
  async #ask(epcs: readonly string[], withinMs: number, traceparent?: string): Promise<boolean> {
    const nowMs = this.#context.now();
    const open = epcs
      .filter((epc) => !this.#asking.has(epc) && this.#asked.isNew(epc, nowMs))
      .slice(0, ASKED_EPCS_MAX);
    if (open.length > 0) {
      const asking = this.#learn(open, withinMs, traceparent).finally(() => {
        for (const epc of open) this.#asking.delete(epc);
      });
      for (const epc of open) this.#asking.set(epc, asking);
    }
    const waits = new Set(epcs.flatMap((epc) => this.#asking.get(epc) ?? []));
    await Promise.all(waits);
    return waits.size > 0;
  }

  /** What the edge says counts like the feed: upward only. */
  async #learn(epcs: string[], withinMs: number, traceparent?: string): Promise<void> {
    const { state, ask } = this.#context;
    const learned = await ask(epcs, withinMs, traceparent);
    const news = learned.filter((change) => change.rev > (state.book.get(change.epc)?.rev ?? 0));
    if (news.length === 0) return;
    state.book.apply(news);
    // The feed brings the same revision; until then a full disk costs only what a restart would forget.
    state.write((tables) => tables.tags.apply(news));
  }

  #record(news: DecisionNews): void {
    if (news.decision === 'ignore') return;
    const epcs = news.epcs
      .slice(0, REPORTED_EPCS_MAX)
      .map(({ epc, status, order_id }) => ({ epc, status, ...(order_id === undefined ? {} : { order_id }) }));
    this.#context.state.record(news.decision === 'alarm' ? 'gate.alarm' : 'gate.open', {
      gate_id: news.gate_id,
      source: news.source,
      decision: news.decision,
      epcs,
      epc_count: news.epcs.length,
      took_us: news.took_us,
      ...(news.as_of === undefined ? {} : { as_of: news.as_of }),
    });
  }
}
