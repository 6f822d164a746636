import { ok, type Result } from '../../shared/result.ts';
import type { RequestFailure } from './answer.ts';
import { type LlrpVersion, Version } from './codec/frame.ts';
import type { LlrpConnection } from './connection.ts';

/** A reader of 1.0.1 that does not know the question may also say nothing; it is not waited for longer. */
const SILENCE_MAX_MS = 1_000;

/**
 * Agrees on a version (LLRP 1.1 section 9). The question goes out as 1.1; a reader of 1.0.1 refuses it with
 * M_UnsupportedVersion, or in a way of its own, and is then spoken to in 1.0.1. `takenBadly` is called when it
 * went silent or hung up over the question: each time would cost the gate a second, so it is asked no more.
 */
export async function negotiateVersion(
  connection: LlrpConnection,
  timeoutMs: number,
  takenBadly: () => void,
): Promise<Result<null, RequestFailure>> {
  connection.version = Version.v1_1;
  const waitMs = Math.min(timeoutMs, SILENCE_MAX_MS);
  const supported = await connection.ask('GetSupportedVersion', {}, [], waitMs);
  connection.version = Version.v1_0_1;
  if (!supported.ok) {
    const { code } = supported.error;
    if (code === 'closed' || code === 'timeout') takenBadly();
    return code === 'closed' ? supported : ok(null);
  }
  if (supported.value.name !== 'GetSupportedVersionResponse') return ok(null);
  const { CurrentVersion: current, MaxSupportedVersion: highest } = supported.value.fields;
  if (current === Version.v1_1) connection.version = Version.v1_1;
  else if (highest >= Version.v1_1) return setVersion(connection, Version.v1_1, timeoutMs);
  return ok(null);
}

/** A reader that refuses after all stays where it is. */
async function setVersion(
  connection: LlrpConnection,
  version: LlrpVersion,
  timeoutMs: number,
): Promise<Result<null, RequestFailure>> {
  connection.version = version;
  const set = await connection.ask('SetProtocolVersion', { TargetVersion: version }, [], timeoutMs);
  if (set.ok) return ok(null);
  connection.version = Version.v1_0_1;
  return set.error.code === 'refused' ? ok(null) : set;
}
