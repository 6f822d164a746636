import type { PrintOutcome } from '../../hardware/port.ts';
import type { PrintChange, PrintJob, PrintStatus } from '../state/print_jobs.ts';

export const PRINT_RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;
export const RECEIPT_RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
/** After this long nobody stands at the printer any more. */
export const PRINT_GIVE_UP_MS = 3_600_000;

/**
 * What becomes of a job after its printer has spoken. A proven failure is tried again, because not one byte
 * was printed; a doubt is final until someone asks, because paper may have moved.
 */
export function afterOutcome(
  job: Pick<PrintJob, 'attempts' | 'created_at'>,
  outcome: PrintOutcome,
  nowMs: number,
): PrintChange & { status: PrintStatus } {
  switch (outcome.result) {
    case 'printed':
      return { status: 'printed', reason: null, detail: null };
    case 'doubtful':
      return { status: 'doubtful', reason: outcome.reason, detail: outcome.detail };
    case 'failed': {
      const why = { reason: outcome.reason, detail: outcome.detail };
      if (nowMs - job.created_at >= PRINT_GIVE_UP_MS) return { status: 'failed', ...why };
      return { status: 'queued', ...why, retry_at: nowMs + delayOf(PRINT_RETRY_MS, job.attempts) };
    }
  }
}

/** The delay after the `attempts`-th try (1-based); the last one repeats. */
export function delayOf(delays: readonly number[], attempts: number): number {
  return delays[Math.min(Math.max(attempts, 1), delays.length) - 1] ?? 0;
}

/** What becomes of a job that an ended process left behind: bytes may have left, so it is never sent again by itself. */
export function afterRestart(): PrintChange & { status: PrintStatus } {
  return {
    status: 'doubtful',
    reason: 'disconnected',
    detail: 'The agent ended while this was being printed.',
  };
}

const LIVE: ReadonlySet<PrintStatus> = new Set<PrintStatus>(['waiting', 'queued', 'printing']);
const ON_PAPER: ReadonlySet<PrintStatus> = new Set<PrintStatus>(['printed', 'doubtful']);

/**
 * Whether asking for an order's paper makes a job, given the order's jobs so far (newest first). A live job
 * is the one that was asked for; a paper that came out, or may have, comes again only as a copy.
 */
export function orderPrint<J extends { status: PrintStatus }>(
  jobs: readonly J[],
  copyAsked: boolean,
): { make: false; job: J } | { make: true; copy: boolean } {
  const live = jobs.find((job) => LIVE.has(job.status));
  if (live !== undefined) return { make: false, job: live };
  const onPaper = jobs.find((job) => ON_PAPER.has(job.status));
  if (onPaper !== undefined && !copyAsked) return { make: false, job: onPaper };
  return { make: true, copy: copyAsked };
}

/** How a job is asked for again: not while it lives, and as a copy unless it is proven that nothing came out. */
export function reprintOf(status: PrintStatus): { allowed: boolean; copy: boolean } {
  return {
    allowed: status === 'printed' || status === 'doubtful' || status === 'failed',
    copy: status !== 'failed',
  };
}
