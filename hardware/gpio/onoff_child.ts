import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openOnoffLine } from './onoff_line.ts';

// One line of the host, driven by `onoff` in a process of its own: the module's native part loads in the main
// thread of a process only, and gates' lines are driven from a thread. A line `1` or `0` on the standard input
// is a level; its end is the end of the agent, however that came, and the line goes to its fail-safe level.

const Options = z.object({
  chip: z.string(),
  line: z.number(),
  activeLow: z.boolean().optional(),
  failSafe: z.boolean(),
  sysfsRoot: z.string().optional(),
  /** Another module in place of onoff, by its address. */
  module: z.string().optional(),
});

const { module, activeLow, sysfsRoot, ...place } = Options.parse(JSON.parse(process.argv[2] ?? ''));
const line = openOnoffLine(
  {
    ...place,
    ...(activeLow === undefined ? {} : { activeLow }),
    ...(sysfsRoot === undefined ? {} : { sysfsRoot }),
    ...(module === undefined ? {} : { loadModule: () => import(module) }),
  },
  { now: Date.now, log: () => {} },
);
const tell = (): void => {
  const { state, detail } = line.health();
  process.stdout.write(`${JSON.stringify({ state, detail })}\n`);
};
line.onHealth(tell);
// Whoever started us may be gone; the level is what counts then.
process.stdout.on('error', () => {});
process.on('SIGTERM', () => {});
for await (const word of createInterface({ input: process.stdin })) {
  await line.set(word === '1');
  tell();
}
await line.close();
process.exit(0);
