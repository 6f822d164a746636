import type { Env } from '../env.ts';
import type { Dispatch } from './drive_jobs.ts';

/** The real world: the platform's fetch and the Worker's secrets. */
export const dispatchOf = (env: Env): Dispatch => ({
  http: (request) => fetch(request),
  secret: (ref) => (isSecretRef(ref) ? env[ref] : undefined),
  demo: env.DEMO === '1',
  now: () => Date.now(),
});

const isSecretRef = (ref: string): ref is `FULFILMENT_${string}` => ref.startsWith('FULFILMENT_');
