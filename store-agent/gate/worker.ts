import { parentPort } from 'node:worker_threads';
import type { GateStart, ToGate } from './protocol.ts';
import { GateThread } from './thread.ts';

// The gate thread begins here; host.ts starts it and begins it anew when it dies. Its code is loaded before
// anybody knows what to start it with, so that a cold start waits for neither.

if (parentPort === null) throw new Error('this is the entry of a worker thread');
const port = parentPort;
let thread: GateThread | null = null;
port.on('message', (message: ToGate | { do: 'start'; start: GateStart }) => {
  if (message.do !== 'start') {
    thread?.hear(message);
    return;
  }
  thread = new GateThread(message.start, (told, transfer) => port.postMessage(told, transfer));
  void thread.open();
});
