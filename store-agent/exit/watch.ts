import type { GatePolicy } from '../../shared/config/store_config.ts';
import type { ExitDecision } from './decide.ts';
import { Latch } from './latch.ts';
import { Recent } from './recent.ts';

/** The same tags at the same state are one event for so long after the last sight of them. */
export const EVENT_MS = 5_000;
const REMEMBERED_TAGS_MAX = 20_000;
/** The longest time that a gate's rules may give a tag from one zone to the other. */
const CONFIRM_MS_MAX = 30_000;

export type Direction = 'in' | 'out';

/** One sight of one tag, as far as the gate tells. `rssi` is in dBm. */
export interface GateRead {
  epc: string;
  antenna?: number | undefined;
  rssi?: number | null | undefined;
}

/** Why a gate holds still about a tag that its answer speaks of. */
export type HeldBack = 'inward' | 'weak' | 'unconfirmed' | 'muted';

/** What a gate does about a decision: `act` moves the outputs, `fresh` tells whether it is an event to record. */
export interface Effect {
  act: 'alarm' | 'open' | 'none';
  fresh: boolean;
  /** The tags behind the act. */
  epcs: string[];
  held: { epc: string; why: HeldBack }[];
  /** Tags that are being carried in, for the first time in a while. */
  entered: string[];
}

type Zone = 'far' | 'near' | 'other';
interface Sight {
  farAtMs: number | null;
  nearAtMs: number | null;
}

/**
 * Watches one gate: direction, strength, confirmation by two zones, muting, and one event for the same tags.
 * Knows nothing of outputs or clocks; it decides what a decision comes to, and never what the answer is.
 */
export class GateWatch {
  readonly #latch = new Latch(EVENT_MS, REMEMBERED_TAGS_MAX);
  readonly #entered = new Latch(EVENT_MS, REMEMBERED_TAGS_MAX);
  readonly #sights = new Recent<Sight>(CONFIRM_MS_MAX, REMEMBERED_TAGS_MAX);

  weigh(
    message: { reads: readonly GateRead[]; direction?: Direction | undefined },
    decision: ExitDecision,
    policy: GatePolicy,
    now: { ms: number; muted: boolean },
  ): Effect {
    const held: Effect['held'] = [];
    const entered: string[] = [];
    const alarming: number[] = [];
    const passing: number[] = [];
    const alarms = new Set(decision.alarming);
    const sights = sightsOf(message.reads, policy);
    decision.epcs.forEach(({ epc, status }, at) => {
      if (status === 'foreign' && !alarms.has(epc)) return;
      const why = this.#hold(epc, sights(epc), message.direction, policy, now.ms);
      const mute = why === null && now.muted && alarms.has(epc) ? 'muted' : why;
      if (mute !== null) held.push({ epc, why: mute });
      if (mute === 'inward' && this.#entered.isNew(epc, now.ms)) entered.push(epc);
      if (mute !== null) return;
      (alarms.has(epc) ? alarming : passing).push(at);
    });
    const opens = alarming.length === 0 && passing.length > 0 && this.#mayOpen(decision);
    const act = alarming.length > 0 ? 'alarm' : opens ? 'open' : 'none';
    const behind = act === 'alarm' ? alarming : act === 'open' ? passing : [];
    let fresh = false;
    const epcs = behind.map((at) => {
      const epc = decision.epcs[at]?.epc ?? '';
      // A tag that came back has a higher revision: it is news again, and so is one that was sold. Only tags
      // behind the act count: a paid tag beside an alarm makes no second alarm of it, nor is its passing told.
      if (this.#latch.isNew(`${epc} ${decision.revs[at]} ${act}`, now.ms)) fresh = true;
      return epc;
    });
    return { act, fresh, epcs, held, entered };
  }

  /** Something sold (or let go offline) passes; a tag that is unknown and ignored opens nothing. */
  #mayOpen(decision: ExitDecision): boolean {
    return decision.epcs.some(({ status }) => status === 'sold' || status === 'unsold');
  }

  #hold(
    epc: string,
    reads: readonly GateRead[],
    tellsDirection: Direction | undefined,
    policy: GatePolicy,
    nowMs: number,
  ): HeldBack | null {
    const { zones, rssi_min } = policy;
    const told = tellsDirection ?? policy.direction;
    const zone = zones === undefined ? null : this.#follow(epc, reads, zones, nowMs);
    const direction = told ?? zone?.direction;
    if (direction === 'in') return 'inward';
    if (rssi_min !== undefined && reads.every(({ rssi }) => rssi != null && rssi < rssi_min)) return 'weak';
    return zone === null || zone.confirmed ? null : 'unconfirmed';
  }

  /** Where a tag was and is. A read that names no antenna cannot be told apart, and counts as confirmed. */
  #follow(
    epc: string,
    reads: readonly GateRead[],
    zones: NonNullable<GatePolicy['zones']>,
    nowMs: number,
  ): { direction?: Direction; confirmed: boolean } {
    if (reads.some(({ antenna }) => antenna === undefined)) return { confirmed: true };
    const zoneOf = (antenna: number): Zone =>
      zones.far.includes(antenna) ? 'far' : zones.near.includes(antenna) ? 'near' : 'other';
    const was = this.#sights.get(epc) ?? { farAtMs: null, nearAtMs: null };
    const since = (at: number | null): number | null =>
      at !== null && nowMs - at <= zones.confirm_ms ? at : null;
    const far = since(was.farAtMs);
    const near = since(was.nearAtMs);
    let isFar = false;
    let isNear = false;
    let isStrong = false;
    for (const { antenna, rssi } of reads) {
      const zone = zoneOf(antenna ?? -1);
      if (zone === 'far') isFar = true;
      if (zone !== 'near') continue;
      isNear = true;
      if (zones.near_rssi_min === undefined || rssi == null || rssi >= zones.near_rssi_min) isStrong = true;
    }
    // The first sight of each zone stands while the tag stays; the order of those is the way it went.
    const sight: Sight = {
      farAtMs: far ?? (isFar ? nowMs : null),
      nearAtMs: near ?? (isNear ? nowMs : null),
    };
    this.#sights.set(epc, sight, nowMs);
    const inward = near !== null && sight.farAtMs !== null && near < sight.farAtMs;
    if (inward) return { direction: 'in', confirmed: false };
    return { confirmed: isNear && isStrong && sight.farAtMs !== null };
  }
}

/** The sights of each tag, sorted out only where a rule looks at them: a bag may hold hundreds. */
function sightsOf(reads: readonly GateRead[], policy: GatePolicy): (epc: string) => readonly GateRead[] {
  if (reads.length === 1 || (policy.zones === undefined && policy.rssi_min === undefined)) return () => reads;
  const byEpc = new Map<string, GateRead[]>();
  for (const read of reads) {
    const list = byEpc.get(read.epc);
    if (list === undefined) byEpc.set(read.epc, [read]);
    else list.push(read);
  }
  return (epc) => byEpc.get(epc) ?? [];
}
