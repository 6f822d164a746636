import { describe, expect, it } from 'vitest';
import { CLOSE, StoreFrame } from '../../shared/feed/frames.ts';
import { orderId, ourEpc, receiptOf, storeConfig } from '../testing/fixtures.ts';
import { judgeFrame, planOf, type Session } from './apply.ts';
import { reconnectDelayMs } from './backoff.ts';

const AT = '2026-07-01T10:00:00.000Z';
const tag = (n: number, rev: number) => ({ epc: ourEpc(n), status: 'unsold', rev });
const frame = (json: unknown): StoreFrame => StoreFrame.parse(json);
const welcome = (change: object = {}): StoreFrame =>
  frame({ type: 'welcome', v: 1, epoch: 'e1', head: 9, resume: 'log', now: AT, ...change });
const feed = (after: number, ...seqs: number[]): StoreFrame =>
  frame({
    type: 'feed',
    after,
    entries: seqs.map((seq) => ({ seq, at: AT, type: 'tags', tags: [tag(seq, seq)] })),
  });
const part = (n: number, change: object = {}): StoreFrame =>
  frame({ type: 'snapshot', part: n, last: false, head: 9, tags: [tag(n, n + 1)], ...change });
const known = { epoch: 'e1', cursor: 4 };
const following: Session = { phase: 'log', epoch: 'e1', cursor: 4 };

describe('judgeFrame', () => {
  it('follows the log from what is on disk', () => {
    const greeted = judgeFrame({ phase: 'greeting' }, welcome(), known);
    expect(greeted).toEqual({ session: following, verdict: { do: 'greet', epoch: 'e1', head: 9, now: AT } });
    const fed = judgeFrame(greeted.session, feed(4, 5, 7), known);
    expect(fed.session).toEqual({ phase: 'log', epoch: 'e1', cursor: 7 });
    expect(fed.verdict).toMatchObject({ do: 'apply', plan: { cursor: 7, tags: [{ rev: 5 }, { rev: 7 }] } });
  });

  it('takes the parts of a snapshot in order and then the log from its head', () => {
    let at = judgeFrame({ phase: 'greeting' }, welcome({ epoch: 'e2', resume: 'snapshot' }), known);
    at = judgeFrame(at.session, part(0, { config: storeConfig() }), known);
    expect(at.verdict).toMatchObject({
      do: 'stage',
      part: { epoch: 'e2', part: 0, config: { name: 'Example Store' } },
    });
    at = judgeFrame(at.session, part(1, { last: true }), known);
    expect(at.session).toEqual({ phase: 'log', epoch: 'e2', cursor: 9 });
    expect(judgeFrame(at.session, feed(9, 10), known).verdict.do).toBe('apply');
  });

  it.each<[string, Session, StoreFrame, number]>([
    ['a gap', following, feed(5, 6), CLOSE.gap],
    ['a frame that came twice', following, feed(3, 4), CLOSE.gap],
    ['entries out of order', following, feed(4, 6, 5), CLOSE.gap],
    ['an entry below its own frame', following, feed(4, 4), CLOSE.gap],
    ['a second welcome', following, welcome(), CLOSE.bad_frame],
    ['the log of another epoch', { phase: 'greeting' }, welcome({ epoch: 'e2' }), CLOSE.bad_frame],
    ['a version nobody speaks', { phase: 'greeting' }, welcome({ v: 99 }), CLOSE.version],
    ['feed before welcome', { phase: 'greeting' }, feed(4, 5), CLOSE.bad_frame],
    [
      'feed inside a snapshot',
      { phase: 'snapshot', epoch: 'e1', head: null, parts: 0 },
      feed(4, 5),
      CLOSE.bad_frame,
    ],
    ['a snapshot nobody asked for', following, part(0), CLOSE.bad_frame],
    ['a missing part', { phase: 'snapshot', epoch: 'e1', head: 9, parts: 1 }, part(2), CLOSE.gap],
    ['parts of two snapshots', { phase: 'snapshot', epoch: 'e1', head: 8, parts: 1 }, part(1), CLOSE.gap],
    ['a refused hello', following, frame({ type: 'refused', code: 'x', detail: 'y' }), CLOSE.bad_frame],
  ])('closes on %s', (_what, session, given, code) => {
    const judged = judgeFrame(session, given, known);
    expect(judged.verdict).toMatchObject({ do: 'close', code });
    expect(judged.session).toBe(session);
  });

  it('settles reports, also refused ones, and lets pongs pass', () => {
    expect(judgeFrame(following, frame({ type: 'accepted', id: 7 }), known).verdict).toMatchObject({
      do: 'settle',
      id: 7,
      as: 'accepted',
    });
    const refused = frame({ type: 'refused', code: 'bad_report', detail: 'no', id: 8 });
    expect(judgeFrame(following, refused, known).verdict).toMatchObject({
      do: 'settle',
      id: 8,
      as: 'refused',
    });
    expect(judgeFrame(following, frame({ type: 'pong' }), known).verdict).toEqual({ do: 'nothing' });
  });
});

describe('planOf', () => {
  it('sets aside what this build cannot read, and its seq counts', () => {
    const plan = planOf('e1', 7, [
      { seq: 5, at: AT, type: 'hologram', shape: 'cube' },
      { seq: 6, at: AT, type: 'shelf', version: 'not a number' },
      { seq: 7, at: AT, type: 'shelf', version: 12 },
    ]);
    expect(plan).toMatchObject({ cursor: 7, shelfVersion: 12, tags: [] });
    expect(plan.unread.map(({ seq, type, reason }) => ({ seq, type, reason }))).toEqual([
      { seq: 5, type: 'hologram', reason: 'unknown_type' },
      { seq: 6, type: 'shelf', reason: 'unread_fields' },
    ]);
    expect(JSON.parse(plan.unread[0]?.entry ?? '')).toMatchObject({ shape: 'cube' });
  });

  it('frees the tags of a sale even when its paper is of a version to come', () => {
    const sale = {
      seq: 1,
      at: AT,
      type: 'sale',
      order_id: orderId(1),
      number: 'EX-1',
      tags: [{ ...tag(1, 5), status: 'sold' }],
    };
    const good = planOf('e1', 1, [{ ...sale, receipt: receiptOf(orderId(1), 'EX-1') }]);
    expect(good).toMatchObject({
      sales: [{ order_id: orderId(1) }],
      receipts: [{ number: 'EX-1' }],
      unread: [],
    });
    const newer = planOf('e1', 1, [{ ...sale, receipt: { v: 99 } }]);
    expect(newer).toMatchObject({
      tags: [{ status: 'sold', rev: 5 }],
      receipts: [],
      sales: [],
      unread: [{ reason: 'unread_fields' }],
    });
  });
});

describe('reconnectDelayMs', () => {
  it('is none at first, then jittered up to two seconds, or thirty when the edge is overloaded', () => {
    expect(reconnectDelayMs(0, false, 0.99)).toBe(0);
    for (const attempt of [1, 2, 50]) {
      expect(reconnectDelayMs(attempt, false, 0)).toBe(0);
      expect(reconnectDelayMs(attempt, false, 0.999)).toBe(1_998);
    }
    expect(reconnectDelayMs(0, true, 0.5)).toBe(15_000);
    expect(reconnectDelayMs(9, true, 0.999)).toBeLessThan(30_000);
  });
});
