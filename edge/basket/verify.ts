import type { Basket, DecideVerification, Verification } from '../../shared/api/basket.ts';
import { settleChildren } from '../../shared/basket/children.ts';
import { coveredBy, isNeeded, rejectedLines, verificationNeed } from '../../shared/basket/verification.ts';
import { ok, type Result } from '../../shared/result.ts';
import { single } from '../store/sql.ts';
import { answerBasket } from './answer.ts';
import { addDuty } from './duty.ts';
import type { Memory } from './idempotency.ts';
import { closedTo, openBasket } from './open_basket.ts';
import type { Refusal, StaffCaller } from './port.ts';
import { NO_PROGRAMS, price } from './price.ts';
import { audit, basketOf, linesOf } from './rows.ts';
import { perform } from './settle.ts';
import { refuse, type Trip } from './trip.ts';
import { needOf, pendingOf, verificationAt } from './verification_rows.ts';
import { writeLines } from './write_lines.ts';

/** Characters that nobody mistakes for one another, read aloud or from a cracked screen. */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const CODE_CHARACTERS = 6;
/** Checks that one basket may ask for in a while: each of them calls somebody of the staff. */
const OPENED_MAX = 10;
const OPENED_WITHIN_MS = 10 * 60_000;

/** Six characters for people to compare. They open nothing, so that they may repeat does no harm. */
export const displayCode = (random: Uint8Array): string =>
  Array.from(random.slice(0, CODE_CHARACTERS), (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');

/** Calls staff to this basket; while they are on their way, again answers the same. */
export async function openVerification(trip: Trip, memory: Memory): Promise<Result<Verification, Refusal>> {
  const { sql } = trip;
  const frozen = closedTo(trip);
  if (frozen !== null) return frozen;
  const now = trip.now();
  const lines = linesOf(sql);
  const need = needOf(basketOf(sql), lines);
  if (!isNeeded(need)) return refuse('verification_not_needed');
  const standing = verificationAt(sql, need, lines, now);
  if (standing.status === 'approved') return refuse('verification_not_needed');
  const { n } = single<{ n: number }>(
    sql,
    'SELECT count(*) AS n FROM verification WHERE opened_at > ?',
    now - OPENED_WITHIN_MS,
  );
  if (standing.status !== 'pending' && n >= OPENED_MAX)
    return refuse('rate_limited', 'Staff were called to this basket too often.');
  const opened = trip.write(() => {
    if (standing.status !== 'pending') {
      const code = displayCode(crypto.getRandomValues(new Uint8Array(CODE_CHARACTERS)));
      sql.exec(`INSERT INTO verification (code, status, opened_at) VALUES (?, 'pending', ?)`, code, now);
      addDuty(sql, 'verify', '', now);
      audit(sql, now, 'verification_opened', { code, need });
    }
    const answer = verificationAt(sql, need, lines, now);
    memory.keep(answer);
    return ok(answer);
  });
  await perform(trip, 'verify');
  return opened;
}

/**
 * What staff of the store say of the basket as it stands. Only their token can say it: the shopper's own call has
 * another type. An approval is for this age and these reasons; a rejection takes the restricted lines out.
 */
export async function decideVerification(
  trip: Trip,
  staff: StaffCaller,
  verdict: 'approved' | 'rejected',
  request: DecideVerification,
  memory: Memory,
): Promise<Result<Basket, Refusal>> {
  const open = await openBasket(trip, { fresh: true });
  if (!open.ok) return open;
  const { shelf, config } = open.value;

  const { sql } = trip;
  const now = trip.now();
  const pending = pendingOf(sql);
  if (pending === null) return refuse('verification_not_open');
  const { basket_id, revision, lines_made } = basketOf(sql);
  if (request.revision !== undefined && request.revision !== revision) return refuse('precondition_failed');
  const before = linesOf(sql);
  const policy = config.policies.basket.verification;
  const need = verificationNeed(before, policy, basket_id);
  const gone = new Set(verdict === 'rejected' ? rejectedLines(before, policy) : []);
  const { lines: after, made } = settleChildren(
    before.filter((line) => !gone.has(line)),
    lines_made,
  );
  const priced = price(after, shelf, config, now, NO_PROGRAMS);
  if (!priced.ok) return priced;

  const answer = trip.write(() => {
    const covered = verdict === 'approved' ? JSON.stringify(coveredBy(need, before)) : null;
    sql.exec(
      `UPDATE verification SET status = ?, decided_at = ?, reviewer = ?, revision = ?, covered = ?, expires_at = ?
       WHERE n = ?`,
      ...[verdict, now, staff.staff_id, revision, covered],
      ...[verdict === 'approved' ? now + policy.lapse_ms : null, pending.n],
    );
    addDuty(sql, 'verify', '', now);
    const removed = before.filter((line) => !after.includes(line)).map(({ line_id }) => line_id);
    if (removed.length > 0) writeLines(trip, { before, after, made, priced: priced.value }, shelf, config);
    audit(sql, now, `verification_${verdict}`, {
      reviewer: staff.staff_id,
      role: staff.role,
      revision,
      need,
      removed,
      ...(request.note === undefined ? {} : { note: request.note }),
    });
    return answerBasket(trip, memory);
  });
  await perform(trip, 'verify');
  await perform(trip, 'release');
  return answer;
}

/** Where the check stands now, without writing anything. */
export function readVerification(trip: Trip): Verification {
  const lines = linesOf(trip.sql);
  return verificationAt(trip.sql, needOf(basketOf(trip.sql), lines), lines, trip.now());
}
