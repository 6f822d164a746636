import { decodeSgtin96, Epc } from '../../shared/catalog/epc.ts';
import type { UnknownPolicy } from '../../shared/config/store_config.ts';

export type EpcStatus = 'sold' | 'unsold' | 'unknown' | 'foreign';
export type GateVerdict = 'open' | 'alarm' | 'ignore';

export interface EpcVerdict {
  epc: string;
  status: EpcStatus;
  order_id?: string;
  name?: string;
}

export interface KnownTag {
  status: 'sold' | 'unsold';
  rev: number;
  order_id: string | null;
  name: string | null;
}

export interface ExitRules {
  /** GS1 company prefixes of the retailer's own tags. */
  companyPrefixes: readonly string[];
  unknown: UnknownPolicy;
  offlineUnsold: 'alarm' | 'open';
  /** Whether the edge can be heard: only then does the agent know of every return and sale. */
  linked: boolean;
}

export interface ExitDecision {
  decision: GateVerdict;
  epcs: EpcVerdict[];
  /** The tags that made it an alarm; empty otherwise. */
  alarming: string[];
  /** The revision behind each of `epcs`, in their order; 0 where the tag is not known. */
  revs: number[];
}

/**
 * What a gate does about the tags it read. Alarm if one of them is unsold, or unknown but one of ours where
 * the policy says so; else open if one is sold; else ignore: other shops' tags walk through every door.
 * With the line cut, an unsold tag counts as the store's policy for that says. Repeated tags count once.
 */
export function decideExit(
  epcs: readonly string[],
  known: (epc: string) => KnownTag | undefined,
  rules: ExitRules,
): ExitDecision {
  const verdicts: EpcVerdict[] = [];
  const alarming: string[] = [];
  const revs: number[] = [];
  let passes = false;
  for (const epc of epcs.length === 1 ? epcs : new Set(epcs)) {
    const tag = known(epc);
    const verdict = verdictOf(epc, tag, rules.companyPrefixes);
    verdicts.push(verdict);
    revs.push(tag?.rev ?? 0);
    if (alarms(verdict.status, rules)) alarming.push(epc);
    else if (verdict.status === 'sold' || verdict.status === 'unsold') passes = true;
  }
  const decision = alarming.length > 0 ? 'alarm' : passes ? 'open' : 'ignore';
  return { decision, epcs: verdicts, alarming, revs };
}

function alarms(status: EpcStatus, { unknown, offlineUnsold, linked }: ExitRules): boolean {
  if (status === 'unsold') return linked || offlineUnsold === 'alarm';
  if (status === 'unknown') return unknown !== 'ignore';
  return status === 'foreign' && unknown === 'alarm';
}

function verdictOf(epc: string, tag: KnownTag | undefined, companyPrefixes: readonly string[]): EpcVerdict {
  if (tag === undefined) return { epc, status: isOurs(epc, companyPrefixes) ? 'unknown' : 'foreign' };
  return {
    epc,
    status: tag.status,
    ...(tag.order_id === null ? {} : { order_id: tag.order_id }),
    ...(tag.name === null ? {} : { name: tag.name }),
  };
}

/**
 * Whether an SGTIN-96 bears one of our company prefixes. The digits are compared across the tag's own split
 * into prefix and item reference: some encoders get the split wrong, and it is still our item.
 */
export function isOurs(epc: string, companyPrefixes: readonly string[]): boolean {
  const parsed = Epc.safeParse(epc);
  if (!parsed.success) return false;
  const sgtin = decodeSgtin96(parsed.data);
  if (!sgtin.ok) return false;
  const digits = sgtin.value.companyPrefix + sgtin.value.itemReference.slice(1);
  return companyPrefixes.some((prefix) => digits.startsWith(prefix));
}
