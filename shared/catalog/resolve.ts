import { localDateTime } from '../basket/local_time.ts';
import { ScanPolicy } from '../config/scan_policy.ts';
import type { StoreConfig } from '../config/store_config.ts';
import { err, type Result } from '../result.ts';
import { byElementString } from './attempts/element_string.ts';
import { byExactCode } from './attempts/exact_code.ts';
import { byGtinCode } from './attempts/gtin_code.ts';
import { byMarkdownLabel } from './attempts/markdown.ts';
import { byPass } from './attempts/no_item.ts';
import { byPlu } from './attempts/plu.ts';
import { bySuffix } from './attempts/suffix.ts';
import { byTag } from './attempts/tag.ts';
import { byValueCode } from './attempts/value_code.ts';
import { bad } from './find.ts';
import type {
  Answer,
  Attempt,
  CodeLookup,
  ItemRef,
  PassKind,
  Resolution,
  ScanError,
  ScanRules,
  Verdict,
} from './resolution.ts';
import { cleanScan, type ScanInput } from './scan.ts';

export type Step =
  | 'exact_code'
  | 'pass'
  | 'tag'
  | 'markdown_label'
  | 'element_string'
  | 'value_code'
  | 'gtin'
  | 'plu'
  | 'legacy_suffix';

/**
 * What a scanned text names. Hygiene (`scan.ts`) comes first; then the attempts stand in this order, and the first
 * that recognises the text decides. A code of the catalogue therefore wins over whatever it looks like, and a
 * markdown label is known by its letters before anything strips a digit.
 */
const ATTEMPTS: readonly { step: Step; attempt: Attempt }[] = [
  { step: 'exact_code', attempt: byExactCode },
  { step: 'pass', attempt: byPass },
  { step: 'tag', attempt: byTag },
  { step: 'markdown_label', attempt: byMarkdownLabel },
  { step: 'element_string', attempt: byElementString },
  { step: 'value_code', attempt: byValueCode },
  { step: 'gtin', attempt: byGtinCode },
  { step: 'plu', attempt: byPlu },
  { step: 'legacy_suffix', attempt: bySuffix },
];

/** Hears how a text was understood, step by step; the resolver itself tells it, so it cannot say otherwise. */
export interface Listener<R extends ItemRef> {
  cleaned(reading: ReturnType<typeof cleanScan>): void;
  tried(step: Step, verdict: Verdict<R>): void;
}

/**
 * Resolves one scan. A text that is damaged or cannot be told apart is `bad_code`; a sound one that nobody sells is
 * `unknown_item`. Payloads that are no item come back as what they are.
 */
export function resolve<R extends ItemRef>(
  input: ScanInput,
  lookup: CodeLookup<R>,
  rules: ScanRules,
  listener?: Listener<R>,
): Answer<R> {
  const reading = cleanScan(input, rules.policy.max_length);
  listener?.cleaned(reading);
  if (!reading.ok) return bad(reading.error);
  for (const { step, attempt } of ATTEMPTS) {
    const verdict = attempt(reading.value, { lookup, rules });
    listener?.tried(step, verdict);
    if (typeof verdict !== 'string') return verdict;
  }
  return err({ code: 'unknown_item' });
}

export type ItemRefusal<R extends ItemRef = ItemRef> = ScanError<R> | { code: 'no_item'; kind: PassKind };

/** For a basket: a payload that names no item is refused by its kind, which is its own class of error. */
export function resolveItem<R extends ItemRef>(
  input: ScanInput,
  lookup: CodeLookup<R>,
  rules: ScanRules,
): Result<Resolution<R>, ItemRefusal<R>> {
  const answer = resolve(input, lookup, rules);
  if (!answer.ok) return answer;
  const { value } = answer;
  return value.kind === 'item' ? { ok: true, value } : err({ code: 'no_item', kind: value.kind });
}

/** A configuration that was stored by an older build says nothing of scans, or less than we ask. */
export function scanRules(
  config: Pick<StoreConfig, 'currency' | 'timezone'> & {
    policies: { scan?: Partial<ScanPolicy> | undefined };
  },
  nowMs: number,
): ScanRules {
  return {
    policy: ScanPolicy.parse(config.policies.scan ?? {}),
    currency: config.currency,
    now_local: localDateTime(nowMs, config.timezone),
  };
}
