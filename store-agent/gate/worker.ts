import { parentPort, workerData } from 'node:worker_threads';
import type { GateStart, ToGate } from './protocol.ts';
import { GateThread } from './thread.ts';

// The gate thread begins here; host.ts starts it and begins it anew when it dies.

if (parentPort === null) throw new Error('this is the entry of a worker thread');
const port = parentPort;
// What the host put in: both sides are of one build.
const start: GateStart = workerData;
const thread = new GateThread(start, (message, transfer) => port.postMessage(message, transfer));
port.on('message', (message: ToGate) => thread.hear(message));
await thread.open();
