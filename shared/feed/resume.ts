import { FEED_VERSIONS_SPOKEN } from './frames.ts';

/**
 * How an agent that says hello is brought up to date. A cursor counts only within its own epoch (the
 * object's storage is younger otherwise), never above the head, and never below the kept log.
 */
export function resumeOf(
  hello: { v: number; epoch: string | null; cursor: number },
  log: { epoch: string; head: number; oldestKept: number },
): 'log' | 'snapshot' | 'unsupported_version' {
  if (!FEED_VERSIONS_SPOKEN.includes(hello.v)) return 'unsupported_version';
  if (hello.epoch !== log.epoch) return 'snapshot';
  if (hello.cursor > log.head) return 'snapshot';
  if (hello.cursor + 1 < log.oldestKept) return 'snapshot';
  return 'log';
}
