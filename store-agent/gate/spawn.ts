import { Worker } from 'node:worker_threads';

/** A gate thread that loads its code and waits to be told what to do. */
export const spawnGate = (): Worker => new Worker(new URL('./worker.ts', import.meta.url));
