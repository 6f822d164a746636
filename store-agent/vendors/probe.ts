import { type Exchange, readProbe } from '../../shared/eas/judge.ts';
import type { Probe, Step } from '../../shared/eas/profile.ts';
import type { Mark } from '../../shared/eas/request.ts';

/**
 * Asks what the vendor holds of these tags: its own words by EPC. A tag that it says nothing of is missing;
 * null where it did not answer at all.
 */
export async function probeStates(
  probe: Probe,
  marks: readonly Mark[],
  exchange: (step: Step, marks: readonly Mark[]) => Promise<Exchange>,
): Promise<Map<string, string> | null> {
  const states = new Map<string, string>();
  let answered = false;
  for (const group of probe.step.per === 'batch' ? [marks] : marks.map((one) => [one])) {
    const answer = await exchange(probe.step, group);
    if (answer.kind !== 'answer') continue;
    // Not there: the vendor knows no such tag, which is an answer.
    if (answer.status !== 404 && !probe.step.success.status.includes(answer.status)) continue;
    const read = answer.status === 404 ? new Map<string, string>() : readProbe(probe, group, answer.body);
    if (read === null) continue;
    answered = true;
    for (const [epc, state] of read) states.set(epc, state);
  }
  return answered ? states : null;
}
