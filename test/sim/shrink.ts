import { type WalkEnd, walk } from './walk.ts';

/**
 * The shortest beginning of so many steps that still fails, then without each one that the failure does not need: the
 * numbers of those that are left.
 */
export async function needed(
  drawn: number,
  fails: (steps: ReadonlySet<number>) => Promise<boolean>,
): Promise<number[]> {
  let kept = Array.from({ length: drawn }, (_, i) => i);
  for (let length = 1; length < drawn; length++) {
    const beginning = kept.slice(0, length);
    if (!(await fails(new Set(beginning)))) continue;
    kept = beginning;
    break;
  }
  for (const step of [...kept].reverse()) {
    const without = kept.filter((one) => one !== step);
    if (await fails(new Set(without))) kept = without;
  }
  return kept;
}

/** What a person reads of a walk that failed. */
export async function told({ seed, problems, drawn }: WalkEnd): Promise<string> {
  const kept = await needed(drawn, async (steps) => {
    const { problems: again } = await walk(seed, { keep: (step) => steps.has(step) });
    return again.length > 0;
  });
  const end = await walk(seed, { keep: (step) => kept.includes(step), traced: true });
  return [
    `walk ${seed} failed: ${problems.join('; ')}`,
    `repeat it whole with: npm run sim -- --walk ${seed}`,
    `${kept.length} of its ${drawn} steps are enough (${kept.join(', ')}):`,
    ...end.trace.map((line) => `  ${line}`),
    ...end.problems.map((problem) => `  ✗ ${problem}`),
  ].join('\n');
}
