import type { ChildProcess } from 'node:child_process';
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
  const { p50, max } = figuresOf(samples);
  return (
    `\nCold start with ${TAGS.toLocaleString('en')} tags on disk, ${STARTS} starts: first decision on the wire after ` +
    `${p50.toFixed(0)} ms (median; slowest ${max.toFixed(0)}), the whole agent ready after ${figuresOf(ready).p50.toFixed(0)} ms`
  );
}
