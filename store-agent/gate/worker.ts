import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { GateStart, ToGate } from './protocol.ts';
import type { GateThread } from './thread.ts';

// The gate thread begins here; host.ts starts it and begins it anew when it dies. Its code is loaded before
// anybody knows what to start it with, and from the second start on comes compiled, so a gate waits for little.

if (parentPort === null) throw new Error('this is the entry of a worker thread');
const port = parentPort;
enableCompileCache();
const { GateThread: Thread } = await import('./thread.ts');
let thread: GateThread | null = null;
port.on('message', (message: ToGate | { do: 'start'; start: GateStart }) => {
  if (message.do !== 'start') {
    thread?.hear(message);
    return;
  }
  thread = new Thread(message.start, (told, transfer) => port.postMessage(told, transfer));
  void thread.open().then(() => flushCompileCache());
});
