import { parseArgs } from 'node:util';
import { runDays } from './days.ts';
import { type Counts, runWalks } from './run_walks.ts';
import { told } from './shrink.ts';
import { spawnWalks } from './spawn_walks.ts';
import { walk } from './walk.ts';

// npm run sim -- --seed N --days D: a shop for so many virtual days.
// npm run sim -- --walks COUNT [--seed FIRST] [--processes P]: so many walks of one trip each.
// npm run sim -- --walk SEED: that walk again, with all that happened in it.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '1' },
    walks: { type: 'string' },
    walk: { type: 'string' },
    processes: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

// What the code would log of a provider that does not answer is what every second walk is about.
console.error = () => undefined;
const print = (text: string) => process.stdout.write(`${text}\n`);
const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`not a whole number: ${text}\n`);
  process.exit(2);
};

const seed = whole(values.seed);
if (values.walk !== undefined) process.exitCode = await again(whole(values.walk));
else if (values.walks !== undefined) process.exitCode = await many(whole(values.walks));
else process.exitCode = await shop(whole(values.days));

async function again(one: number): Promise<number> {
  const end = await walk(one, { traced: true });
  for (const line of end.trace) print(line);
  print(end.problems.length === 0 ? `walk ${one}: order ${end.order}, nothing is wrong` : await told(end));
  return end.problems.length === 0 ? 0 : 1;
}

async function many(walks: number): Promise<number> {
  const began = performance.now();
  const processes = whole(values.processes);
  const counts = processes > 1 ? await spawnWalks(seed, walks, processes) : await runWalks(seed, walks);
  const seconds = (performance.now() - began) / 1_000;
  if (values.json) print(JSON.stringify(counts));
  else report(counts, seconds);
  return counts.failures.length === 0 ? 0 : 1;
}

function report(counts: Counts, seconds: number): void {
  for (const failure of counts.failures) print(`${failure}\n`);
  for (const table of ['orders', 'attempts', 'incidents', 'sessions'] as const)
    print(`${table}: ${listed(counts[table])}`);
  const rate = Math.round(counts.walks / seconds);
  print(`${counts.walks} walks from seed ${seed} on, ${counts.failures.length} failed, ${rate} a second`);
}

async function shop(days: number): Promise<number> {
  const began = performance.now();
  const { problems, counts, incidents, checked } = await runDays(seed, days);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  print(`a shop with seed ${seed}: ${days} virtual days in ${seconds} s`);
  print(listed(counts));
  print(`incidents: ${listed(incidents) || 'none'}`);
  for (const what of checked) print(`checked: ${what}`);
  if (problems.length === 0) print('every check holds');
  for (const problem of problems) print(`✗ ${problem}`);
  if (problems.length > 0) print(`repeat it with: npm run sim -- --seed ${seed} --days ${days}`);
  return problems.length === 0 ? 0 : 1;
}

function listed(table: Record<string, number>): string {
  return Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${what} ${times}`)
    .join(', ');
}
