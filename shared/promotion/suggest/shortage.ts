/**
 * How many units of each group's need the basket meets, no unit twice where groups overlap: as many as can be
 * met in all, the groups in their order first. `count` tells how many units a run has.
 */
export function presentOf(
  needs: readonly number[],
  members: readonly (readonly number[])[],
  count: (run: number) => number,
): number[] {
  if (!overlap(members)) {
    return needs.map((need, g) => {
      let present = 0;
      for (const run of members[g] ?? []) {
        if (present >= need) break;
        present += count(run);
      }
      return Math.min(need, present);
    });
  }
  return flow(needs, members, count);
}

function overlap(members: readonly (readonly number[])[]): boolean {
  if (members.length < 2) return false;
  const seen = new Set<number>();
  for (const runs of members) {
    for (const run of runs) {
      if (seen.has(run)) return true;
      seen.add(run);
    }
  }
  return false;
}

/** One unit after another along augmenting paths. */
function flow(
  needs: readonly number[],
  members: readonly (readonly number[])[],
  count: (run: number) => number,
): number[] {
  const given = needs.map(() => new Map<number, number>());
  const used = new Map<number, number>();
  const add = (counts: Map<number, number> | undefined, run: number, by: number) =>
    counts?.set(run, (counts.get(run) ?? 0) + by);
  const place = (g: number, visited: Set<number>): boolean => {
    for (const run of members[g] ?? []) {
      if (visited.has(run)) continue;
      visited.add(run);
      if ((used.get(run) ?? 0) < count(run)) {
        add(used, run, 1);
        add(given[g], run, 1);
        return true;
      }
      for (let other = 0; other < needs.length; other++) {
        if (other === g || (given[other]?.get(run) ?? 0) === 0 || !place(other, visited)) continue;
        add(given[other], run, -1);
        add(given[g], run, 1);
        return true;
      }
    }
    return false;
  };
  return needs.map((need, g) => {
    let present = 0;
    while (present < need && place(g, new Set())) present++;
    return present;
  });
}
