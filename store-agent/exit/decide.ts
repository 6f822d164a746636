import { decodeSgtin96, Epc } from '../../shared/catalog/epc.ts';
import type { StorePolicies } from '../../shared/config/store_config.ts';

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
  order_id: string | null;
  name: string | null;
}

export interface ExitRules {
  /** GS1 company prefixes of the retailer's own tags. */
  companyPrefixes: readonly string[];
  policies: Pick<StorePolicies, 'unknown_tag' | 'offline_unsold'>;
  /** Whether the edge can be heard: only then does the agent know of every return and sale. */
  linked: boolean;
}

export interface ExitDecision {
  decision: GateVerdict;
  epcs: EpcVerdict[];
  /** The tags that made it an alarm; empty otherwise. */
  alarming: string[];
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
  let passes = false;
  for (const epc of new Set(epcs)) {
    const verdict = verdictOf(epc, known(epc), rules.companyPrefixes);
    verdicts.push(verdict);
    if (alarms(verdict.status, rules)) alarming.push(epc);
    else if (verdict.status === 'sold' || verdict.status === 'unsold') passes = true;
  }
  return { decision: alarming.length > 0 ? 'alarm' : passes ? 'open' : 'ignore', epcs: verdicts, alarming };
}

function alarms(status: EpcStatus, { policies, linked }: ExitRules): boolean {
  if (status === 'unsold') return linked || policies.offline_unsold === 'alarm';
  return status === 'unknown' && policies.unknown_tag === 'alarm';
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
