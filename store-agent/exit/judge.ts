import type { StorePolicies } from '../../shared/config/store_config.ts';
import { mergeTag, type TagChange, type TagRecord } from '../state/tag_book.ts';
import { decideExit, type EpcVerdict, type ExitDecision, type GateVerdict } from './decide.ts';

/** What of a store's configuration the exit decision reads. */
export interface ExitConfig {
  company_prefixes: readonly string[];
  policies: Pick<StorePolicies, 'unknown_tag' | 'offline_unsold' | 'ask_edge_ms'>;
}

/** Before the first link to the edge nothing is known of the store, and nothing passes. */
const UNKNOWN_STORE: ExitConfig = {
  company_prefixes: [],
  policies: { unknown_tag: 'alarm', offline_unsold: 'alarm', ask_edge_ms: 0 },
};

/** The answer to a gate. `as_of` is when the edge was last heard: what happened there since is unknown here. */
export interface GateDecision {
  id: string;
  decision: GateVerdict;
  epcs: EpcVerdict[];
  at: string;
  as_of?: string;
}

export interface JudgeContext {
  tag(epc: string): TagRecord | undefined;
  config(): ExitConfig | null;
  now(): number;
  link: { linked(): boolean; heardAtMs(): number | null };
}

/** Judges tags as things stand in memory. Asks nobody, records nothing, tells nobody. */
export class Judge {
  readonly #context: JudgeContext;

  constructor(context: JudgeContext) {
    this.#context = context;
  }

  get config(): ExitConfig {
    return this.#context.config() ?? UNKNOWN_STORE;
  }

  get linked(): boolean {
    return this.#context.link.linked();
  }

  /** The decision about tags, with changes laid over what is known. */
  judge(epcs: readonly string[], over: readonly TagChange[] = []): ExitDecision {
    const { company_prefixes, policies } = this.config;
    const changes = over.length === 0 ? null : new Map(over.map((change) => [change.epc, change]));
    return decideExit(
      epcs,
      (epc) => {
        const known = this.#context.tag(epc);
        const change = changes?.get(epc);
        return change === undefined ? known : (mergeTag(known, change) ?? known);
      },
      { companyPrefixes: company_prefixes, policies, linked: this.linked },
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
}
