import type { GatePolicy, StorePolicies } from '../../shared/config/store_config.ts';
import { mergeTag, type TagChange, type TagRecord } from '../state/tag_book.ts';
import { decideExit, type EpcVerdict, type ExitDecision, type GateVerdict } from './decide.ts';

/** What of a store's configuration the exit decision reads. */
export interface ExitConfig {
  company_prefixes: readonly string[];
  policies: Pick<
    StorePolicies,
    'unknown_tag' | 'unknown_policy' | 'offline_unsold' | 'ask_edge_ms' | 'grace_ms' | 'gates'
  >;
}

/** Before the first link to the edge nothing is known of the store, and nothing passes. */
const UNKNOWN_STORE: ExitConfig = {
  company_prefixes: [],
  policies: { unknown_tag: 'alarm', offline_unsold: 'alarm', ask_edge_ms: 0, grace_ms: 0, gates: {} },
};

const ANY_GATE: GatePolicy = {};
/** The first names of the policy, which stored configurations bear: `alarm` meant our own tags. */
const STORED_NAMES = { alarm: 'retailer_prefix_only', ignore: 'ignore' } as const;

/** The answer to a gate. `as_of` is when the edge was last heard: what happened there since is unknown here. */
export interface GateDecision {
  id: string;
  decision: GateVerdict;
  epcs: EpcVerdict[];
  /** Why a pass does not open although its tags are paid for: staff must look into the bag first. */
  reason?: 'verification_pending';
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

  /** The rules of one gate alone. */
  gate(gateId: string | null): GatePolicy {
    const { gates } = this.config.policies;
    return (
      (gateId === null ? undefined : Object.entries(gates).find(([id]) => id === gateId)?.[1]) ?? ANY_GATE
    );
  }

  graceMs(gateId: string): number {
    return this.gate(gateId).grace_ms ?? this.config.policies.grace_ms;
  }

  /** The decision about tags at a gate (null: at none), with changes laid over what is known. */
  judge(
    epcs: readonly string[],
    gateId: string | null = null,
    over: readonly TagChange[] = [],
  ): ExitDecision {
    const { company_prefixes, policies } = this.config;
    const gate = this.gate(gateId);
    const changes = over.length === 0 ? null : new Map(over.map((change) => [change.epc, change]));
    return decideExit(
      epcs,
      (epc) => {
        const known = this.#context.tag(epc);
        const change = changes?.get(epc);
        return change === undefined ? known : (mergeTag(known, change) ?? known);
      },
      {
        companyPrefixes: company_prefixes,
        unknown: gate.unknown_policy ?? policies.unknown_policy ?? STORED_NAMES[policies.unknown_tag],
        offlineUnsold: gate.offline_unsold ?? policies.offline_unsold,
        linked: this.linked,
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
}
