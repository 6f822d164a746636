import { parentPort, workerData } from 'node:worker_threads';
import type { TagMemory } from './layout.ts';
import { TagReader } from './reader.ts';

// The other thread of packed.test.ts: reads tags as fast as it can and says what it saw that cannot be.

const { memory, epcs, firstKnown } = workerData as { memory: TagMemory; epcs: string[]; firstKnown: number };
let reader = new TagReader(memory);
let stopping = false;
let reads = 0;
const wrong: string[] = [];
const known = new Set(epcs.slice(0, firstKnown));
const lastRev = new Map<string, number>();

parentPort?.on('message', (message: TagMemory | 'stop') => {
  if (message === 'stop') stopping = true;
  else {
    reader = new TagReader(message);
    parentPort?.postMessage({ taken: message.generation });
  }
});

function look(): void {
  for (let n = 0; n < 20_000; n++) {
    const epc = epcs[(reads * 7919) % epcs.length] ?? '';
    reads += 1;
    const tag = reader.get(epc);
    if (tag === undefined) {
      if (known.has(epc)) wrong.push(`${epc} was known and is not`);
      continue;
    }
    known.add(epc);
    const before = lastRev.get(epc) ?? 0;
    if (tag.rev < before) wrong.push(`${epc} went from ${before} back to ${tag.rev}`);
    lastRev.set(epc, tag.rev);
    // The writer makes everything of a tag from its revision.
    if ((tag.rev % 2 === 0) !== (tag.status === 'sold')) wrong.push(`${epc} is ${tag.status} at ${tag.rev}`);
    if (tag.name !== `name ${tag.rev % 5}`) wrong.push(`${epc} is called ${tag.name} at ${tag.rev}`);
    const order = `ord_00000000-0000-7000-8000-${(tag.rev % 9).toString(16).padStart(12, '0')}`;
    if (tag.order_id !== order) wrong.push(`${epc} has order ${tag.order_id} at ${tag.rev}`);
  }
  if (stopping || wrong.length > 5) parentPort?.postMessage({ reads, wrong });
  else setImmediate(look);
}
parentPort?.postMessage({ started: true });
look();
