import { type ChildProcess, spawnSync } from 'node:child_process';
import { figuresOf } from '../stats.ts';
import { heard, startAgentProcess } from './processes.ts';
import { TAGS } from './store_of_tags.ts';

const STARTS = 5;

/** From the start of the process to its first decision on the wire: the reader has a sold tag in its field. */
export async function measureColdStart(
  config: string,
  reader: { child: ChildProcess },
  say: (text: string) => void,
): Promise<string> {
  const samples: number[] = [];
  const ready: number[] = [];
  for (let n = 0; n < STARTS; n++) {
    say(`cold start ${n + 1} of ${STARTS} …`);
    reader.child.send('tell first command');
    const first = heard<number>(reader.child, 'firstCommandAt');
    const began = Date.now();
    const agent = await startAgentProcess(config);
    ready.push(agent.readyMs);
    samples.push((await first) - began);
    agent.child.kill('SIGTERM');
    await new Promise((resolve) => agent.child.once('exit', resolve));
  }
  const bare = Array.from({ length: STARTS }, bareStartMs);
  const { p50, max } = figuresOf(samples);
  return (
    `\nCold start with ${TAGS.toLocaleString('en')} tags on disk, ${STARTS} starts: first decision on the wire after ` +
    `${p50.toFixed(0)} ms (median; slowest ${max.toFixed(0)}), the whole agent ready after ${figuresOf(ready).p50.toFixed(0)} ms; ` +
    `floor: a Node process that imports zod and opens a database, ${figuresOf(bare).p50.toFixed(0)} ms`
  );
}

/** What any agent written like this one has to do at the least. */
function bareStartMs(): number {
  const script =
    "import 'zod'; import('node:sqlite').then(({ DatabaseSync }) => new DatabaseSync(':memory:'));";
  const began = performance.now();
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
  return performance.now() - began;
}
